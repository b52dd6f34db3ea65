"""Join the clips of a song to its film."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.film import assemble_film

    note = assemble_film(
        clips=[Path(clip) for clip in snakemake.input.clips],
        sound=next(map(Path, snakemake.input.sound), None),
        path=Path(snakemake.output.film),
        **snakemake.params.film["film"],
    )
    if note:
        say(note)

"""Join the clips of a song to its film."""

from fractions import Fraction
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.film import assemble_film

    film = snakemake.params.film["film"]
    report = assemble_film(
        [Path(clip) for clip in snakemake.input.clips],
        film["counts"],
        next(map(Path, snakemake.input.sound), None),
        Path(snakemake.output.film),
        Fraction(film["fps"]),
        film["frame_count"],
        film["crf"],
        film["preset"],
        film["title"],
        film["provenance"],
    )
    for note in report.notes:
        say(note)

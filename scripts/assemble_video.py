"""Join the clips of a song to its film."""

from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.film.film import assemble_film
    from songreel.film.ready_clips import clear_ahead
    from songreel.storage.source_files import unchanged

    film = snakemake.params.film["film"]
    clear_ahead(Path(snakemake.output.film).parent)
    sound = next(map(Path, snakemake.input.sound), None)
    with unchanged(sound, film["sound"]) if sound else nullcontext():
        report = assemble_film(
            [Path(clip) for clip in snakemake.input.clips],
            film["counts"],
            sound,
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

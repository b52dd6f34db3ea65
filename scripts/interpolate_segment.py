"""Fill the time between a row's keyframes."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.ready_clips import obtain_clip

    obtain_clip(
        Path(snakemake.input.manifest),
        [Path(path) for path in snakemake.input.following],
        snakemake.params.clip,
        Path(snakemake.output.clip),
    )

"""Paint the opening of a song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.rendering import open_studio, render_opening

    studio = open_studio(Path(snakemake.input.plan), say)
    render_opening(studio, Path(snakemake.output.picture))

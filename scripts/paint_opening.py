"""Paint the opening of a song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.rendering import open_studio, render_opening

    picture = Path(snakemake.output.picture)
    render_opening(open_studio(picture.parent, say), picture)

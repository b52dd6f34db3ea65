"""Paint the opening of a song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.keyframes.chain import render_opening
    from songreel.keyframes.renderer import open_studio

    picture = Path(snakemake.output.picture)
    with open_studio(picture.parent, say) as studio:
        render_opening(studio, picture)

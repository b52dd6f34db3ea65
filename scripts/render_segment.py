"""Dream a row of a song, and its chain's next ones while the model is warm."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.keyframes.chain import render_segment
    from songreel.keyframes.renderer import open_studio

    segment = Path(snakemake.output.manifest).parent
    with open_studio(segment.parents[1], say) as studio:
        render_segment(studio, segment.name)

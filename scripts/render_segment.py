"""Dream a row of a song, and its chain's next ones while the model is warm."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.rendering import open_studio, render_segment

    segment = Path(snakemake.output.manifest).parent
    render_segment(open_studio(segment.parents[1], say), segment.name)

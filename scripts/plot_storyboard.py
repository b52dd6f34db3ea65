"""Lay out one picture per row of a song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.plan.plan_file import keyframe_cache
    from songreel.reports.storyboard import Panel, draw_storyboard
    from songreel.storage.segments import read_segment

    cache = keyframe_cache(Path(snakemake.output.storyboard).parent)
    rows = snakemake.params.storyboard["storyboard"]
    keyframes = [read_segment(Path(manifest), cache) for manifest in snakemake.input.manifests]
    notes = draw_storyboard(
        # The middle of a row: its prompt has taken hold, and no target pulls it away yet.
        [
            Panel(pictures[len(pictures) // 2], **row)
            for pictures, row in zip(keyframes, rows, strict=True)
        ],
        snakemake.params.storyboard["title"],
        snakemake.params.storyboard["subtitle"],
        Path(snakemake.output.storyboard),
    )
    for note in notes:
        say(note)

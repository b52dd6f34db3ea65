"""Lay out an image of every row of a song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.reports.storyboard import Panel, draw_storyboard
    from songreel.storage.cache import KeyframeCache
    from songreel.storage.progress_log import note
    from songreel.storage.segments import read_keyframe, read_manifest

    cache = KeyframeCache(Path(snakemake.params.cache))
    storyboard = snakemake.params.storyboard
    panels = []
    for manifest, caption in zip(
        map(Path, snakemake.input.manifests), storyboard["captions"], strict=True
    ):
        # In the middle of a row its prompt has taken hold, and no target pulls strongly yet.
        middle = len(read_manifest(manifest).keyframes) // 2
        panels.append(Panel(read_keyframe(manifest, middle, cache), **caption))
    path = Path(snakemake.output.storyboard)
    for line in draw_storyboard(panels, storyboard["title"], storyboard["subtitle"], path):
        note(path.parent, line)

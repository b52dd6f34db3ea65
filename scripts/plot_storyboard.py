"""Lay out an image of every row of a song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.plan.conversion import from_builtins, to_builtins
    from songreel.plan.inputs import storyboard_inputs
    from songreel.plan.plan import StoryboardPlan
    from songreel.reports.storyboard import Panel, draw_storyboard
    from songreel.storage.cache import KeyframeCache
    from songreel.storage.progress_log import note
    from songreel.storage.segments import read_keyframe, read_manifest

    cache = KeyframeCache(Path(snakemake.params.cache))
    plan = from_builtins(StoryboardPlan, snakemake.params.storyboard)
    panels, digests = [], []
    for path, caption in zip(map(Path, snakemake.input.manifests), plan.captions, strict=True):
        manifest = read_manifest(path)
        image = read_keyframe(path, manifest.middle_number, cache)
        panels.append(Panel(image, **to_builtins(caption)))
        digests.append(manifest.middle.sha256)
    inputs = storyboard_inputs(plan, digests)
    output = Path(snakemake.output.storyboard)
    for line in draw_storyboard(panels, plan.title, plan.subtitle, output, inputs):
        note(output.parent, line)

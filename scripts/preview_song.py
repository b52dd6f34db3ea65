"""Paint a keyframe of every row of a song, and lay them out on a sheet."""

from functools import partial
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.keyframes.renderer import open_renderer
    from songreel.keyframes.sketch import render_song
    from songreel.plan.conversion import to_builtins
    from songreel.plan.inputs import sketch_inputs
    from songreel.reports.forecast import announce_cost
    from songreel.reports.storyboard import Panel, draw_storyboard
    from songreel.storage.progress_log import note

    folder, cache = Path(snakemake.params.folder), Path(snakemake.params.cache)
    say = partial(note, folder)
    with open_renderer(folder, cache, say, before_painting=announce_cost) as renderer:
        pictures = [images[-1] for _, images in render_song(renderer)]
        plan = renderer.plan
    panels = [
        Panel(image, **to_builtins(caption))
        for image, caption in zip(pictures, plan.storyboard.captions, strict=True)
    ]
    sheet, text = Path(snakemake.output.sheet), plan.storyboard
    for line in draw_storyboard(panels, text.title, text.subtitle, sheet, sketch_inputs(plan)):
        say(line)

"""Paint the first picture of a row with several seeds, and lay them out on a sheet."""

from functools import partial
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.keyframes.renderer import open_renderer
    from songreel.keyframes.takes import paint_takes
    from songreel.plan.excerpts import takes_images
    from songreel.plan.inputs import takes_inputs
    from songreel.reports.storyboard import Panel, draw_storyboard
    from songreel.storage.digests import file_digest
    from songreel.storage.progress_log import note

    folder, cache = Path(snakemake.params.song_folder), Path(snakemake.params.cache)
    number, sheet = int(snakemake.wildcards.row), Path(snakemake.output.sheet)
    with open_renderer(folder, cache, partial(note, folder)) as renderer:
        row = renderer.plan.by_name[snakemake.params.segment]
        takes = paint_takes(renderer, row, snakemake.params.takes)
        title = renderer.plan.film.title
        images = [file_digest(folder / path) for path in takes_images(row).values()]
        inputs = takes_inputs(renderer.plan, row, images)
    panels = [Panel(image, f"Seed {seed}", "", "", "") for seed, image in takes]
    heading = f"{title}: takes of row {number}"
    words = f"{row.time}  {row.prompt} – type the number that you like into the column Seed"
    draw_storyboard(panels, heading, words, sheet, inputs)

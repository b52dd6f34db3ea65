"""Paint the opening of a song, and go on with its keyframes."""

from functools import partial
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.keyframes.chain import render_opening
    from songreel.keyframes.renderer import open_renderer
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import OpeningSettings
    from songreel.reports.forecast import announce_cost
    from songreel.storage.progress_log import note

    settings = from_builtins(OpeningSettings, snakemake.params.settings)
    folder, cache = Path(snakemake.params.song_folder), Path(snakemake.params.cache)
    say = partial(note, folder)
    with open_renderer(folder, cache, say, before_painting=announce_cost) as renderer:
        render_opening(renderer, settings, Path(snakemake.output.image))

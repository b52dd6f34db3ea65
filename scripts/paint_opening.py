"""Paint the image that a row starts with, and go on with the keyframes of its chain."""

from functools import partial
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.clips_ahead import ClipsAhead
    from songreel.keyframes.chain import render_opening
    from songreel.keyframes.renderer import open_renderer
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import OpeningSettings
    from songreel.reports.forecast import announce_cost
    from songreel.storage.progress_log import note

    settings = from_builtins(OpeningSettings, snakemake.params.settings)
    folder, cache = Path(snakemake.params.song_folder), Path(snakemake.params.cache)
    say = partial(note, folder)
    with (
        ClipsAhead(folder) as clips,
        open_renderer(
            folder,
            cache,
            say,
            before_painting=announce_cost,
            threads=snakemake.threads,
            on_clip=clips.add,
        ) as renderer,
    ):
        segment = snakemake.wildcards.segment
        render_opening(renderer, settings, segment, Path(snakemake.output.image))

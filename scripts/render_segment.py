"""Render a row of a song, then the next ones of its chain while the model is loaded."""

from functools import partial
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.clips_ahead import ClipsAhead
    from songreel.keyframes.chain import render_segment
    from songreel.keyframes.renderer import open_renderer
    from songreel.keyframes.segment import Segment
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import KeyframeSettings
    from songreel.reports.forecast import announce_cost
    from songreel.storage.progress_log import note

    images = {name: Path(path) for name, path in snakemake.input.items()}
    segment = Segment(
        snakemake.wildcards.segment,
        from_builtins(KeyframeSettings, snakemake.params.settings),
        images["init_image"],
        images["shadow_image"],
        images.get("target_image"),
        images.get("reference_image"),
    )
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
        render_segment(renderer, segment, Path(snakemake.output.manifest).parent)

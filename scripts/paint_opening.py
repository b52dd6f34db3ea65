"""Paint the image that a row starts with, and go on with the keyframes of its chain."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as report_progress:
    from songreel.keyframes.chain import render_opening
    from songreel.keyframes.renderer import open_renderer
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import OpeningSettings

    settings = from_builtins(OpeningSettings, snakemake.params.settings)
    folder, cache = Path(snakemake.params.song_folder), Path(snakemake.params.cache)
    with open_renderer(folder, cache, report_progress) as renderer:
        segment = snakemake.wildcards.segment
        render_opening(renderer, settings, segment, Path(snakemake.output.image))

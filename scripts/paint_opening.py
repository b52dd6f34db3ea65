"""Paint the opening of a song, and go on with its keyframes."""

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
        render_opening(renderer, settings, Path(snakemake.output.image))

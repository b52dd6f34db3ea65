"""Paint the draft of a song, and make its film."""

import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.draft import assemble_draft
    from songreel.keyframes.renderer import open_renderer
    from songreel.keyframes.sketch import film_rows, render_song
    from songreel.reports.forecast import announce_cost
    from songreel.storage.progress_log import note, record
    from songreel.storage.source_files import unchanged

    folder, cache = Path(snakemake.params.folder), Path(snakemake.params.cache)
    say = partial(note, folder)
    with open_renderer(folder, cache, say, before_painting=announce_cost) as renderer:
        rows = list(render_song(renderer))
        plan, environment = renderer.plan, renderer.keys.environment["environment"]
    began = time.monotonic()
    audio = Path(plan.audio) if plan.audio else None
    with unchanged(audio, plan.film.audio_digest) if audio else nullcontext():
        film = Path(snakemake.output.film)
        report = assemble_draft(film_rows(rows, folder), audio, plan, film, environment)
    seconds = round(time.monotonic() - began, 3)
    record(folder, "film", frames=plan.film.frame_count, seconds=seconds)
    for line in report.notes:
        say(line)

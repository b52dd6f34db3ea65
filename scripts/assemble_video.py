"""Join the clips of a song to its film."""

import shutil
import time
from contextlib import nullcontext
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.clips_ahead import FOLDER as CLIPS_AHEAD
    from songreel.film.film import assemble_film
    from songreel.film.parts import FOLDER as PARTS
    from songreel.film.provenance import painting_environments
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import FilmPlan
    from songreel.storage.progress_log import note, record
    from songreel.storage.source_files import unchanged

    began, film = time.monotonic(), Path(snakemake.output.film)
    plan = from_builtins(FilmPlan, snakemake.params.film)
    clips = [Path(clip) for clip in snakemake.input.clips]
    audio = next(map(Path, snakemake.input.audio), None)
    environments = painting_environments([Path(path) for path in snakemake.input.manifests])
    with unchanged(audio, plan.audio_digest) if audio else nullcontext():
        report = assemble_film(
            clips, audio, plan, film, film.parent / PARTS, environments, snakemake.threads
        )
    shutil.rmtree(film.parent / CLIPS_AHEAD, ignore_errors=True)
    seconds = round(time.monotonic() - began, 3)
    record(film.parent, "film", frames=plan.frame_count, seconds=seconds)
    for line in report.notes:
        note(film.parent, line)

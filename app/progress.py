"""How far a run is, by the library's progress log, and the keyframes that it has so far."""

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from app.forecast import cache_of
from app.jobs import Job, State
from app.projects import Project
from songreel.errors import SongreelError
from songreel.keyframes.renderer import LEDGER
from songreel.plan.plan import SongPlan
from songreel.plan.plan_file import PLAN_FILE, read_plan
from songreel.reports.progress import SongProgress, read_progress
from songreel.storage import ledger
from songreel.storage.cache import KeyframeCache
from songreel.storage.segments import MANIFEST, image_path

FILM_SHARE = 0.25
"""Of the whole that is left for in-betweens and film when all keyframes are painted."""


def progress(project: Project, job: Job) -> SongProgress | None:
    """Find out how far a project's run is; None where it has not begun.

    Args:
        project: whose run it is.
        job: the run.
    """
    found = read_progress(project.run_folder(job.target))
    return None if found is None or found.ended else found


def share(now: SongProgress) -> float:
    """How much of the whole is done, 0 to 1."""
    painted = now.keyframe / now.keyframes if now.keyframes else 1
    made = now.clip / now.clips if now.clips else 0
    return (1 - FILM_SHARE) * painted + FILM_SHARE * made


def keyframes(project: Project, job: Job) -> list[tuple[Fraction, Path]]:
    """The keyframes of a project that can be shown so far, with their times, in order.

    Those that the run has painted, and where it has painted none yet, those of the run before.

    Args:
        project: the project.
        job: its run.
    """
    folder = project.run_folder(job.target)
    try:
        plan, _ = read_plan(folder / PLAN_FILE)
    except (OSError, SongreelError, LookupError, TypeError, ValueError):
        return []  # none yet, or that of another version, whose fields are others
    shown = dict(_linked(folder, plan))
    if job.state != State.DONE:
        cache = KeyframeCache(cache_of(project.config, project.folder))
        for entry in ledger.read(folder / LEDGER)[job.painted_before :]:
            image = cache.find(entry["key"])
            if image:
                shown[Fraction(entry["time"])] = image
    return sorted(shown.items())


def _linked(folder: Path, plan: SongPlan) -> Iterator[tuple[Fraction, Path]]:
    for segment in plan.segments:
        row = folder / "segments" / segment.name
        if (row / MANIFEST).exists():
            for number, moment in enumerate(segment.settings.rendered_times):
                if image_path(row, number).exists():
                    yield moment, image_path(row, number)


def elapsed(job: Job) -> float:
    """Seconds that a run has taken so far, or took."""
    return (job.ended or time.time()) - job.began if job.began else 0

"""How far a run is, by the library's progress log, and the keyframes that it has so far."""

import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

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
from songreel.storage.progress_log import PROGRESS_LOG
from songreel.storage.segments import MANIFEST, image_path

PAINTING, IN_BETWEENS, FILM = 0.7, 0.15, 0.1
"""Shares of the whole; the rest is that of storyboard, GIF and report."""


def progress(project: Project, job: Job) -> SongProgress | None:
    """Find out how far a project's run is; None where it has not begun.

    Args:
        project: whose run it is.
        job: the run.
    """
    folder = project.run_folder(job.target)
    log = folder / PROGRESS_LOG
    if not log.exists() or log.stat().st_mtime < job.began:  # then it is that of the run before
        return None
    return read_progress(folder)


def share(now: SongProgress) -> float:
    """How much of the whole is done, 0 to 1; below 1 as long as the run goes on."""
    painted = now.keyframe / now.keyframes if now.keyframes else 1
    made = now.clip / now.clips if now.clips else 1
    return PAINTING * painted + IN_BETWEENS * made + FILM * (now.stage == "done")


def keyframes(project: Project, job: Job) -> list[tuple[Fraction, Path]]:
    """The keyframes of a project that can be shown so far, with their times, in order.

    Those that were painted for the film that the run makes, also before it was cut off; and where
    there is none yet, those of the film before, which a run puts away row by row.

    Args:
        project: the project.
        job: its run.
    """
    folder = project.run_folder(job.target)
    try:
        plan, _ = read_plan(folder / PLAN_FILE)
    except (OSError, SongreelError, LookupError, TypeError, ValueError):
        return []  # none yet, or that of another version, whose fields are others
    linked = dict(_linked(folder, plan))
    if job.state == State.DONE:
        return sorted(linked.items())
    cache = KeyframeCache(cache_of(project.config, project.folder))
    painted = ledger.read(folder / LEDGER)
    before, since = painted[: job.painted_before], painted[job.painted_before :]
    shown = dict(_painted(before, cache)) | linked | dict(_painted(since, cache))
    moments = {time for row in plan.segments for time in row.settings.rendered_times}
    return sorted((moment, image) for moment, image in shown.items() if moment in moments)


def _painted(
    entries: Sequence[Mapping[str, Any]], cache: KeyframeCache
) -> Iterator[tuple[Fraction, Path]]:
    newest = {entry["time"]: entry["key"] for entry in entries}
    for moment, key in newest.items():
        image = cache.find(key)
        if image:
            yield Fraction(moment), image


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

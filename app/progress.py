"""How far a run is: the keyframes that it has painted so far, and the time that is left."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median

from app.forecast import cache_of
from app.jobs import Job, State
from app.projects import Project
from songreel.errors import SongreelError
from songreel.keyframes.renderer import LEDGER
from songreel.plan.plan import SongPlan
from songreel.plan.plan_file import read_plan
from songreel.storage import ledger
from songreel.storage.cache import KeyframeCache
from songreel.storage.segments import MANIFEST, image_path

FILM_SHARE = 0.15
"""Of the whole that is left for in-betweens and film when all keyframes are painted."""

RECENT = 20


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        painted: keyframes that it has painted.
        to_paint: that it has to paint, those among them.
        seconds_left: for the keyframes; None while nothing tells.
    """

    painted: int
    to_paint: int
    seconds_left: float | None

    @property
    def share(self) -> float:
        """How much of the whole is done, 0 to 1."""
        if not self.to_paint:
            return 1 - FILM_SHARE
        return (1 - FILM_SHARE) * min(1, self.painted / self.to_paint)


def progress(project: Project, job: Job) -> Progress:
    """Find out how far a project's run is.

    Args:
        project: whose run it is.
        job: the run.
    """
    entries = ledger.read(project.results / LEDGER)[job.painted_before :]
    left = job.to_paint - len(entries)
    seconds = [entry["seconds"] for entry in entries[-RECENT:]]
    return Progress(
        painted=len(entries),
        to_paint=job.to_paint,
        seconds_left=max(0, left) * median(seconds) if seconds else None,
    )


def keyframes(project: Project, job: Job) -> list[tuple[Fraction, Path]]:
    """The keyframes of a project that can be shown so far, with their times, in order.

    Those that the run has painted, and where it has painted none yet, those of the run before.

    Args:
        project: the project.
        job: its run.
    """
    try:
        plan, _ = read_plan(project.plan_file)
    except (OSError, SongreelError):
        return []
    shown = dict(_linked(project, plan))
    if job.state != State.DONE:
        cache = KeyframeCache(cache_of(project.config, project.folder))
        for entry in ledger.read(project.results / LEDGER)[job.painted_before :]:
            image = cache.find(entry["key"])
            if image:
                shown[Fraction(entry["time"])] = image
    return sorted(shown.items())


def _linked(project: Project, plan: SongPlan) -> Iterator[tuple[Fraction, Path]]:
    for segment in plan.segments:
        folder = project.results / "segments" / segment.name
        if (folder / MANIFEST).exists():
            for number, moment in enumerate(segment.settings.rendered_times):
                if image_path(folder, number).exists():
                    yield moment, image_path(folder, number)


def elapsed(job: Job) -> float:
    """Seconds that a run has taken so far, or took."""
    return (job.ended or time.time()) - job.began if job.began else 0

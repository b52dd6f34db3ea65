"""Before a run: what is wrong with a project's sheet, and what a run would paint.

Both are the library's own: its checker's lines, and what ``snakemake explain`` says.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from app.jobs import State, read_job
from app.projects import Project, Projects
from songreel.errors import InputError
from songreel.keyframes.renderer import open_renderer
from songreel.models.source import resolve_model
from songreel.plan.plan import SongPlan
from songreel.reports import forecast
from songreel.song.configuration import cache_folder, read_songs
from songreel.song.planner import plan_song
from songreel.song.song import read_song
from songreel.storage import progress_log
from songreel.storage.digests import DigestMemo

PATH_KEYS = ("sheet", "audio", "images")


@dataclass(frozen=True)
class Check:
    """What a configuration and its sheet come to.

    Attributes:
        problems: what must be corrected first, one line each; then there is no plan.
        warnings: what may have been meant differently.
        plan: of the song.
    """

    problems: Sequence[str] = ()
    warnings: Sequence[str] = ()
    plan: SongPlan | None = None


def check(config: Mapping[str, Any], folder: Path, cache: Path) -> Check:
    """Read and check a configuration of one song as a run would.

    Args:
        config: the configuration; its paths are below ``folder``.
        folder: that a run would work in.
        cache: folder of the keyframe cache, where the digest of the model is remembered.
    """
    try:
        ((name, settings),) = read_songs(config).items()
        settings = settings | {
            key: str(folder / settings[key]) for key in PATH_KEYS if settings[key]
        }
        memo = DigestMemo(cache / "digests.json")
        song, problems = read_song(name, settings, memo)
        if song is None or problems:
            return Check(_without(folder, problems))
        plan = plan_song(song, memo)
        memo.save()
    except InputError as error:
        return Check(_without(folder, error.problems))
    return Check((), _without(folder, song.warnings), plan)


def _without(folder: Path, lines: Sequence[str]) -> list[str]:
    """Lines in which files are named as the visitor knows them."""
    return [line.replace(f"{folder}{os.sep}", "") for line in lines]


@dataclass(frozen=True)
class Outlook:
    """What a run would paint, and what that costs.

    Attributes:
        sentence: the library's, about rows.
        rows: numbers of the rows that are painted, all or in part.
        to_paint: keyframes that are painted; the most that it can be where ``kept`` is not known.
        kept: keyframes that are found again; None where that is not known.
        seconds: of the whole run, with the film; None where no film was made so far.
    """

    sentence: str
    rows: Sequence[int]
    to_paint: int
    kept: int | None
    seconds: float | None


def look_ahead(plan: SongPlan, results: Path, cache: Path, projects: Projects) -> Outlook:
    """Find out what a run would paint, and what that costs.

    Args:
        plan: of the song.
        results: folder of the song's results, which may be missing.
        cache: folder of the keyframe cache.
        projects: all of the server; they tell how long a keyframe takes, and a film.

    Raises:
        SongreelError: an image cannot be read.
    """
    if resolve_model(plan.model).folder is None:
        # To look into its cache a model of the Hub would have to be downloaded first.
        count = sum(segment.settings.diffused_count for segment in plan.segments)
        count += len(plan.openings)
        rows = range(1, len(plan.segments) + 1)
        return Outlook(f"{count} keyframes at most", rows, count, None, None)
    painted = [
        entry
        for folder in projects.folder.glob("*/results")
        for entry in forecast.read_ledgers(folder)
    ]
    with open_renderer(results, cache, lambda line: None, plan) as renderer:
        expected = forecast.forecast(renderer)
        sentence = forecast.sentence(renderer, expected, painted)
    return Outlook(
        sentence.removeprefix(f"{plan.song}: "),
        sorted({*expected.changed, *expected.missing}),
        expected.to_paint,
        expected.kept,
        _seconds(plan, expected.to_paint, painted, projects),
    )


def _seconds(
    plan: SongPlan, to_paint: int, painted: Sequence[Mapping[str, Any]], projects: Projects
) -> float | None:
    """The seconds of a run with its film, by the keyframes and films that were made so far."""
    each = forecast.seconds_each(plan.segments[0].settings, painted) if to_paint else 0
    beside = [seconds for project in projects if (seconds := _beside_painting(project)) is not None]
    if each is None or not beside:
        return None
    return max(0, to_paint * each + median(beside))


def _beside_painting(project: Project) -> float | None:
    """The seconds that a film took beside its painting: to begin, to load the model, to encode."""
    job = read_job(project)
    if job is None or job.state != State.DONE or job.target:
        return None
    events = progress_log.read(project.run_folder())
    painting = sum(event["seconds"] or 0 for event in events if event["event"] == "keyframe")
    return job.ended - job.began - painting


def cache_of(config: Mapping[str, Any], folder: Path) -> Path:
    """Return the folder of the keyframe cache of a run in ``folder``."""
    return folder / cache_folder(config)

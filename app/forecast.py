"""Before a run: what is wrong with a project's sheet, and what a run would paint.

Both are the library's own: its checker's lines, and the sentence of ``snakemake explain``.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.projects import Projects
from songreel.errors import InputError
from songreel.keyframes.renderer import open_renderer
from songreel.models.source import resolve_model
from songreel.plan.plan import SongPlan
from songreel.reports import forecast
from songreel.song.configuration import cache_folder, read_songs
from songreel.song.planner import plan_song
from songreel.song.song import read_song
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


def says_what_it_paints(plan: SongPlan, results: Path, cache: Path, projects: Projects) -> str:
    """Say what a run would paint, and what that costs.

    Args:
        plan: of the song.
        results: folder of the song's results, which may be missing.
        cache: folder of the keyframe cache.
        projects: all of the server; they tell how long a keyframe takes.

    Raises:
        SongreelError: an image cannot be read.
    """
    if resolve_model(plan.model).folder is None:
        # To look into its cache a model of the Hub would have to be downloaded first.
        count = sum(segment.settings.diffused_count for segment in plan.segments)
        count += len(plan.openings)
        return f"{plan.song}: {count} keyframes at most"
    painted = [
        entry
        for folder in projects.folder.glob("*/results")
        for entry in forecast.read_ledgers(folder)
    ]
    with open_renderer(results, cache, lambda line: None, plan) as renderer:
        return forecast.explain(renderer, painted)


def cache_of(config: Mapping[str, Any], folder: Path) -> Path:
    """Return the folder of the keyframe cache of a run in ``folder``."""
    return folder / cache_folder(config)

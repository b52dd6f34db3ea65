"""The frozen plan: what a song's jobs go by, whatever happens to its sheet meanwhile.

What a plan holds is told in :mod:`songreel.plan`, which makes it.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import takewhile
from pathlib import Path

from songreel.atomic import replacing
from songreel.cache import KeyframeCache

PLAN = "plan.json"


def freeze(plan: Mapping, folder: Path, one_card: bool = False) -> None:
    """Write down the plan of the song whose results are in ``folder``.

    Args:
        plan: the song's.
        folder: of its results.
        one_card: whether the run's jobs paint one after the other.
    """
    frozen = {**plan, "one_card": one_card}
    with replacing(folder / PLAN) as temporary:
        temporary.write_text(json.dumps(frozen, ensure_ascii=False, indent=1) + "\n")


def thaw(folder: Path) -> dict:
    """The frozen plan of the song whose results are in ``folder``."""
    return json.loads((folder / PLAN).read_text())


def keyframe_cache(folder: Path) -> KeyframeCache:
    """The keyframe cache of the song whose results are in ``folder``."""
    return KeyframeCache(Path(thaw(folder)["cache"]))


def chains(plan: Mapping) -> list[list[dict]]:
    """The segments of a song, in order, by the chains in which one grows from the other."""
    found: list[list[dict]] = []
    for segment in plan["segments"]:
        if segment["dream"]["opens"]:
            found.append([])
        found[-1].append(segment)
    return found


def chain(plan: Mapping, start: str) -> list[dict]:
    """The segments from the one named ``start`` on that grow one from the other."""
    segments = plan["segments"]
    first = next(i for i, segment in enumerate(segments) if segment["start"] == start)
    following = takewhile(lambda segment: not segment["dream"]["opens"], segments[first + 1 :])
    return [segments[first], *following]


def moments(dream: Mapping) -> list[Fraction]:
    """The times, in seconds, of a segment's keyframes, and of the film's end where it paints it."""
    return [Fraction(moment) for moment in (*dream["times"], dream["end"]) if moment]


def diffused(segment: Mapping) -> int:
    """How many keyframes of a segment are diffused; the others are images."""
    return len(moments(segment["dream"])) - segment["dream"]["opens"]

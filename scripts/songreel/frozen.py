"""The frozen plan: what a song's jobs go by, whatever happens to its sheet meanwhile.

What a plan holds is told in :mod:`songreel.plan`, which makes it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from songreel.atomic import replacing
from songreel.cache import KeyframeCache

PLAN = "plan.json"


def freeze(plan: Mapping, folder: Path) -> None:
    """Write down the plan of the song whose results are in ``folder``."""
    with replacing(folder / PLAN) as temporary:
        temporary.write_text(json.dumps(plan, ensure_ascii=False, indent=1) + "\n")


def thaw(folder: Path) -> dict:
    """The frozen plan of the song whose results are in ``folder``."""
    return json.loads((folder / PLAN).read_text())


def keyframe_cache(folder: Path) -> KeyframeCache:
    """The keyframe cache of the song whose results are in ``folder``."""
    return KeyframeCache(Path(thaw(folder)["cache"]))


def chain(plan: Mapping, start: str) -> list[dict]:
    """The segments from the one named ``start`` on that grow one from the other."""
    segments = plan["segments"]
    first = next(i for i, segment in enumerate(segments) if segment["start"] == start)
    beyond = range(first + 1, len(segments))
    last = next((i for i in beyond if segments[i]["dream"]["opens"]), len(segments))
    return segments[first:last]

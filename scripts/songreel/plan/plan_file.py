"""The frozen plan: what a song's jobs go by, whatever happens to its sheet meanwhile.

What a plan holds is told in :mod:`songreel.song.planner`, which makes it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from songreel.storage.atomic import replacing
from songreel.storage.cache import KeyframeCache

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

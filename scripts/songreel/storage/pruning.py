"""Pruning: keeps the keyframe cache below a size and an age."""

import time
from dataclasses import dataclass

from songreel.storage.cache import Entry, KeyframeCache

GRACE = 24 * 3600
"""Seconds during which a used entry is not removed: a running job may still need it."""

DAY = 24 * 3600

GB = 10**9


@dataclass(frozen=True)
class PruneReport:
    """What was removed and what was kept.

    Attributes:
        removed: number of entries.
        freed: their bytes.
        kept: number of entries.
        size: their bytes.
    """

    removed: int
    freed: int
    kept: int
    size: int


def prune(cache: KeyframeCache, max_gb: float, max_days: float) -> PruneReport:
    """Remove the entries that were not used for long, then the least recently used ones.

    An entry that was stored or found within the last ``GRACE`` seconds is never removed.

    Args:
        cache: jobs may be using it meanwhile.
        max_gb: the cache's size afterwards, in 10⁹ bytes.
        max_days: days after which an unused entry is removed in any case.
    """
    cache.sweep()
    now = time.time()
    entries = sorted(cache.entries(), key=lambda entry: entry.used)
    size = sum(entry.size for entry in entries)
    removed = freed = 0
    for entry in entries:
        unused = now - entry.used
        if unused < GRACE or (unused < max_days * DAY and size - freed <= max_gb * GB):
            break
        _remove(entry)
        removed += 1
        freed += entry.size
    return PruneReport(removed, freed, len(entries) - removed, size - freed)


def _remove(entry: Entry) -> None:
    for file in entry.files:
        file.unlink(missing_ok=True)

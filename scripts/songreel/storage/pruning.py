"""Keep the keyframe cache within bounds."""

import time
from dataclasses import dataclass

from songreel.storage.cache import Entry, KeyframeCache

GRACE = 24 * 3600
"""Seconds for which an entry is left alone: a running job may be about to link it."""

DAY = 24 * 3600

GB = 10**9


@dataclass(frozen=True)
class Pruned:
    """What was removed, and what is left, in entries and bytes."""

    removed: int
    freed: int
    left: int
    size: int


def prune(cache: KeyframeCache, max_gb: float, max_days: float) -> Pruned:
    """Remove entries that were of no use for long, then the least recently used beyond a size.

    Nothing that was stored or found within the last day (``GRACE``) is removed.

    Args:
        cache: the cache; jobs may be using it.
        max_gb: its size afterwards, in 10⁹ bytes.
        max_days: how long an entry may lie unused.
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
    return Pruned(removed, freed, len(entries) - removed, size - freed)


def _remove(entry: Entry) -> None:
    for file in entry.files:
        file.unlink(missing_ok=True)

"""Pruning: by age, by size, and what is never removed."""

import os
import time

import pytest

from songreel.storage.cache import KeyframeCache
from songreel.storage.digests import digest
from songreel.storage.pruning import prune

DAY = 24 * 3600
KEYS = [digest(str(number)) for number in range(5)]


@pytest.fixture
def cache(tmp_path):
    """Five keyframes of a kilobyte, last used 0.5, 1.5, 2.5, 3.5 and 4.5 days ago."""
    cache = KeyframeCache(tmp_path)
    for days, key in enumerate(KEYS):
        path = cache.store(key, bytes(1000 - 64))
        used = time.time() - (days + 0.5) * DAY
        os.utime(path.with_suffix(".sha256"), (used, used))
    return cache


def kept(cache):
    return [number for number, key in enumerate(KEYS) if cache.find(key)]


def test_within_its_bounds_nothing_is_removed(cache):
    pruned = prune(cache, max_gb=1, max_days=90)
    assert (pruned.removed, pruned.kept, pruned.size) == (0, 5, 5000)
    assert kept(cache) == [0, 1, 2, 3, 4]


def test_entries_unused_for_long_are_removed(cache):
    assert prune(cache, max_gb=1, max_days=3).removed == 2
    assert kept(cache) == [0, 1, 2]


def test_above_its_size_the_least_recently_used_are_removed(cache):
    pruned = prune(cache, max_gb=3000 / 1e9, max_days=90)
    assert (pruned.removed, pruned.freed, pruned.kept, pruned.size) == (2, 2000, 3, 3000)
    assert kept(cache) == [0, 1, 2]


def test_an_entry_that_is_found_counts_as_used(cache):
    cache.find(KEYS[4])
    prune(cache, max_gb=3000 / 1e9, max_days=90)
    assert kept(cache) == [0, 1, 4]


def test_what_a_running_job_may_need_is_never_removed(cache):
    cache.store_row(KEYS[0], [])
    pruned = prune(cache, max_gb=0, max_days=0)
    assert pruned.kept == 2
    assert kept(cache) == [0]
    assert cache.find_row(KEYS[0]) == []


def test_old_rows_are_removed_too(cache):
    cache.store_row(KEYS[0], [])
    (row,) = cache.folder.glob("rows/*/*")
    os.utime(row, (time.time() - 200 * DAY,) * 2)
    prune(cache, max_gb=1, max_days=90)
    assert cache.find_row(KEYS[0]) is None


def test_an_empty_cache_can_be_pruned(tmp_path):
    assert prune(KeyframeCache(tmp_path / "none"), 1, 1).kept == 0

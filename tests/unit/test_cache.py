"""The keyframe cache: whole entries only, whoever writes, dies or meddles."""

import multiprocessing
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import numpy as np
import pytest

from songreel.media.images import encode_png, load_png
from songreel.storage.cache import ABANDONED, CachedKeyframe, KeyframeCache
from songreel.storage.digests import DigestMemo, digest

KEY = digest("a keyframe")
SCRIPTS = Path(__file__).parents[2] / "scripts"


def picture(number=0, size=16):
    return np.random.default_rng(number).integers(0, 256, (size, size, 3), dtype=np.uint8)


@pytest.fixture
def cache(tmp_path):
    return KeyframeCache(tmp_path / "cache")


def files(cache):
    return sorted(path.name for path in cache.folder.rglob("*") if path.is_file())


def test_what_is_stored_is_found(cache):
    assert cache.find(KEY) is None
    stored = cache.store(KEY, encode_png(picture()))
    assert cache.find(KEY) == stored
    assert np.array_equal(load_png(stored), picture())
    assert KeyframeCache(cache.folder).find(KEY) == stored
    assert cache.find(digest("another")) is None


@pytest.mark.parametrize("damage", ["truncated", "altered", "emptied", "removed", "proof"])
def test_a_damaged_entry_is_a_miss_and_can_be_stored_again(cache, damage):
    whole = encode_png(picture())
    path = cache.store(KEY, whole)
    match damage:
        case "truncated":
            path.write_bytes(whole[:-20])
        case "altered":
            path.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
        case "emptied":
            path.write_bytes(b"")
        case "removed":
            path.unlink()
        case "proof":
            path.with_suffix(".sha256").write_bytes(b"\xff\xfe")
    assert cache.find(KEY) is None
    cache.store(KEY, whole)
    assert cache.find(KEY).read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"[1", b"7", b"[1, 2, 3]", b'["0", []]', b"\xff"])
def test_a_damaged_row_is_a_miss(cache, content):
    row = [CachedKeyframe(time="0", key=KEY, sha256="0" * 64)]
    cache.store_row(KEY, row)
    assert cache.find_row(KEY) == row
    (path,) = cache.folder.glob("rows/*/*")
    path.write_bytes(content)
    assert cache.find_row(KEY) is None


def test_a_row_with_one_letter_altered_is_a_miss(cache):
    cache.store_row(KEY, [CachedKeyframe(time="1/2", key=None, sha256="0" * 64)])
    (path,) = cache.folder.glob("rows/*/*")
    path.write_text(path.read_text(encoding="utf-8").replace("1/2", "1/3"), encoding="utf-8")
    assert cache.find_row(KEY) is None


def _store_many(folder, worker):
    cache = KeyframeCache(folder)
    for number in range(20):
        shared, own = digest(f"shared {number}"), digest(f"{worker} {number}")
        cache.store(shared, encode_png(picture(number)))
        cache.store(own, encode_png(picture(1000 * worker + number)))
        assert cache.find(shared) and cache.find(own)


def test_writers_do_not_disturb_each_other(cache):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_store_many, args=(cache.folder, i)) for i in range(1, 4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    for number in range(20):
        stored = cache.find(digest(f"shared {number}"))
        assert np.array_equal(load_png(stored), picture(number))
    assert not list((cache.folder / "writing").iterdir())


STORE_FOR_EVER = """
import sys
from pathlib import Path
from songreel.storage.cache import KeyframeCache
cache = KeyframeCache(Path(sys.argv[1]))
with cache.lock("claimed", lambda: None):
    print("ready", flush=True)
    number = 0
    while True:
        cache.store(f"{number % 7:064}", bytes([number % 251]) * 3_000_000)
        number += 1
"""


def test_a_killed_writer_leaves_whole_entries_and_its_leftovers_are_swept(cache):
    for pause in (0.05, 0.11, 0.2):
        writer = subprocess.Popen(
            [sys.executable, "-c", STORE_FOR_EVER, cache.folder],
            env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        with writer:
            writer.stdout.readline()
            time.sleep(pause)
            writer.send_signal(signal.SIGKILL)
    for number in range(7):
        stored = cache.find(f"{number:064}")
        assert stored is None or len(set(stored.read_bytes())) == 1
    leftover = cache.folder / "writing" / f"{socket.gethostname()}:{writer.pid}:half.png"
    leftover.write_bytes(b"half")
    cache.sweep()
    assert not list((cache.folder / "writing").iterdir())
    assert not list(cache.locks.iterdir())


def test_the_sweep_spares_what_is_being_written(cache):
    cache.store(KEY, b"")
    writing = cache.folder / "writing"
    (writing / f"{socket.gethostname()}:{os.getpid()}:mine.png").write_bytes(b"")
    (writing / "elsewhere:1:young.png").write_bytes(b"")
    old = writing / "elsewhere:1:old.png"
    old.write_bytes(b"")
    os.utime(old, (time.time() - ABANDONED - 60,) * 2)
    with cache.lock(KEY, lambda: pytest.fail("nobody else has it")):
        cache.sweep()
        assert [path.name for path in cache.locks.iterdir()] == [KEY]
    assert sorted(path.name for path in writing.iterdir()) == [
        "elsewhere:1:young.png",
        f"{socket.gethostname()}:{os.getpid()}:mine.png",
    ]


def test_a_disk_that_is_full_leaves_no_half_entry(cache):
    """A limit on the size of files breaks off the writing as a full disk does."""
    code = (
        "import resource, signal, sys; from pathlib import Path;"
        "from songreel.storage.cache import KeyframeCache;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000));"
        "KeyframeCache(Path(sys.argv[1])).store('ab', bytes(9000))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, cache.folder],
        env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        encoding="utf-8",
    )
    assert "File too large" in done.stderr
    assert files(cache) == []


def test_a_hit_is_remembered_as_a_use_without_touching_the_picture(cache):
    path = cache.store(KEY, encode_png(picture()))
    for file in (path, path.with_suffix(".sha256")):
        os.utime(file, (1000, 1000))
    cache.find(KEY)
    (entry,) = cache.entries()
    assert time.time() - entry.used < 60
    assert path.stat().st_mtime == 1000


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can work as two users")
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_users_of_a_group_share_a_cache_whatever_their_umask(umask):
    """The whole workflow as two users is in tests/workflow/test_two_users.py."""
    with tempfile.TemporaryDirectory() as folder:
        cache = KeyframeCache(Path(folder) / "cache")
        cache.folder.mkdir()
        os.chown(cache.folder, 0, 20_000)
        cache.folder.chmod(0o2770)
        Path(folder).chmod(0o755)

        def paint(key):
            with cache.lock(key, lambda: pytest.fail("nobody paints it")):
                cache.store(key, encode_png(picture()))
            cache.store_row(key, [CachedKeyframe("0", key, "0" * 64)])
            memo = DigestMemo(cache.folder / "digests.json")
            memo.file_digest(cache.find(key))
            memo.save()

        first, second = digest("first"), digest("second")
        as_user(20_001, umask, lambda: paint(first))
        old = cache.locks / second  # as versions before left it
        old.touch(mode=0o600)
        os.chown(old, 20_001, 20_001)
        as_user(20_002, umask, lambda: (cache.find(first).read_bytes(), paint(second)))
        as_user(20_001, umask, lambda: (cache.sweep(), paint(second)))
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in cache.folder.rglob("*")}
        assert set(modes.values()) == {0o2770, 0o660}, modes
        assert {path.stat().st_gid for path in modes} == {20_000}


def as_user(user, umask, work):
    """Do something in a process of another user, who belongs to the group 20,000."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([20_000])
            os.setgid(user)
            os.setuid(user)
            os.umask(umask)
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        os._exit(status)
    assert os.waitpid(child, 0)[1] == 0

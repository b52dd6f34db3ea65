"""File locks between the processes of one or several jobs that share a folder.

A lock is an empty file with an ``flock``. The kernel releases it when the process that holds it
ends, however that happens: a file that a killed process left behind is not locked.
"""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from songreel.storage.permissions import share

NOT_SUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
"""The errors of a file system without locks, as some clusters have."""


@contextmanager
def lock(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a lock during a block.

    On a file system without locks nothing waits: two jobs may then do the same work, which costs
    time and changes no result.

    Args:
        path: the lock's file; made, and removed afterwards.
        on_wait: called once if another process holds the lock.
    """
    descriptor = try_lock(path)
    if descriptor is None:
        on_wait()
        descriptor = _open_locked(path, fcntl.LOCK_EX)
    try:
        yield
    finally:
        release_lock(path, descriptor)


def try_lock(path: Path) -> int | None:
    """Take a lock without waiting.

    Returns:
        the file descriptor that :func:`release_lock` needs; None if another process holds it.
    """
    try:
        return _open_locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


def release_lock(path: Path, descriptor: int) -> None:
    """Release a lock and remove its file.

    Args:
        path: the lock's file.
        descriptor: as :func:`try_lock` returned it.
    """
    path.unlink(missing_ok=True)  # first, while no other process can have locked it
    os.close(descriptor)


def _open_locked(path: Path, operation: int) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, operation)
        except OSError as error:
            if error.errno not in NOT_SUPPORTED:
                os.close(descriptor)
                raise
        if _is_open_file(path, descriptor):
            return descriptor
        os.close(descriptor)  # the process that held the lock removed the file meanwhile


def _open(path: Path) -> int:
    """Open a lock's file, which every user of its folder may then open."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:  # another user's, made by an older version
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    share(path, path.parent)
    return descriptor


def _is_open_file(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False

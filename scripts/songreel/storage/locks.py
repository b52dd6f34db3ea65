"""Claims: of all processes that share a folder, one at a time has a keyframe or a graphics card.

A claim is a lock on a file (``flock``). The kernel lifts it when its holder dies, however that
happens; the empty file that a killed one leaves behind claims nothing.
"""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
"""What a file system says that knows no locks, as some of clusters."""


@contextmanager
def claim(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a claim for as long as the block lasts.

    Args:
        path: the file that stands for what is claimed; made, and removed afterwards.
        waiting: called once if somebody else has it.

    On a file system without locks nobody waits: work may be done twice, and no harm comes of it.
    """
    held = try_claim(path)
    if held is None:
        waiting()
        held = _take(path, fcntl.LOCK_EX)
    try:
        yield
    finally:
        release(path, held)


def try_claim(path: Path) -> int | None:
    """Claim a file without waiting: what to :func:`release` it with, or None if it is taken."""
    try:
        return _take(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


def release(path: Path, held: int) -> None:
    """Give a claim back. The file goes first, while nobody else can have claimed it."""
    path.unlink(missing_ok=True)
    os.close(held)


def _take(path: Path, operation: int) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, operation)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                os.close(descriptor)
                raise
        if _is_still_at(path, descriptor):
            return descriptor
        os.close(descriptor)  # its last holder removed it while we waited


def _is_still_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False

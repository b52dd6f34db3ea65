"""The keyframe cache: every diffused image, stored under a hash of all that decides its pixels.

    keyframes/ab/abcd….png     the image
    keyframes/ab/abcd….sha256  that file's digest, written after it: no entry without it
    rows/ab/abcd….json         the keyframes of a finished segment, under the segment's own key
    writing/                   what is being written; files of killed jobs are removed by a sweep
    locks/                     what is being painted, and on which GPU; removed likewise

Entries appear whole or not at all, so several writers, killed jobs and other users do no harm.
Files and folders get the permissions of the cache's folder, whatever the umask of their writer.
An entry that does not match its digest counts as missing. The time of change of an entry's digest
(of a segment: of its file) says when it was last used.
"""

import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from songreel.storage.atomic import replacing
from songreel.storage.digests import digest, file_digest
from songreel.storage.locks import lock, release_lock, try_lock
from songreel.storage.permissions import make_shared, share

ABANDONED = 24 * 3600
"""Seconds after which a file of another machine in ``writing/`` has no writer any more."""


def link(source: Path, target: Path) -> None:
    """Put ``source`` at ``target`` without storing it twice where the file system allows it."""
    with replacing(target) as temporary:
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)


@dataclass(frozen=True)
class CachedKeyframe:
    """A keyframe of a finished segment.

    Attributes:
        time: when it is shown, a fraction of seconds as text.
        key: under which the cache has it; None where it is the segment's initial image.
        sha256: digest of its file.
    """

    time: str
    key: str | None
    sha256: str


@dataclass(frozen=True)
class Entry:
    """What the cache keeps and may give up: a keyframe or a finished row.

    Attributes:
        files: its files; the one that makes it an entry first.
        size: their bytes.
        used: when it was last of use, in seconds since 1970.
    """

    files: tuple[Path, ...]
    size: int
    used: float


@dataclass(frozen=True)
class KeyframeCache:
    """A folder of keyframes that songs, jobs and users may share."""

    folder: Path

    def find(self, key: str) -> Path | None:
        """The stored image, or None when there is none or it is damaged."""
        image = self._path("keyframes", key, ".png")
        proof = image.with_suffix(".sha256")
        try:
            if file_digest(image).encode() != proof.read_bytes():
                return None
        except FileNotFoundError:
            return None
        _touch(proof)
        return image

    def store(self, key: str, png: bytes) -> Path:
        """Store an image and return its path.

        Args:
            key: under which it is found again.
            png: the image, encoded.
        """
        path = self._path("keyframes", key, ".png")
        self._write(path, png)
        self._write(path.with_suffix(".sha256"), file_digest(path).encode())
        return path

    def find_row(self, row_key: str) -> list[CachedKeyframe] | None:
        """The keyframes of a segment that was finished under this key, or None."""
        path = self._path("rows", row_key, ".json")
        try:
            proof, keyframes = json.loads(path.read_bytes())
        except (FileNotFoundError, ValueError, TypeError):
            return None
        if digest(keyframes) != proof:
            return None
        _touch(path)
        return [CachedKeyframe(**entry) for entry in keyframes]

    def store_row(self, row_key: str, keyframes: Sequence[CachedKeyframe]) -> None:
        """Store the keyframes of a finished segment.

        Args:
            row_key: under which they are found again.
            keyframes: in order.
        """
        entries = [asdict(keyframe) for keyframe in keyframes]
        content = json.dumps([digest(entries), entries])
        self._write(self._path("rows", row_key, ".json"), content.encode())

    def images(self, keyframes: Sequence[CachedKeyframe], init_image: Path) -> list[Path] | None:
        """Where the images of a finished segment are; None where one of them was lost.

        Args:
            keyframes: of the segment.
            init_image: which a keyframe without a key is.
        """
        found = [self.find(entry.key) if entry.key else init_image for entry in keyframes]
        existing = [image for image in found if image]
        return existing if len(existing) == len(found) else None

    def lock(self, key: str, on_wait: Callable[[], None]) -> AbstractContextManager[None]:
        """Let no other process paint a keyframe during a block.

        Args:
            key: of the keyframe; look for it again once the lock is held.
            on_wait: called once if another process holds the lock.
        """
        make_shared(self.locks, self.folder)
        return lock(self.locks / key, on_wait)

    @property
    def locks(self) -> Path:
        """The folder of the locks."""
        return self.folder / "locks"

    def entries(self) -> Iterator[Entry]:
        """Everything that is kept, in no order."""
        for proof in (self.folder / "keyframes").glob("*/*.sha256"):
            yield from _entry(proof, proof.with_suffix(".png"))
        for row in (self.folder / "rows").glob("*/*.json"):
            yield from _entry(row)

    def sweep(self) -> None:
        """Remove what killed jobs left: locks, and files that were being written.

        Files that another machine was writing are removed after a day.
        """
        make_shared(self.locks, self.folder)
        for leftover in (self.folder / "writing").glob("*"):
            host, pid, _ = leftover.name.split(":", 2)
            with suppress(FileNotFoundError, PermissionError):
                age = time.time() - leftover.stat().st_mtime
                if age > ABANDONED or (host == socket.gethostname() and not _alive(int(pid))):
                    leftover.unlink()
        for path in self.locks.glob("*"):
            with suppress(PermissionError):  # another user's, of an older version
                held = try_lock(path)
                if held is not None:
                    release_lock(path, held)

    def _path(self, kind: str, key: str, suffix: str) -> Path:
        return self.folder / kind / key[:2] / (key + suffix)

    def _write(self, path: Path, content: bytes) -> None:
        writing = self.folder / "writing"
        make_shared(writing, self.folder)
        make_shared(path.parent, self.folder)
        temporary = writing / f"{socket.gethostname()}:{os.getpid()}:{path.name}"
        try:
            temporary.write_bytes(content)
            share(temporary, self.folder)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _entry(*files: Path) -> Iterator[Entry]:
    """The entry of these files, or nothing when another job has just removed it."""
    with suppress(FileNotFoundError):
        status = [file.stat() for file in files]
        yield Entry(files, sum(s.st_size for s in status), status[0].st_mtime)


def _touch(path: Path) -> None:
    with suppress(PermissionError, FileNotFoundError):  # another user's entry, or just removed
        os.utime(path)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

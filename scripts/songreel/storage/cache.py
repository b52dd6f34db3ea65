"""The keyframe cache: every diffused picture, stored under a hash of all that decides its pixels.

    keyframes/ab/abcd….png     the picture
    keyframes/ab/abcd….sha256  that file's digest, written after it: no entry without it
    rows/ab/abcd….json         a finished row: its keyframes, under a hash of the row's recipe
    writing/                   what is being written; leftovers of killed jobs are swept
    claims/                    what is being painted, and on which card; swept likewise

Entries appear whole or not at all, so several writers, killed jobs and other users do no harm.
An entry that does not match its digest is a miss. The time of an entry's digest (of a row: of its
file) says when it was last of use.
"""

import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from songreel.storage.atomic import replacing
from songreel.storage.digests import digest, file_digest
from songreel.storage.locks import lock, release_lock, try_lock

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
        """The stored picture, or None when there is none or it is damaged."""
        picture = self._place("keyframes", key, ".png")
        proof = picture.with_suffix(".sha256")
        try:
            if file_digest(picture).encode() != proof.read_bytes():
                return None
        except FileNotFoundError:
            return None
        _touch(proof)
        return picture

    def store(self, key: str, picture: bytes) -> Path:
        """Store an encoded PNG and return its place."""
        path = self._place("keyframes", key, ".png")
        self._write(path, picture)
        self._write(path.with_suffix(".sha256"), file_digest(path).encode())
        return path

    def find_row(self, recipe: str) -> list[dict] | None:
        """The keyframes of a row that was finished under this recipe, or None."""
        path = self._place("rows", recipe, ".json")
        try:
            proof, keyframes = json.loads(path.read_bytes())
        except (FileNotFoundError, ValueError, TypeError):
            return None
        if digest(keyframes) != proof:
            return None
        _touch(path)
        return keyframes

    def store_row(self, recipe: str, keyframes: list[dict]) -> None:
        """Note the keyframes of a finished row."""
        content = json.dumps([digest(keyframes), keyframes])
        self._write(self._place("rows", recipe, ".json"), content.encode())

    def pictures(self, keyframes: list[dict], start: Path) -> list[Path | None]:
        """Where a finished row's pictures are; None for one that was lost.

        Args:
            keyframes: the row's, as they were noted.
            start: the picture that the row opens with, where it is no diffused one.
        """
        return [self.find(entry["key"]) if entry["key"] else start for entry in keyframes]

    def claim(self, key: str, waiting: Callable[[], None]) -> AbstractContextManager[None]:
        """Be the only one to paint a keyframe, for as long as a block lasts.

        Args:
            key: the keyframe's; look for it again once it is claimed.
            waiting: called once if another job is painting it.
        """
        return lock(self.claims / key, waiting)

    @property
    def claims(self) -> Path:
        """The folder of what is claimed at the moment."""
        return self.folder / "claims"

    def entries(self) -> Iterator[Entry]:
        """Everything that is kept, in no order."""
        for proof in (self.folder / "keyframes").glob("*/*.sha256"):
            yield from _entry(proof, proof.with_suffix(".png"))
        for row in (self.folder / "rows").glob("*/*.json"):
            yield from _entry(row)

    def sweep(self) -> None:
        """Remove what killed jobs left: claims, and half-written files, of other machines after a
        day."""
        for leftover in (self.folder / "writing").glob("*"):
            host, pid, _ = leftover.name.split(":", 2)
            with suppress(FileNotFoundError):
                age = time.time() - leftover.stat().st_mtime
                if age > ABANDONED or (host == socket.gethostname() and not _alive(int(pid))):
                    leftover.unlink()
        for path in self.claims.glob("*"):
            held = try_lock(path)
            if held is not None:
                release_lock(path, held)

    def _place(self, kind: str, key: str, suffix: str) -> Path:
        return self.folder / kind / key[:2] / (key + suffix)

    def _write(self, path: Path, content: bytes) -> None:
        writing = self.folder / "writing"
        writing.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = writing / f"{socket.gethostname()}:{os.getpid()}:{path.name}"
        try:
            temporary.write_bytes(content)
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

"""The keyframe cache: every diffused picture, stored under a hash of all that decides its pixels.

    keyframes/ab/abcd….png     the picture
    keyframes/ab/abcd….sha256  that file's digest, written after it: no entry without it
    rows/ab/abcd….json         a finished row: its keyframes, under a hash of the row's recipe
    writing/                   what is being written; leftovers of killed jobs are swept

Entries appear whole or not at all, so several writers, killed jobs and other users do no harm.
An entry that does not match its digest is a miss.
"""

import json
import os
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from songreel.atomic import replacing
from songreel.identity import file_digest

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
class KeyframeCache:
    """A folder of keyframes that songs, jobs and users may share."""

    folder: Path

    def find(self, key: str) -> Path | None:
        """The stored picture, or None when there is none or it is damaged."""
        picture = self._place("keyframes", key, ".png")
        try:
            expected = picture.with_suffix(".sha256").read_text()
            return picture if file_digest(picture) == expected else None
        except FileNotFoundError:
            return None

    def store(self, key: str, picture: bytes) -> Path:
        """Store an encoded PNG and return its place."""
        path = self._place("keyframes", key, ".png")
        self._write(path, picture)
        self._write(path.with_suffix(".sha256"), file_digest(path).encode())
        return path

    def find_row(self, recipe: str) -> list[dict] | None:
        """The keyframes of a row that was finished under this recipe, or None."""
        try:
            return json.loads(self._place("rows", recipe, ".json").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def store_row(self, recipe: str, keyframes: list[dict]) -> None:
        """Note the keyframes of a finished row."""
        self._write(self._place("rows", recipe, ".json"), json.dumps(keyframes).encode())

    def sweep(self) -> None:
        """Remove what killed jobs left half-written, of other machines after a day."""
        for leftover in (self.folder / "writing").glob("*"):
            host, pid, _ = leftover.name.split(":", 2)
            try:
                age = time.time() - leftover.stat().st_mtime
                if age > ABANDONED or (host == socket.gethostname() and not _alive(int(pid))):
                    leftover.unlink()
            except FileNotFoundError:
                continue

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


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

"""Digests: of values, of files, and a memo that spares reading large files again."""

import hashlib
import json
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from songreel.storage.permissions import share


def digest(value: Mapping[str, Any] | list[Any] | str) -> str:
    """SHA-256 (hex) of a JSON-like value, independent of the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class DigestMemo:
    """The digests of files that were read before, and what was measured of them, in a JSON file.

    A file is read again when its path, inode, size or one of its times of change is another. The
    time of its last status change (ctime) cannot be set by ``cp -p`` or ``touch``.

    Args:
        path: of the JSON file; one that cannot be used is made anew.
    """

    def __init__(self, path: Path):
        self._path = path
        self._known = _read(path)
        self._new: dict[str, str] = {}

    def file_digest(self, path: Path) -> str:
        """SHA-256 (hex) of a file's bytes, read only where the memo does not know the file."""
        status = path.stat()
        times = (status.st_mtime_ns, status.st_ctime_ns)
        state = " ".join(map(str, (status.st_ino, status.st_size, *times)))
        name = str(path.resolve())
        found = self._new.get(name) or self._known.get(name, "")
        known_state, _, known_digest = found.rpartition(" ")
        if known_state == state:
            return known_digest
        found = file_digest(path)
        self._new[name] = f"{state} {found}"
        return found

    def measured(self, subject: str, path: Path, measure: Callable[[], str]) -> str:
        """What was measured of a file's content, measured only where the memo does not know it.

        Args:
            subject: what is measured, and by which version of the code.
            path: of the file.
            measure: reads the file; its text is kept.
        """
        digest = self.file_digest(path)
        key = f"{subject} {digest}"
        found = self._known.get(key) or self._new.get(key)
        if found is None:
            found = measure()
            if self.file_digest(path) == digest:  # else it was replaced meanwhile
                self._new[key] = found
        return found

    def save(self) -> None:
        """Write what is new, where the file may be written; without it files are read again."""
        if self._new:
            text = json.dumps({**_read(self._path), **self._new}, indent=1)
            name = f".{self._path.name}.{socket.gethostname()}.{os.getpid()}.tmp"  # of this process
            unfinished = self._path.with_name(name)
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                unfinished.write_text(text, encoding="utf-8")
                share(unfinished, self._path.parent)
                os.replace(unfinished, self._path)


def _read(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}

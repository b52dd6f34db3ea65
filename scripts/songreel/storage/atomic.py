"""Atomic writing: files that appear complete or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USUAL_NAME_LIMIT = 255  # bytes


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write to a temporary file that replaces ``path`` when the block ends without an error.

    The temporary file is in the folder of ``path``, so that it can be renamed within one file
    system, and has the same suffix, from which programs tell the format. A temporary file of a
    killed job is removed first, not overwritten: its process may not have ended yet.

    Args:
        path: the file to make or replace; its folder is made where it is missing.

    Yields:
        the temporary file. After an error it is removed and ``path`` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(path)
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def excess_of_name(path: Path) -> int:
    """How many bytes too long a file's name is for the folder to hold it while it is written.

    Args:
        path: the file that is to be made; its folder may be missing.

    Returns:
        0 where the name is short enough.
    """
    folder = next(parent for parent in path.absolute().parents if parent.is_dir())
    try:
        longest = os.pathconf(folder, "PC_NAME_MAX")
    except OSError:
        longest = USUAL_NAME_LIMIT
    return max(0, len(os.fsencode(_temporary(path).name)) - longest)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.stem}.tmp{path.suffix}")

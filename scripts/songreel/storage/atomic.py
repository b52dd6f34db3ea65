"""Atomic writing: files that appear complete or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
    temporary = path.with_name(f".{path.stem}.tmp{path.suffix}")
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

"""Files that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name to write to, renamed to ``path`` when the block ends without an error.

    The temporary file lies beside its goal, so the renaming never crosses a file system, and keeps
    its suffix, by which tools tell the format. A leftover of a killed run is removed first, never
    written into: its writer may still be dying.

    Args:
        path: the file to make or replace; its folder is made where it is missing.

    Yields:
        the path to write; after an error it is removed and ``path`` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.tmp{path.suffix}")
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

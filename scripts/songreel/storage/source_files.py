"""The user's files: what they were when a run began, and whether they still are.

Snakemake compares times of change only, and a file that is moved over another keeps its own, older
one. So the plan notes of every file what tells it from another, and the jobs hold on to that.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from songreel.errors import SongreelError
from songreel.storage.atomic import replacing


def state_of(path: Path) -> list[int]:
    """A file's size in bytes and its time of change in nanoseconds."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


@contextmanager
def unchanged(path: Path, state: Sequence[int]) -> Iterator[None]:
    """Make sure that a file is, before and after the block, what the plan says.

    Raises:
        SongreelError: it was replaced, edited or removed since the run began.
    """
    _check(path, state)
    yield
    _check(path, state)


def note_source(picture: Path, state: Sequence[int], size: Sequence[int]) -> None:
    """Note beside a prepared picture which state of its image it shows, at which size."""
    with replacing(_note(picture)) as temporary:
        temporary.write_text(json.dumps([*state, *size]))


def shows(picture: Path, state: Sequence[int], size: Sequence[int]) -> bool:
    """Whether a prepared picture shows this state of its image at this size (width, height)."""
    try:
        return picture.exists() and json.loads(_note(picture).read_text()) == [*state, *size]
    except (FileNotFoundError, ValueError):
        return False


def _note(picture: Path) -> Path:
    return picture.with_suffix(".source")


def _check(path: Path, state: Sequence[int]) -> None:
    if not path.exists() or state_of(path) != list(state):
        raise SongreelError(
            f"{path}: this file was changed while its song was being rendered; "
            "run the same command again, and what depends on it is made anew"
        )

"""The user's files: whether they still are what they were when the run began.

Snakemake compares times of change only, and a file that is moved over another keeps its own, older
one. So the plan notes the digest of every file, and the jobs check it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from songreel.errors import SongreelError
from songreel.storage.digests import file_digest


@contextmanager
def unchanged(path: Path, digest: str) -> Iterator[None]:
    """Make sure that a file has the content that the plan says, before and after a block.

    Args:
        path: of the file.
        digest: SHA-256 (hex) of its content.

    Raises:
        SongreelError: it was replaced, edited or removed since the run began.
    """
    _check(path, digest)
    yield
    _check(path, digest)


def _check(path: Path, digest: str) -> None:
    if not path.exists() or file_digest(path) != digest:
        raise SongreelError(
            f"{path}: this file was changed while its song was being rendered; "
            "run the same command again, and what depends on it is made anew"
        )

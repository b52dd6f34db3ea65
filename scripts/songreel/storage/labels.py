"""The label of a result: a line inside the file that says what it was made from.

PNG keeps it in a text, Matroska and MP4 in a comment; all three store it uncompressed and, as
Songreel writes them, before pictures and sound. So it is found without knowing the format.
"""

import mmap
import re
from pathlib import Path

KEYWORD = "Songreel inputs"
"""Of the text in a PNG, and of the line in a comment."""

_LABEL = re.compile(KEYWORD.encode() + rb"[\0:] ?([0-9a-f]{64})")


def label(inputs: str) -> str:
    """The line of a comment.

    Args:
        inputs: 64 hexadecimal digits, as of :mod:`songreel.plan.inputs`.
    """
    return f"{KEYWORD}: {inputs}"


def read_label(path: Path) -> str | None:
    """Return the digest of what a file was made from, as it says itself; None if it does not."""
    try:
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            found = _LABEL.search(content)
            return found[1].decode() if found else None
    except (OSError, ValueError):  # none, or an empty one
        return None

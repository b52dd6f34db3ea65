"""Files that the page may show: copies in the server's own temporary folder, and no others.

The projects' folders are not served. What is shown goes through a component, which gives it an
address that holds a digest of its content.
"""

import hashlib
import os
import shutil
from pathlib import Path

from PIL import Image

THUMBNAIL_SIDE = 256


def folder() -> Path:
    """The server's own temporary folder."""
    return Path(os.environ["GRADIO_TEMP_DIR"])


def copy(path: Path, name: str | None = None) -> str | None:
    """Return a copy of a file that may be shown; None where there is no such file.

    Args:
        path: of the file.
        name: that a visitor gets it under; its own if None.
    """
    copied = _place(path, name or path.name)
    if copied and not copied.exists():
        copied.parent.mkdir(parents=True, exist_ok=True)
        partial = copied.with_name(f".{copied.name}")
        shutil.copyfile(path, partial)
        partial.replace(copied)
    return copied and str(copied)


def thumbnail(path: Path) -> str | None:
    """Return a small copy of an image that may be shown; None where there is no such file."""
    copied = _place(path, f"{path.stem[:16]}.webp")
    if copied and not copied.exists():
        copied.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as image:
            image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
            image.convert("RGB").save(copied, quality=85)
    return copied and str(copied)


def _place(path: Path, name: str) -> Path | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    version = hashlib.sha256(f"{path}\0{status.st_mtime_ns}\0{status.st_size}".encode())
    return folder() / "shown" / version.hexdigest()[:32] / name

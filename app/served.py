"""Files that the page may show: copies in the server's own temporary folder, and no others.

The projects' folders are not served. What is shown goes through a component, which gives it an
address. What visitors upload is kept in the same folder until a run takes it.
"""

import fcntl
import hashlib
import shutil
from pathlib import Path
from typing import TextIO

from PIL import Image

from app.projects import Project, Projects, size_of

THUMBNAIL_SIDE = 256

MAX_UPLOAD_MB = 50


def folder(projects: Projects) -> Path:
    """The server's temporary folder, beside that of its projects."""
    return projects.folder.with_name("shown")


def hold(projects: Projects) -> TextIO:
    """Take part in the temporary folder; it is emptied first where no other server uses it.

    Args:
        projects: of the server.

    Returns:
        the lock, which is to be kept open as long as files are shown.
    """
    shown = folder(projects)
    shown.parent.mkdir(parents=True, exist_ok=True)
    lock = shown.with_suffix(".lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        shutil.rmtree(shown, ignore_errors=True)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def copy(project: Project, path: Path, name: str | None = None) -> str | None:
    """Return a copy of a file that may be shown; None where there is no such file.

    Args:
        project: that the file belongs to.
        path: of the file.
        name: that a visitor gets it under; its own if None.
    """
    copied = _place(project, path, name or path.name)
    if copied and not copied.exists():
        copied.parent.mkdir(parents=True, exist_ok=True)
        partial = copied.with_name(f".{copied.name}")
        shutil.copyfile(path, partial)
        partial.replace(copied)
    return copied and str(copied)


def thumbnail(project: Project, path: Path) -> str | None:
    """Return a small copy of an image that may be shown; None where there is no such file.

    Args:
        project: that the image belongs to.
        path: of the image.
    """
    copied = _place(project, path, f"{path.stem[:16]}.webp")
    if copied and not copied.exists():
        copied.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as image:
            image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
            image.convert("RGB").save(copied, quality=85)
    return copied and str(copied)


def size(projects: Projects) -> int:
    """Bytes of all copies and uploads on the disk."""
    return size_of(folder(projects))


def forget(project: Project) -> int:
    """Remove the copies of a project's files; return how many bytes they took up."""
    copies = _copies(project)
    freed = size_of(copies)
    shutil.rmtree(copies, ignore_errors=True)
    return freed


def _copies(project: Project) -> Path:
    return folder(Projects(project.folder.parent)) / project.token


def _place(project: Project, path: Path, name: str) -> Path | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    version = hashlib.sha256(f"{path}\0{status.st_mtime_ns}\0{status.st_size}".encode())
    return _copies(project) / version.hexdigest()[:32] / name

"""Permissions in a folder that several users share: those of the folder, whatever the umask."""

import os
from contextlib import suppress
from pathlib import Path

READ_AND_WRITE = 0o666


def share(path: Path, folder: Path) -> None:
    """Give a new file the permissions to read and write of the folder that it is shared in.

    Args:
        path: the file; nothing happens if it is another user's.
        folder: whose permissions it gets.
    """
    with suppress(PermissionError, FileNotFoundError):
        os.chmod(path, folder.stat().st_mode & READ_AND_WRITE)


def make_shared(folder: Path, top: Path) -> None:
    """Make a folder below another, with its permissions; likewise those between them.

    Args:
        folder: to be made where it is missing.
        top: the shared folder; made by the umask where it is missing.
    """
    if folder.is_dir():
        return
    if folder == top:
        folder.mkdir(parents=True, exist_ok=True)
        return
    make_shared(folder.parent, top)
    folder.mkdir(exist_ok=True)
    with suppress(PermissionError):  # another user was quicker
        os.chmod(folder, top.stat().st_mode & 0o7777)

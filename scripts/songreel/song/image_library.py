"""Image files: found safely in the song's folder, brought to the film's size, stored as PNG.

A sheet is untrusted: the names in it reach nothing outside the image folder, and a file counts as
an image only if Pillow knows it for one of the ordinary picture formats.
"""

import difflib
import os
import unicodedata
from pathlib import Path, PureWindowsPath

from songreel.media.images import _fault

FOLDER_NAMES = ("ImageLibrary", "images")

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif")


def image_folder(sheet: Path, configured: Path | None) -> Path:
    """Where the images of a sheet lie.

    The configured folder, else ImageLibrary or images beside the sheet (upper or lower case), else
    the sheet's own folder.

    Raises:
        ValueError: the configured folder does not exist; the text says so.
    """
    if configured is not None:
        if not configured.is_dir():
            raise ValueError(
                f"image folder '{configured}' not found; correct `images` in the configuration"
            )
        return configured
    beside = {entry.name: entry for entry in sheet.parent.iterdir() if entry.is_dir()}
    for wanted in FOLDER_NAMES:
        name = _same_name(wanted, beside)
        if name is not None:
            return beside[name]
    return sheet.parent


def find_image(folder: Path, name: str) -> Path:
    """The file of an image named in a sheet.

    The name may lead into a subfolder; upper and lower case may differ where that leaves no doubt,
    because sheets are written on systems that do not tell them apart.

    Raises:
        ValueError: not found, outside the folder, too large or no picture; the text says what and
            how to mend it, without the place in the sheet.
    """
    shown = folder.resolve().name or "/"
    parts = [part for part in name.replace("\\", "/").split("/") if part != "."]
    outside = ValueError(
        f"image '{name}' lies outside {shown}; put it into that folder and write its name only"
    )
    if not parts or ".." in parts or not parts[0] or PureWindowsPath(name).drive:
        raise outside
    path = folder
    for part in parts:
        try:
            entries = os.listdir(path)
        except OSError:
            entries = []
        entry = _same_name(part, entries)
        if entry is None:
            raise ValueError(
                f"image '{name}' not found in {shown}; {_suggestion(parts[-1], folder)}"
            )
        path /= entry
    if not path.resolve().is_relative_to(folder.resolve()):
        raise outside
    if not path.is_file():
        raise ValueError(f"image '{name}' is not a file; write the name of a picture in {shown}")
    status = path.stat()
    fault = _fault(path, status.st_size, status.st_mtime_ns)
    if fault:
        raise ValueError(f"image '{name}' {fault}")
    return path


def _same_name(wanted: str, entries) -> str | None:
    """The entry of that name: exactly, or the only one that differs in case alone."""
    if wanted in entries:
        return wanted
    alike = [entry for entry in entries if _plain(entry) == _plain(wanted)]
    return alike[0] if len(alike) == 1 else None


def _plain(name: str) -> str:
    """A file name without case and without the two ways of writing an accent."""
    return unicodedata.normalize("NFC", name).casefold()


def _suggestion(name: str, folder: Path) -> str:
    pictures = {
        _plain(entry): entry
        for entry in sorted(os.listdir(folder))
        if entry.lower().endswith(SUFFIXES)
    }
    nearest = difflib.get_close_matches(_plain(name), pictures, n=1)
    if nearest:
        return f"did you mean '{pictures[nearest[0]]}'?"
    return "put it there or correct the name"

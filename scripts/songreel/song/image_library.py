"""The image library: finds the image files that a sheet names.

A sheet is untrusted: the names in it reach nothing outside the image folder, and only files that
:func:`songreel.media.images.image_problem` accepts are taken for images.
"""

import difflib
import os
import unicodedata
from collections.abc import Collection
from pathlib import Path, PureWindowsPath

from songreel.errors import locale_remedy
from songreel.media.images import image_problem

FOLDER_NAMES = ("ImageLibrary", "images")

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif")


def image_folder(sheet: Path, configured: Path | None) -> Path:
    """Return the folder of a sheet's images.

    Args:
        sheet: the workbook.
        configured: the folder that the configuration names, if any.

    Returns:
        the configured folder, else one of FOLDER_NAMES beside the sheet (in upper or lower case),
        else the sheet's own folder.

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
        name = _matching_name(wanted, beside)
        if name is not None:
            return beside[name]
    return sheet.parent


def find_image(folder: Path, name: str) -> Path:
    """Find the file of an image that a sheet names.

    Upper and lower case may differ where only one file matches, because sheets are written on
    systems that do not distinguish them.

    Args:
        folder: the folder of the sheet's images.
        name: as written in the sheet; may name a file in a subfolder, with a slash or a backslash.

    Returns:
        the file, inside the folder.

    Raises:
        ValueError: not found, outside the folder, too large or no image; the text says what is
            wrong and how to correct it, without the location in the sheet.
    """
    folder_name = folder.resolve().name or "/"
    parts = [part for part in name.replace("\\", "/").split("/") if part != "."]
    outside = ValueError(
        f"image '{name}' lies outside {folder_name}; "
        "put it into that folder and write its name only"
    )
    if not parts or ".." in parts or not parts[0] or PureWindowsPath(name).drive:
        raise outside
    path = folder
    for part in parts:
        try:
            entries = os.listdir(path)
        except OSError:
            entries = []
        entry = _matching_name(part, entries)
        if entry is None:
            remedy = locale_remedy(name) or _remedy(parts[-1], folder)
            raise ValueError(f"image '{name}' not found in {folder_name}; {remedy}")
        path /= entry
    if not path.resolve().is_relative_to(folder.resolve()):
        raise outside
    if not path.is_file():
        raise ValueError(
            f"image '{name}' is not a file; write the name of a picture in {folder_name}"
        )
    problem = image_problem(path)
    if problem:
        raise ValueError(f"image '{name}' {problem}")
    return path


def _matching_name(wanted: str, entries: Collection[str]) -> str | None:
    """Return the entry of exactly that name, else the only one that differs in case alone."""
    if wanted in entries:
        return wanted
    matching = [entry for entry in entries if _normalized(entry) == _normalized(wanted)]
    return matching[0] if len(matching) == 1 else None


def _normalized(name: str) -> str:
    """Return a file name without case, and with accents encoded in one of the two ways."""
    return unicodedata.normalize("NFC", name).casefold()


def _remedy(name: str, folder: Path) -> str:
    images = {
        _normalized(entry): entry
        for entry in sorted(os.listdir(folder))
        if entry.lower().endswith(SUFFIXES)
    }
    nearest = difflib.get_close_matches(_normalized(name), images, n=1)
    if nearest:
        return f"did you mean '{images[nearest[0]]}'?"
    return "put it there or correct the name"

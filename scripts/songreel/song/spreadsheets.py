"""Spreadsheet files of all kinds: from an untrusted file to the values in its cells."""

import difflib
import zipfile
from io import BytesIO
from pathlib import Path

from songreel.errors import SongreelError, locale_remedy
from songreel.song.delimited import DELIMITED, read_delimited
from songreel.song.opendocument import MIMETYPE, read_opendocument
from songreel.song.workbook import SAVE_AS_XLSX, Cells, read_workbook

MAX_FILE_SIZE = 20_000_000  # bytes

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of old workbooks and of encrypted new ones


def read_cells(path: Path, worksheet: str | None = None) -> Cells:
    """Read the cells of one worksheet.

    Args:
        path: a workbook, ``.xlsx`` or ``.ods``, or a table as text, ``.csv`` or ``.tsv``.
        worksheet: its name, upper or lower case; None for the first visible one.

    Returns:
        at least one cell.

    Raises:
        SongreelError: the file is missing, is no readable spreadsheet or is too large, or the
            worksheet is missing or empty.
    """
    content = _read_file(path)
    if _is_opendocument(content):
        return read_opendocument(content, path.name, worksheet)
    if path.suffix.lower() in DELIMITED and not content.startswith(b"PK"):
        if worksheet is not None:
            raise SongreelError(
                f"{path.name}: a table as text has no worksheets; remove `worksheet`"
            )
        return read_delimited(content, path.name)
    return read_workbook(content, path.name, worksheet)


def _is_opendocument(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            part = archive.getinfo("mimetype")
            return part.file_size < 200 and archive.read(part).strip().startswith(MIMETYPE)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, ValueError):
        return False


def _is_sheet(path: Path) -> bool:
    return path.suffix.lower().startswith((".xls", ".ods", *DELIMITED))


def _read_file(path: Path) -> bytes:
    """Return a file's bytes, unless its size or first bytes tell that it cannot be read."""
    if not path.exists():
        workbooks = [entry.name for entry in path.parent.glob("*") if _is_sheet(entry)]
        nearest = difflib.get_close_matches(path.name, workbooks, n=1)
        remedy = f"did you mean '{nearest[0]}'?" if nearest else "check its folder and its name"
        raise SongreelError(f"{path}: file not found; {locale_remedy(path.name) or remedy}")
    if not path.is_file():
        raise SongreelError(f"{path}: not a file; write the path of the song's workbook")
    if path.stat().st_size > MAX_FILE_SIZE:
        raise SongreelError(
            f"{path.name}: larger than {MAX_FILE_SIZE // 10**6} MB; keep pictures and other "
            "worksheets out of the song's workbook"
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SongreelError(
            f"{path.name}: cannot be read ({error.strerror}); check the file's permissions"
        ) from error
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SongreelError(
                f"{path.name}: protected by a password; save it without one (File > Info in Excel)"
            )
        raise SongreelError(f"{path.name}: an old .xls workbook; {SAVE_AS_XLSX}")
    return content

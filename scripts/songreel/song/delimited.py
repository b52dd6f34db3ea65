"""Tables as text: CSV and TSV, as spreadsheet programs write them."""

import csv
import re
from datetime import timedelta
from io import StringIO

from songreel.errors import SongreelError
from songreel.song.workbook import (
    MAX_COLUMNS,
    Cell,
    Cells,
    check_length,
    without_invisible_ends,
)

DELIMITED = {".csv": ",;\t", ".tsv": "\t"}
"""Suffix → what may separate cells: programs take a semicolon where the comma is in numbers."""

_HEADINGS = ("time", "prompt")

_SHOWN_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\s(?P<half>[AP])\.?M\.?)?", re.ASCII | re.IGNORECASE
)

_FRACTION = re.compile(r"0\.\d{10,20}", re.ASCII)
"""A number as programs write it: maybe a time, as a fraction of a day."""


def read_delimited(content: bytes, name: str) -> Cells:
    """Read the cells of a table as text.

    A time that LibreOffice shows as ``00:16:00``, or ``12:16:00 AM``, is a cell of that format: it
    may have been typed as 0:16.

    Args:
        content: of the file, in UTF-8, or in UTF-16 with its mark.
        name: of the file, as messages show it.

    Returns:
        at least one cell.

    Raises:
        SongreelError: the file has another encoding, is no text, is too long or empty.
    """
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
        suffix = f".{name.rpartition('.')[2].lower()}"
        tables = [
            list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
            for delimiter in DELIMITED[suffix]
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SongreelError(
            f"{name}: cannot be read as text in UTF-8; save it as CSV UTF-8, or as .xlsx"
        ) from error
    lines: dict[int, dict[int, Cell]] = {}
    for line, row in enumerate(max(tables, key=_headings), start=1):
        for column, text in enumerate(row[:MAX_COLUMNS], start=1):
            shown = without_invisible_ends(text)
            if shown:
                lines.setdefault(line, {})[column] = _cell(shown)
        check_length(len(lines), name)
    if not lines:
        raise SongreelError(f"{name}: the table is empty; fill it in")
    return Cells(lines, {})


def _headings(table: list[list[str]]) -> int:
    """Count a table's headings, to tell what separates its cells."""
    return sum(cell.strip().casefold() in _HEADINGS for row in table for cell in row)


def _cell(text: str) -> Cell:
    if _FRACTION.fullmatch(text):
        return Cell(float(text), "General")
    time = _SHOWN_TIME.fullmatch(text)
    if time is None:
        return Cell(text, "General")
    hours, minutes, seconds = map(int, time.groups()[:3])
    if time["half"]:
        hours = hours % 12 + 12 * (time["half"] in "Pp")
    return Cell(timedelta(hours=hours, minutes=minutes, seconds=seconds), "hh:mm:ss")

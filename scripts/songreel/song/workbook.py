"""Excel workbooks: from an untrusted file to the values in its cells.

Formulas are never run; what a formula showed when the workbook was last saved is its value.
"""

import difflib
import math
import re
import warnings
import zipfile
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import to_excel
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from songreel.errors import SongreelError

LARGEST_FILE = 20_000_000  # bytes

LARGEST_CONTENT = 200_000_000  # bytes, unpacked

MOST_LINES = 20_000

MOST_COLUMNS = 100

LONGEST_GAP = 1_000  # blank lines; some programs store a million formatted ones below the table

SAVE_AS_XLSX = "open it in your spreadsheet program and save it as .xlsx"

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of old workbooks and of encrypted new ones

_MERGED = re.compile(rb'<(?:\w{1,20}:)?mergeCell\s[^>]{0,200}?ref="([A-Z0-9:]{1,30})"')


@dataclass(frozen=True)
class Fault:
    """Why a cell has no value, and what to do about it."""

    text: str


@dataclass(frozen=True)
class Cell:
    """A cell that is not blank.

    Times, durations and dates are all durations since the spreadsheet's day 0, which is how
    spreadsheets count them.
    """

    value: str | int | float | bool | timedelta | Fault
    number_format: str


@dataclass(frozen=True)
class Cells:
    """The cells of a worksheet that are not blank, by line and column, both counted from 1."""

    lines: dict[int, dict[int, Cell]]
    merged: dict[int, list[tuple[int, int]]]
    """By column: first and last line of each merged block that starts in it, in order."""

    def shown(self, line: int, column: int) -> Cell | None:
        """The cell seen at this place: its own, or the merged one that reaches down to it."""
        blocks = self.merged.get(column, [])
        before = bisect_right(blocks, line, key=lambda block: block[0]) - 1
        if before >= 0 and line <= blocks[before][1]:
            line = blocks[before][0]
        return self.lines.get(line, {}).get(column)


def read_cells(path: Path, worksheet: str | None = None) -> Cells:
    """The cells of the named worksheet, or of the first visible one.

    Raises:
        SongreelError: no workbook that can be read, no such worksheet, or absurdly large.
    """
    content = BytesIO(_content(path))
    try:
        _check_parts(content, path.name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's, about charts and validations
            return _read(content, path.name, worksheet)
    except SongreelError:
        raise
    except Exception as error:  # openpyxl raises almost anything over a broken file
        raise SongreelError(f"{path.name}: the workbook is damaged; {SAVE_AS_XLSX}") from error


def _content(path: Path) -> bytes:
    """The bytes of a file that may well be a workbook."""
    if not path.exists():
        workbooks = [entry.name for entry in path.parent.glob("*.xls*")]
        nearest = difflib.get_close_matches(path.name, workbooks, n=1)
        remedy = f"did you mean '{nearest[0]}'?" if nearest else "check its folder and its name"
        raise SongreelError(f"{path}: file not found; {remedy}")
    if not path.is_file():
        raise SongreelError(f"{path}: not a file; write the path of an .xlsx workbook")
    if path.stat().st_size > LARGEST_FILE:
        raise SongreelError(
            f"{path.name}: larger than {LARGEST_FILE // 10**6} MB; keep pictures and other "
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


def _check_parts(content: BinaryIO, name: str) -> None:
    if not zipfile.is_zipfile(content):
        raise SongreelError(f"{name}: not an Excel workbook; {SAVE_AS_XLSX}")
    with zipfile.ZipFile(content) as archive:
        parts = archive.infolist()
    if sum(part.file_size for part in parts) > LARGEST_CONTENT:
        raise SongreelError(
            f"{name}: unpacks to more than {LARGEST_CONTENT // 10**6} MB; copy the song's table "
            "into a new workbook"
        )
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise SongreelError(f"{name}: a binary workbook (.xlsb); {SAVE_AS_XLSX}")
    if "[Content_Types].xml" not in names:
        raise SongreelError(f"{name}: not an Excel workbook; {SAVE_AS_XLSX}")


def _read(file: BinaryIO, name: str, worksheet: str | None) -> Cells:
    book = load_workbook(file, read_only=True, keep_links=False)
    sheet = _choose(book, name, worksheet)
    lines = _scan(sheet, name)
    formulas = {
        (line, column)
        for line, cells in lines.items()
        for column, cell in cells.items()
        if cell.data_type == "f"
    }
    if formulas:
        saved = load_workbook(file, read_only=True, keep_links=False, data_only=True)
        rows = saved[sheet.title].iter_rows(max_row=max(lines), max_col=MOST_COLUMNS)
        for line, row in enumerate(rows, start=1):
            for column in lines.get(line, ()):
                lines[line][column] = row[column - 1]
    read = {}
    for line, cells in lines.items():
        for column, cell in cells.items():
            value = _value(cell, book.epoch)
            if value is None and (line, column) in formulas and cell.data_type == "n":
                value = Fault(
                    "holds a formula that was saved without its result; open the workbook in your "
                    "spreadsheet program and save it, or write the value itself"
                )
            if value is not None:
                read.setdefault(line, {})[column] = Cell(value, cell.number_format)
    if not read:
        raise SongreelError(
            f"{name}: worksheet '{sheet.title}' is empty; fill it in, or name another one with "
            "`worksheet` in the configuration"
        )
    return Cells(read, _merged(sheet))


def _choose(book: Workbook, name: str, worksheet: str | None) -> Worksheet:
    sheets = book.worksheets
    if not sheets:
        raise SongreelError(f"{name}: the workbook has no worksheet; {SAVE_AS_XLSX}")
    if worksheet is None:
        return next((sheet for sheet in sheets if sheet.sheet_state == "visible"), sheets[0])
    by_name = {sheet.title.casefold(): sheet for sheet in sheets}
    if worksheet.casefold() in by_name:
        return by_name[worksheet.casefold()]
    nearest = difflib.get_close_matches(worksheet.casefold(), by_name, n=1)
    if nearest:
        remedy = f"did you mean '{by_name[nearest[0]].title}'?"
    else:
        remedy = "there is " + ", ".join(f"'{sheet.title}'" for sheet in sheets[:10])
    raise SongreelError(f"{name}: worksheet '{worksheet}' not found; {remedy}")


def _scan(sheet: Worksheet, name: str) -> dict[int, dict]:
    """openpyxl's cells by line and column, read up to a gap that no song sheet has."""
    sheet.reset_dimensions()  # what a file declares about its size is not to be relied on
    lines = {}
    gap = 0
    for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        cells = {column: cell for column, cell in enumerate(row, start=1) if cell.value is not None}
        gap = 0 if cells else gap + 1
        if gap > LONGEST_GAP:
            break
        if cells:
            lines[line] = cells
        if len(lines) > MOST_LINES:
            raise SongreelError(
                f"{name}: more than {MOST_LINES:,} rows; split the song into several sheets"
            )
    return lines


def _value(cell, epoch: datetime) -> str | int | float | bool | timedelta | Fault | None:
    value = cell.value
    if cell.data_type == "e":
        return Fault(f"shows the error {value}; correct the formula or write the value itself")
    if isinstance(value, float) and not math.isfinite(value):
        return Fault("holds a number too large to be read; correct it")
    if isinstance(value, time):
        return timedelta(
            hours=value.hour,
            minutes=value.minute,
            seconds=value.second,
            microseconds=value.microsecond,
        )
    if isinstance(value, date):  # a datetime is one too: a time of 24 hours and more
        return timedelta(days=to_excel(value, epoch))
    if isinstance(value, str):
        return unescape(value).strip() or None
    return value


def _merged(sheet: Worksheet) -> dict[int, list[tuple[int, int]]]:
    """Blocks of merged cells more than one line high; openpyxl leaves them out when streaming."""
    blocks = defaultdict(list)
    with sheet._get_source() as source:
        xml = source.read()
    after_the_cells = max(xml.rfind(b"sheetData"), 0)
    for block in islice(_MERGED.finditer(xml, after_the_cells), MOST_LINES):
        column, first, _, last = range_boundaries(block[1].decode())
        if last > first:
            blocks[column].append((first, last))
    return {column: sorted(lines) for column, lines in blocks.items()}

"""Excel workbooks: from an untrusted file to the values in its cells.

A formula is not evaluated: its value is the result that was saved with the workbook. A worksheet's
rows are called lines here, and counted from 1: a row is always a row of the song's table.
"""

import difflib
import math
import re
import unicodedata
import warnings
import zipfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from typing import Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import to_excel
from openpyxl.utils.escape import unescape

from songreel.errors import SongreelError

MAX_UNPACKED_SIZE = 200_000_000  # bytes

MAX_LINES = 20_000

MAX_COLUMNS = 100

MAX_BLANK_LINES = 1_000  # in a row; some programs store a million formatted ones below the table

SAVE_AS_XLSX = "open it in your spreadsheet program and save it as .xlsx"

BLANK_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc"
"""What Unicode counts among letters and symbols, and nobody sees."""

_MERGED_CELLS = re.compile(rb'<(?:\w{1,20}:)?mergeCell\s[^>]{0,200}?ref="([A-Z0-9:]{1,30})"')


@dataclass(frozen=True)
class CellError:
    """What is wrong with a cell, and what to do about it.

    Attributes:
        text: continues a sentence that begins with the cell's location.
    """

    text: str


@dataclass(frozen=True)
class Cell:
    """A cell that is not blank.

    Attributes:
        value: what it contains. Times, durations and dates are all timedeltas from the
            spreadsheet's day 0, which is how spreadsheets store them.
        number_format: how the spreadsheet program displays a number, such as ``h:mm:ss``.
    """

    value: str | int | float | bool | timedelta | CellError
    number_format: str


@dataclass(frozen=True)
class Cells:
    """The cells of a worksheet that are not blank.

    Attributes:
        lines: line → column → cell; lines and columns are counted from 1.
        merged: column → first and last line of each merged range that starts in it, in order.
    """

    lines: dict[int, dict[int, Cell]]
    merged: dict[int, list[tuple[int, int]]]

    def at(self, line: int, column: int) -> Cell | None:
        """Return the cell at a location, or the merged cell that covers it.

        Args:
            line: counted from 1.
            column: counted from 1.

        Returns:
            None where the cell is blank.
        """
        ranges = self.merged.get(column, [])
        nearest = bisect_right(ranges, line, key=lambda lines: lines[0]) - 1
        if nearest >= 0 and line <= ranges[nearest][1]:
            line = ranges[nearest][0]
        return self.lines.get(line, {}).get(column)


def read_workbook(content: bytes, name: str, worksheet: str | None = None) -> Cells:
    """Read the cells of one worksheet of an Excel workbook.

    Args:
        content: of the file, ``.xlsx``.
        name: of the file, as messages show it.
        worksheet: its name, upper or lower case; None for the first visible one.

    Returns:
        at least one cell.

    Raises:
        SongreelError: the file is no readable workbook or is too large, or the worksheet is missing
            or empty.
    """
    file = BytesIO(content)
    try:
        _check_parts(file, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's, about charts and validations
            return _parse(file, name, worksheet)
    except SongreelError:
        raise
    except Exception as error:  # openpyxl raises all kinds of errors over a broken file
        raise SongreelError(f"{name}: the workbook is damaged; {SAVE_AS_XLSX}") from error


def _check_parts(content: BinaryIO, name: str) -> None:
    """Check the files inside a workbook, which is a zip archive, before they are unpacked."""
    if not zipfile.is_zipfile(content):
        raise SongreelError(f"{name}: not an Excel workbook; {SAVE_AS_XLSX}")
    with zipfile.ZipFile(content) as archive:
        parts = archive.infolist()
    if sum(part.file_size for part in parts) > MAX_UNPACKED_SIZE:
        raise SongreelError(
            f"{name}: unpacks to more than {MAX_UNPACKED_SIZE // 10**6} MB; copy the song's table "
            "into a new workbook"
        )
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise SongreelError(f"{name}: a binary workbook (.xlsb); {SAVE_AS_XLSX}")
    if "[Content_Types].xml" not in names:
        raise SongreelError(f"{name}: not an Excel workbook; {SAVE_AS_XLSX}")


def _parse(file: BinaryIO, name: str, worksheet: str | None) -> Cells:
    book = load_workbook(file, read_only=True, keep_links=False)
    sheet = _select_worksheet(book, name, worksheet)
    lines = _read_lines(sheet, name)
    formulas = {
        (line, column)
        for line, cells in lines.items()
        for column, cell in cells.items()
        if cell.data_type == "f"
    }
    if formulas:
        saved = load_workbook(file, read_only=True, keep_links=False, data_only=True)
        rows = saved[sheet.title].iter_rows(max_row=max(lines), max_col=MAX_COLUMNS)
        for line, row in enumerate(rows, start=1):
            for column in lines.get(line, ()):
                lines[line][column] = row[column - 1]
    values: dict[int, dict[int, Cell]] = {}
    for line, cells in lines.items():
        for column, cell in cells.items():
            value = _cell_value(cell, book.epoch)
            if value is None and (line, column) in formulas and cell.data_type == "n":
                value = CellError(
                    "holds a formula that was saved without its result; open the workbook in your "
                    "spreadsheet program and save it, or write the value itself"
                )
            if value is not None:
                values.setdefault(line, {})[column] = Cell(value, cell.number_format)
    check_filled(values, name, sheet.title)
    return Cells(values, _merged_ranges(sheet))


def check_filled(values: Mapping[int, object], name: str, title: str) -> None:
    """Refuse a worksheet without a cell.

    Args:
        values: line → what it holds.
        name: of the file, as messages show it.
        title: of the worksheet.

    Raises:
        SongreelError: it is empty.
    """
    if not values:
        raise SongreelError(
            f"{name}: worksheet '{title}' is empty; fill it in, or name another one with "
            "`worksheet` in the configuration"
        )


def _select_worksheet(book: Workbook, name: str, worksheet: str | None) -> Any:
    sheets = book.worksheets  # read-only ones, whose methods openpyxl's types do not tell
    visible = [sheet.title for sheet in sheets if sheet.sheet_state == "visible"]
    title = choose_worksheet([sheet.title for sheet in sheets], visible, name, worksheet)
    return next(sheet for sheet in sheets if sheet.title == title)


def choose_worksheet(
    titles: Sequence[str], visible: Sequence[str], name: str, worksheet: str | None
) -> str:
    """Choose the worksheet to read.

    Args:
        titles: of all worksheets, in order.
        visible: those that are not hidden.
        name: of the file, as messages show it.
        worksheet: its name, upper or lower case; None for the first visible one.

    Raises:
        SongreelError: there is no such worksheet, or none at all.
    """
    if not titles:
        raise SongreelError(f"{name}: the workbook has no worksheet; {SAVE_AS_XLSX}")
    if worksheet is None:
        return [*visible, *titles][0]
    by_name = {title.casefold(): title for title in titles}
    if worksheet.casefold() in by_name:
        return by_name[worksheet.casefold()]
    nearest = difflib.get_close_matches(worksheet.casefold(), by_name, n=1)
    if nearest:
        remedy = f"did you mean '{by_name[nearest[0]]}'?"
    else:
        remedy = "there is " + ", ".join(f"'{title}'" for title in titles[:10])
    raise SongreelError(f"{name}: worksheet '{worksheet}' not found; {remedy}")


def _read_lines(sheet: Any, name: str) -> dict[int, dict]:
    """Read openpyxl's cells by line and column, up to a gap longer than MAX_BLANK_LINES."""
    sheet.reset_dimensions()  # the size that the file itself states may be wrong
    lines = {}
    gap = 0
    for line, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        cells = {column: cell for column, cell in enumerate(row, start=1) if cell.value is not None}
        gap = 0 if cells else gap + 1
        if gap > MAX_BLANK_LINES:
            break
        if cells:
            lines[line] = cells
        check_length(len(lines), name)
    return lines


def check_length(lines: int, name: str) -> None:
    """Refuse a table that is too long.

    Args:
        lines: that are not blank.
        name: of the file, as messages show it.

    Raises:
        SongreelError: more than MAX_LINES.
    """
    if lines > MAX_LINES:
        raise SongreelError(
            f"{name}: more than {MAX_LINES:,} rows; split the song into several sheets"
        )


def _cell_value(cell, epoch: datetime) -> str | int | float | bool | timedelta | CellError | None:
    value = cell.value
    if cell.data_type == "e":
        return CellError(f"shows the error {value}; correct the formula or write the value itself")
    if isinstance(value, float) and not math.isfinite(value):
        return CellError("holds a number too large to be read; correct it")
    if isinstance(value, time):
        return timedelta(
            hours=value.hour,
            minutes=value.minute,
            seconds=value.second,
            microseconds=value.microsecond,
        )
    if isinstance(value, date):  # or a datetime, which a time of 24 hours and more becomes
        return timedelta(days=to_excel(value, epoch))
    if isinstance(value, str):
        return without_invisible_ends(unescape(value)) or None
    return value


def without_invisible(text: str) -> str:
    """Return a text without characters that are not seen, such as those that pasting brings along.

    U+200B, U+FEFF and U+200E are some; within a prompt they may join letters, so this is for names
    and numbers.
    """
    return "".join(letter for letter in text if not _is_invisible(letter))


def without_invisible_ends(text: str) -> str:
    """Strip spaces and what is not seen."""
    start, end = 0, len(text)
    while start < end and _is_unseen(text[start]):
        start += 1
    while end > start and _is_unseen(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_unseen(letter: str) -> bool:
    return letter.isspace() or _is_invisible(letter)


def _is_invisible(letter: str) -> bool:
    return letter in BLANK_LETTERS or unicodedata.category(letter) == "Cf"


def _merged_ranges(sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """Find merged ranges of more than one line, which openpyxl skips in its read-only mode."""
    ranges = defaultdict(list)
    with sheet._get_source() as source:
        xml = source.read()
    end_of_cells = max(xml.rfind(b"sheetData"), 0)
    for match in islice(_MERGED_CELLS.finditer(xml, end_of_cells), MAX_LINES):
        column, first, _, last = range_boundaries(match[1].decode())
        if column and first and last and last > first:
            ranges[column].append((first, last))
    return {column: sorted(lines) for column, lines in ranges.items()}

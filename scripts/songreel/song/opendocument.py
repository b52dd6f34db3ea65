"""OpenDocument spreadsheets (.ods), as LibreOffice writes them by itself."""

import math
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from songreel.errors import SongreelError
from songreel.song.workbook import (
    MAX_BLANK_LINES,
    MAX_COLUMNS,
    MAX_UNPACKED_SIZE,
    SAVE_AS_XLSX,
    Cell,
    CellError,
    Cells,
    check_filled,
    check_length,
    choose_worksheet,
    without_invisible_ends,
)

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"

_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}

_DAY_0 = datetime(1899, 12, 30)

_DURATION = re.compile(r"(-?)PT(\d+)H(\d+)M(\d+(?:[.,]\d+)?)S")

_CLOCK = re.compile(r"\D*(\d+)(?::\d\d|([:.])\d\d\2(\d\d))(?!.*\d)")
"""A time as it is shown: hours, and seconds if there are any, with AM or the like."""

_ERRORS = re.compile(r"#(REF!|NAME\?|VALUE!|DIV/0!|N/A|NUM!|NULL!)|(Err|Fehler):\d{3}")


def read_opendocument(content: bytes, name: str, worksheet: str | None = None) -> Cells:
    """Read the cells of one worksheet of an OpenDocument spreadsheet.

    Args:
        content: of the file.
        name: of the file, as messages show it.
        worksheet: its name, upper or lower case; None for the first visible one.

    Returns:
        at least one cell.

    Raises:
        SongreelError: the file is damaged, protected or too large, or the worksheet is missing or
            empty.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_SIZE:
                raise SongreelError(
                    f"{name}: unpacks to more than {MAX_UNPACKED_SIZE // 10**6} MB; copy the "
                    "song's table into a new workbook"
                )
            document = ElementTree.fromstring(archive.read("content.xml"))
        return _parse(document, name, worksheet)
    except SongreelError:
        raise
    except Exception as error:  # zipfile, expat and conversions raise all kinds of errors
        raise SongreelError(
            f"{name}: the workbook is damaged or protected by a password; {SAVE_AS_XLSX}"
        ) from error


def _parse(document: Element, name: str, worksheet: str | None) -> Cells:
    tables = {_get(table, "table:name") or "": table for table in _all(document, "table:table")}
    hidden = {
        _get(style, "style:name")
        for style in _all(document, "style:style")
        if any(_get(p, "table:display") == "false" for p in _all(style, "style:table-properties"))
    }
    visible = [title for title, t in tables.items() if _get(t, "table:style-name") not in hidden]
    title = choose_worksheet(list(tables), visible, name, worksheet)
    values: dict[int, dict[int, Cell]] = {}
    merged: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line, row in _lines(tables[title], name):
        for column, element in _columns(row):
            value = _value(element)
            if value is not None:
                values.setdefault(line, {})[column] = value
            spanned = int(_get(element, "table:number-rows-spanned") or 1)
            if spanned > 1:
                merged[column].append((line, line + spanned - 1))
    check_filled(values, name, title)
    return Cells(values, dict(merged))


def _lines(table: Element, name: str) -> Iterator[tuple[int, Element]]:
    """Yield the rows that hold something, up to a gap longer than MAX_BLANK_LINES."""
    line = filled = gap = 0
    for row in _all(table, "table:table-row"):
        repeated = int(_get(row, "table:number-rows-repeated") or 1)
        is_blank = all(_value(element) is None for _, element in _columns(row))
        gap = gap + repeated if is_blank else 0
        if gap > MAX_BLANK_LINES:
            return
        filled += 0 if is_blank else repeated
        check_length(filled, name)
        if not is_blank:
            yield from ((line + number, row) for number in range(1, repeated + 1))
        line += repeated


def _columns(row: Element) -> Iterator[tuple[int, Element]]:
    column = 0
    for element in row:
        if element.tag not in (_tag("table:table-cell"), _tag("table:covered-table-cell")):
            continue
        repeated = int(_get(element, "table:number-columns-repeated") or 1)
        last = min(column + repeated, MAX_COLUMNS)
        yield from ((number, element) for number in range(column + 1, last + 1))
        column += repeated


def _value(element: Element) -> Cell | None:
    """The value of a cell, and a number format that shows it as the cell does."""
    shown = without_invisible_ends("\n".join(_text(p) for p in element.findall("text:p", _SPACES)))
    kind = _get(element, "office:value-type")
    if element.tag == _tag("table:covered-table-cell") or (kind is None and not shown):
        return None
    if _ERRORS.fullmatch(shown) and kind in (None, "string", "float"):
        text = f"shows the error {shown}; correct the formula or write the value itself"
        return Cell(CellError(text), "General")
    if kind == "time":
        return Cell(_duration(_get(element, "office:time-value") or ""), _format(shown))
    if kind == "date":
        date = datetime.fromisoformat(_get(element, "office:date-value") or "")
        return Cell(date - _DAY_0, "yyyy-mm-dd")
    if kind == "boolean":
        return Cell(_get(element, "office:boolean-value") == "true", "General")
    if kind in ("float", "percentage", "currency"):
        number = float(_get(element, "office:value") or "")
        if not math.isfinite(number):
            return Cell(CellError("holds a number too large to be read; correct it"), "General")
        return Cell(int(number) if number.is_integer() else number, "General")
    return Cell(shown, "General") if shown else None


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    sign, hours, minutes, seconds = match.groups()
    duration = timedelta(
        hours=int(hours), minutes=int(minutes), seconds=float(seconds.replace(",", "."))
    )
    return -duration if sign else duration


def _format(shown: str) -> str:
    """The number format by which a time is shown so."""
    clock = _CLOCK.match(shown)
    if clock is None:
        return "mm:ss.00"
    hours, _, seconds = clock.groups()
    if seconds is None:
        return "h:mm"
    if int(hours) >= 24:
        return "[hh]:mm:ss"
    return "hh:mm:ss" if len(hours) == 2 else "h:mm:ss"


def _text(paragraph: Element) -> str:
    parts = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == _tag("text:s"):
            parts.append(" ")
        elif child.tag in (_tag("text:tab"), _tag("text:line-break")):
            parts.append("\n")
        else:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _tag(name: str) -> str:
    space, _, local = name.partition(":")
    return f"{{{_SPACES[space]}}}{local}"


def _get(element: Element, name: str) -> str | None:
    return element.get(_tag(name))


def _all(element: Element, name: str) -> Iterator[Element]:
    return element.iter(_tag(name))

"""Workbooks for tests: written with openpyxl, or by hand as other programs write them."""

import os
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

HEADINGS = ["Time", "Prompt", "PromptStyle", "NegativePrompt", "Image", "ShadowImage"]


def example_folder() -> Path:
    """The folder of the reference song; skips the test where it is not to be had."""
    beside = Path(__file__).parents[3] / "shared" / "examples"
    folder = Path(os.environ.get("SONGREEL_EXAMPLES", beside)) / "no_more_heroes"
    if not folder.is_dir():
        pytest.skip("the reference song is not here; set SONGREEL_EXAMPLES to its folder")
    return folder


def write_sheet(path: Path, lines, formats: dict[str, str] | None = None) -> Path:
    """A workbook of one worksheet with these lines, and number formats by cell or column."""
    book = Workbook()
    sheet = book.active
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            sheet.cell(number, column).value = value
    for place, number_format in (formats or {}).items():
        cells = sheet[place] if place[-1].isalpha() else [sheet[place]]
        for cell in cells:
            cell.number_format = number_format
    book.save(path)
    return path


def rewrite(path: Path, part: str, change) -> Path:
    """Change the bytes of one part inside a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def sheet_xml(path: Path, rows: str, after: str = "") -> Path:
    """A workbook whose worksheet's rows are written as XML by hand.

    Cell styles: 0 General, 1 ``[h]:mm:ss``, 2 ``mm:ss.0``, 3 ``hh:mm:ss``, 4 ``h:mm``.
    """
    book = Workbook()
    for column, style in enumerate(["General", "[h]:mm:ss", "mm:ss.0", "hh:mm:ss", "h:mm"], 1):
        book.active.cell(1, column).number_format = style
    book.save(path)
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="A1:B2"/><sheetData>{rows}</sheetData>{after}</worksheet>'
    )
    return rewrite(path, "xl/worksheets/sheet1.xml", lambda _: xml.encode())


def write_opendocument(path: Path, rows: str, styles: str = "", before: str = "") -> Path:
    """An .ods workbook whose table's rows are written by hand, as LibreOffice writes them."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "style", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{before}"
        f'<table:table table:name="Song">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return path


def opendocument_row(*values) -> str:
    """A row of an .ods workbook: texts, numbers, and times as (ISO duration, as it is shown)."""
    cells = []
    for value in values:
        match value:
            case None:
                cells.append("<table:table-cell/>")
            case bool():
                cells.append(
                    '<table:table-cell office:value-type="boolean" '
                    f'office:boolean-value="{str(value).lower()}"><text:p>{value}</text:p>'
                    "</table:table-cell>"
                )
            case (duration, shown):
                cells.append(
                    '<table:table-cell office:value-type="time" '
                    f'office:time-value="{duration}"><text:p>{shown}</text:p></table:table-cell>'
                )
            case str():
                cells.append(
                    '<table:table-cell office:value-type="string"><office:annotation><text:p>a '
                    f"note</text:p></office:annotation><text:p>{value}</text:p></table:table-cell>"
                )
            case _:
                cells.append(
                    f'<table:table-cell office:value-type="float" office:value="{value}">'
                    f"<text:p>{value}</text:p></table:table-cell>"
                )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"

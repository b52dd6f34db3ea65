"""A song: its settings and its table as the page holds them, to and from a song sheet."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from songreel.errors import InputError, SongreelError
from songreel.plan.timecode import format_time
from songreel.song.cells import read_milliseconds, read_text
from songreel.song.layout import COLUMNS, SETTINGS, SheetLayout, SheetProblems, find_layout
from songreel.song.spreadsheets import read_cells
from songreel.song.times import choose_reading
from songreel.song.workbook import Cell, Cells

NAME = "song"
SHEET = f"{NAME}.xlsx"

HEADINGS_LINE = len(SETTINGS) + 1
"""Of the sheets that are written here."""

MAX_ROWS = 500
"""Of a sheet in the table of the page."""

_FIRST_WORD = re.compile(r"(?:[\[(](?=\d))?([^\s\[\]()]+)[\])]?:?\s*[-–]*\s*(.*)")
"""A time in brackets or without, and the prompt. A weight, ``(storm:1.4)``, is no time."""

_SECONDS = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Table:
    """A song sheet as the page holds it: text as typed, right or wrong.

    Attributes:
        settings: by their names.
        columns: the headings.
        rows: a cell for each heading; blank ones are empty.
    """

    settings: Mapping[str, str]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def write_sheet(table: Table, path: Path) -> None:
    """Write a table as a song sheet: a setting a line, the headings, a row a line.

    Args:
        table: of the page.
        path: of the workbook.
    """
    book = Workbook()
    page = book.active
    assert page is not None
    lines = [[name, table.settings.get(name, "")] for name in SETTINGS]
    lines += [list(table.columns), *table.rows]
    for number, line in enumerate(lines, start=1):
        for column, text in enumerate(line, start=1):
            text = " ".join(str(text).split())
            if text:
                page.cell(number, column, text).data_type = "s"  # "=…" is no formula either
    for column in ("A", "B"):
        page.column_dimensions[column].width = {"A": 16, "B": 50}[column]
    book.save(path)


def read_table(path: Path, sound: Fraction | None = None) -> tuple[Table, str]:
    """Read a sheet into a table.

    Args:
        path: of the sheet.
        sound: how long the song lasts, in seconds, which tells what its times mean.

    Returns:
        the table, and how its times were read where that is not as they stand; else empty.

    Raises:
        InputError: it is no spreadsheet, no song sheet, or too long for the page.
    """
    try:
        cells = read_cells(path, None)
    except SongreelError as error:
        raise InputError([str(error)]) from error
    problems = SheetProblems(path.name)
    layout = find_layout(cells, problems)
    if layout is None:
        raise InputError(problems.problems)
    _refuse_too_many(len(layout.lines))
    settings = {
        name: _text(cell)
        for name, place in layout.settings.items()
        if (cell := cells.at(*place)) is not None
    }
    columns = [name for name in COLUMNS if name in layout.columns]
    times, note = _times(cells, layout, sound)
    rows = []
    for line in layout.lines:
        row = {name: _text(cells.at(line, layout.columns[name])) for name in columns}
        rows.append([*(row | ({"Time": times[line]} if line in times else {})).values()])
    return Table(settings, columns, rows), note


def _times(cells: Cells, layout: SheetLayout, sound: Fraction | None) -> tuple[dict[int, str], str]:
    """The times that can be read, by their lines, and how they were read."""
    found = {line: cells.at(line, layout.columns["Time"]) for line in layout.lines}
    known = {}
    for line, cell in found.items():
        with suppress(ValueError):
            if cell is not None:
                known[line] = read_milliseconds(cell)
    reading = choose_reading(
        {line: cell for line, cell in found.items() if cell and line in known}, known, sound
    )
    times = {line: format_time(time) for line, time in reading.times.items()}
    return times, reading.problem or reading.note


def rows_of_lines(text: str) -> list[list[str]]:
    """Turn pasted lines, ``1:20 a storm on the sea``, into times and prompts.

    A line begins a row where its first word has a digit and a colon; whether that is a time, the
    checker tells. Any other line goes on with the one before. Bare numbers are seconds if all lines
    begin with one.

    Raises:
        InputError: the first line has no time, or there are too many rows.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    split = [_time_and_prompt(line) for line in lines]
    are_seconds = all(_SECONDS.fullmatch(time) for time, _ in split)
    rows: list[tuple[str, list[str]]] = []
    for line, (time, prompt) in zip(lines, split, strict=True):
        if are_seconds or (":" in time and re.search(r"\d", time)):
            rows.append((time, [prompt] if prompt else []))
        elif rows:
            rows[-1][1].append(line)
        else:
            raise InputError([f"'{line[:60]}' has no time; begin the line with one, like 0:00"])
    _refuse_too_many(len(rows))
    return [[time, " ".join(prompt)] for time, prompt in rows]


def _time_and_prompt(line: str) -> tuple[str, str]:
    match = _FIRST_WORD.fullmatch(line)
    return (match[1].rstrip(":-–"), match[2]) if match else ("", line)


def _refuse_too_many(rows: int) -> None:
    if rows > MAX_ROWS:
        raise InputError(
            [f"The sheet has {rows} rows; {MAX_ROWS} fit here: render it on the command line"]
        )


def in_words_of_the_page(line: str) -> str:
    """Turn a line of the checker into one that names what the page shows: a setting, a row."""

    def place(match: re.Match) -> str:
        number = int(match[2]) - HEADINGS_LINE
        if number < 0:
            return SETTINGS[number]
        if number == 0:
            return "The headings"
        return f"Row {number} (cell {match[1]}{match[2]})"

    return re.sub(rf"{re.escape(SHEET)}, (?:cell )?(?:row )?([A-Z]*)(\d+)", place, line)


def configuration(
    model: str, size: tuple[int, int], seed: int, audio: str | None
) -> dict[str, Any]:
    """Return the configuration of a song.

    Args:
        model: its name, as in a configuration.
        size: width and height.
        seed: another number, another film.
        audio: name of the file in the project, or None.
    """
    return {
        "songs": {NAME: {"sheet": SHEET, "images": "images", "audio": audio}},
        "model": {"name": model},
        "render": {"width": size[0], "height": size[1], "seed": seed},
        "video": {"also": ["gif"]},
    }


def _text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    try:
        return read_text(cell)
    except ValueError:
        return str(cell.value)

"""Where the settings and the table of a song sheet stand, by loosely matched names."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from songreel.song.cells import read_text
from songreel.song.workbook import Cell, Cells

SETTINGS = ("Title", "Style", "SecondsPerFrame", "Zoom")

COLUMNS = ("Time", "Prompt", "PromptStyle", "NegativePrompt", "Image", "ShadowImage")


def place(file: str, line: int, column: int | None) -> str:
    """``NoMoreHeroes.xlsx, cell E25``, or its row where no column is meant."""
    if column is None:
        return f"{file}, row {line}"
    return f"{file}, cell {get_column_letter(column)}{line}"


@dataclass
class Findings:
    """What is wrong with a sheet, or worth a word, gathered while it is read."""

    file: str
    _problems: list[tuple[int, int, str]] = field(default_factory=list)
    _warnings: list[tuple[int, int, str]] = field(default_factory=list)

    def problem(self, line: int, column: int | None, text: str) -> None:
        self._problems.append((line, column or 0, text))

    def warn(self, line: int, column: int | None, text: str) -> None:
        self._warnings.append((line, column or 0, text))

    @property
    def problems(self) -> list[str]:
        """One line each, in the order of the sheet."""
        return self._lines(self._problems)

    @property
    def warnings(self) -> list[str]:
        """One line each, in the order of the sheet."""
        return self._lines(self._warnings)

    def _lines(self, found: list[tuple[int, int, str]]) -> list[str]:
        return [
            f"{place(self.file, row, column or None)}: {text}"
            for row, column, text in sorted(found)
        ]


@dataclass(frozen=True)
class Table:
    """Where things stand in the worksheet; lines and columns are counted from 1."""

    settings: dict[str, tuple[int, int]]
    """Line and column of each setting's value."""
    heading: int
    columns: dict[str, int]
    """Column of each name in `COLUMNS` that the table has."""
    lines: tuple[int, ...]
    """The rows of the table, without the blank ones."""


def find_table(cells: Cells, findings: Findings) -> Table | None:
    """Find settings and table; None where there is no table with a time and a prompt."""
    heading = _heading(cells)
    if heading is None:
        findings.problem(
            min(cells.lines),
            None,
            "no table found; write a row with the headings Time and Prompt above the lyrics",
        )
        return None
    settings = _settings(cells, heading, findings)
    columns = _columns(cells, heading, findings)
    if not {"Time", "Prompt"} <= columns.keys():
        return None
    known = set(columns.values())
    lines = tuple(
        line for line, row in cells.lines.items() if line > heading and known & row.keys()
    )
    if not lines:
        findings.problem(heading, None, "the table is empty; write times and prompts below it")
        return None
    return Table(settings, heading, columns, lines)


def _heading(cells: Cells) -> int | None:
    """The first line with two column names, else with one; a song's title may be "Time"."""
    for enough in (2, 1):
        for line, row in cells.lines.items():
            is_setting = _known(row[min(row)], SETTINGS) is not None
            names = {_known(cell, COLUMNS) for cell in row.values()} - {None}
            if len(names) >= enough and not is_setting:
                return line
    return None


def _settings(cells: Cells, heading: int, findings: Findings) -> dict[str, tuple[int, int]]:
    settings = {}
    for line, row in cells.lines.items():
        if line >= heading:
            break
        column = min(row)
        name = _known(row[column], SETTINGS)
        if name is None:
            findings.problem(line, column, _unknown("setting", row[column], SETTINGS))
        elif name in settings:
            findings.problem(
                line, column, f"setting '{name}' stands here twice; delete one of them"
            )
        else:
            settings[name] = (line, column + 1)
    return settings


def _columns(cells: Cells, heading: int, findings: Findings) -> dict[str, int]:
    columns = {}
    meant = set()
    for column, cell in sorted(cells.lines[heading].items()):
        name = _known(cell, COLUMNS)
        if name is None:
            findings.problem(heading, column, _unknown("column", cell, COLUMNS))
            meant.update(_nearest(cell, COLUMNS))
        elif name in columns:
            findings.problem(
                heading, column, f"column '{name}' stands here twice; delete or rename one of them"
            )
        else:
            columns[name] = column
    for name in ("Time", "Prompt"):
        if name not in columns and name not in meant:
            findings.problem(heading, None, f"column '{name}' is missing; add it to the headings")
    unnamed = {}
    for line, row in cells.lines.items():
        if line > heading:
            for column in row.keys() - cells.lines[heading].keys():
                unnamed.setdefault(column, line)
    for column, line in unnamed.items():
        findings.problem(
            line, column, "the column has no heading; clear its cells or name it in the headings"
        )
    return columns


def _loose(text: str) -> str:
    """A name without case, spaces and underscores."""
    return "".join(text.split()).replace("_", "").casefold()


def _known(cell: Cell, names: Sequence[str]) -> str | None:
    if not isinstance(cell.value, str):
        return None
    return {_loose(name): name for name in names}.get(_loose(cell.value))


def _nearest(cell: Cell, names: Sequence[str]) -> list[str]:
    by_loose = {_loose(name): name for name in names}
    found = difflib.get_close_matches(_loose(str(cell.value)), by_loose, n=1)
    return [by_loose[name] for name in found]


def _unknown(kind: str, cell: Cell, names: Sequence[str]) -> str:
    try:
        text = read_text(cell)
    except ValueError as error:
        return f"the name of a {kind} {error}"
    nearest = _nearest(cell, names)
    if nearest:
        return f"unknown {kind} '{text}'; did you mean '{nearest[0]}'?"
    return f"unknown {kind} '{text}'; write one of {', '.join(names)}, or delete it"

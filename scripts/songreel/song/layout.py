"""The layout of a song sheet: the cells of its settings, its headings and its table's rows.

Names are matched without regard to case, spaces and underscores.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from songreel.song.cells import read_text
from songreel.song.row_settings import ROW_SETTINGS
from songreel.song.workbook import Cell, Cells, without_invisible

SETTINGS = ("Title", "Style", "SecondsPerFrame", "Zoom", *ROW_SETTINGS, "Transition", "Pull")

COLUMNS = (
    *("Time", "Prompt", "PromptStyle", "NegativePrompt", "Image", "ShadowImage"),
    *("SecondsPerFrame", "Zoom", *ROW_SETTINGS, "Transition", "Pull", "Note"),
)


def cell_location(file: str, line: int, column: int | None) -> str:
    """Return where a cell is, as messages show it: ``NoMoreHeroes.xlsx, cell E25``.

    Args:
        file: the workbook's name.
        line: counted from 1.
        column: counted from 1; None for the whole line: ``NoMoreHeroes.xlsx, row 25``.
    """
    if column is None:
        return f"{file}, row {line}"
    return f"{file}, cell {get_column_letter(column)}{line}"


@dataclass
class SheetProblems:
    """The problems and warnings about a sheet, collected while it is read.

    Attributes:
        file: the workbook's name.
    """

    file: str
    _problems: list[tuple[int, int, str]] = field(default_factory=list)
    _warnings: list[tuple[int, int, str]] = field(default_factory=list)

    def add_problem(self, line: int, column: int | None, text: str) -> None:
        """Add something that must be corrected before the song can be rendered.

        Args:
            line: counted from 1.
            column: counted from 1; None for the whole line.
            text: what is wrong and how to correct it.
        """
        self._problems.append((line, column or 0, text))

    def add_warning(self, line: int, column: int | None, text: str) -> None:
        """Add something that the user may have meant differently.

        Args:
            line: counted from 1.
            column: counted from 1; None for the whole line.
            text: what it is and how to change it.
        """
        self._warnings.append((line, column or 0, text))

    @property
    def problems(self) -> list[str]:
        """One line each with its location, in the order of the sheet."""
        return self._sorted(self._problems)

    @property
    def warnings(self) -> list[str]:
        """One line each with its location, in the order of the sheet."""
        return self._sorted(self._warnings)

    def _sorted(self, entries: list[tuple[int, int, str]]) -> list[str]:
        return [
            f"{cell_location(self.file, line, column or None)}: {text}"
            for line, column, text in sorted(entries)
        ]


@dataclass(frozen=True)
class SheetLayout:
    """The lines and columns of a song sheet's parts, all counted from 1.

    Attributes:
        settings: setting → line and column of its value.
        columns: name in ``COLUMNS`` → column, for those that the table has.
        lines: the lines of the table's rows, without blank ones, at least one.
    """

    settings: dict[str, tuple[int, int]]
    columns: dict[str, int]
    lines: tuple[int, ...]


def find_layout(cells: Cells, problems: SheetProblems) -> SheetLayout | None:
    """Find the settings and the table of a song sheet.

    Args:
        cells: the worksheet's.
        problems: collects unknown, repeated and missing names.

    Returns:
        None where there is no table with a time, a prompt and a row.
    """
    heading = _heading_line(cells)
    if heading is None:
        problems.add_problem(
            min(cells.lines),
            None,
            "no table found; write a row with the headings Time and Prompt above the lyrics",
        )
        return None
    settings = _settings(cells, heading, problems)
    columns = _columns(cells, heading, problems)
    if not {"Time", "Prompt"} <= columns.keys():
        return None
    known = set(columns.values())
    lines = tuple(
        line for line, row in cells.lines.items() if line > heading and known & row.keys()
    )
    if not lines:
        problems.add_problem(heading, None, "the table is empty; write times and prompts below it")
        return None
    return SheetLayout(settings, columns, lines)


def _heading_line(cells: Cells) -> int | None:
    """Find the first line with two column names, else with one: a song's title may be "Time"."""
    for needed in (2, 1):
        for line, row in cells.lines.items():
            is_setting = _known_name(row[min(row)], SETTINGS) is not None
            names = {_known_name(cell, COLUMNS) for cell in row.values()} - {None}
            # The table may begin with a column that is also a setting, such as Zoom.
            if {"Time", "Prompt"} <= names or (len(names) >= needed and not is_setting):
                return line
    return None


def _settings(cells: Cells, heading: int, problems: SheetProblems) -> dict[str, tuple[int, int]]:
    settings = {}
    for line, row in cells.lines.items():
        if line >= heading:
            break
        column = min(row)
        name = _known_name(row[column], SETTINGS)
        if name is None:
            problems.add_problem(line, column, _unknown_name("setting", row[column], SETTINGS))
        elif name in settings:
            problems.add_problem(
                line, column, f"setting '{name}' stands here twice; delete one of them"
            )
        else:
            settings[name] = (line, column + 1)
    return settings


def _columns(cells: Cells, heading: int, problems: SheetProblems) -> dict[str, int]:
    columns = {}
    misspelt = set()
    for column, cell in sorted(cells.lines[heading].items()):
        name = _known_name(cell, COLUMNS)
        if name is None:
            problems.add_problem(heading, column, _unknown_name("column", cell, COLUMNS))
            misspelt.update(_similar_names(cell, COLUMNS))
        elif name in columns:
            problems.add_problem(
                heading, column, f"column '{name}' stands here twice; delete or rename one of them"
            )
        else:
            columns[name] = column
    for name in ("Time", "Prompt"):
        if name not in columns and name not in misspelt:
            problems.add_problem(
                heading, None, f"column '{name}' is missing; add it to the headings"
            )
    unnamed = {}
    for line, row in cells.lines.items():
        if line > heading:
            for column in row.keys() - cells.lines[heading].keys():
                unnamed.setdefault(column, line)
    for column, line in unnamed.items():
        problems.add_problem(
            line, column, "the column has no heading; clear its cells or name it in the headings"
        )
    return columns


def _loose(text: str) -> str:
    """Return a name without case, spaces, underscores and what is invisible."""
    return "".join(without_invisible(text).split()).replace("_", "").casefold()


def _known_name(cell: Cell, names: Sequence[str]) -> str | None:
    if not isinstance(cell.value, str):
        return None
    return {_loose(name): name for name in names}.get(_loose(cell.value))


def _similar_names(cell: Cell, names: Sequence[str]) -> list[str]:
    by_loose = {_loose(name): name for name in names}
    found = difflib.get_close_matches(_loose(str(cell.value)), by_loose, n=1)
    return [by_loose[name] for name in found]


def _unknown_name(kind: str, cell: Cell, names: Sequence[str]) -> str:
    try:
        text = read_text(cell)
    except ValueError as error:
        return f"the name of a {kind} {error}"
    similar = _similar_names(cell, names)
    if similar:
        return f"unknown {kind} '{text}'; did you mean '{similar[0]}'?"
    return f"unknown {kind} '{text}'; write one of {', '.join(names)}, or delete it"

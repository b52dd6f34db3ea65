"""The song sheet: settings, rows and end, with everything that is wrong in it found at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from openpyxl.utils import get_column_letter

from songreel.errors import SongreelError
from songreel.song import image_library
from songreel.plan.timecode import format_time
from songreel.song.cells import (
    counts_minutes_as_hours,
    read_milliseconds,
    read_spacing,
    read_text,
    read_zoom,
)
from songreel.song.layout import Findings, Table, find_table, place
from songreel.song.workbook import Cell, Cells, read_cells

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One line of the table: what to paint from its time on."""

    line: int
    """Of the worksheet, counted from 1."""
    time_ms: int
    prompt: str
    style: str
    """The row's own style, else the song's; may be empty."""
    negative: str
    image: Path | None
    shadow: Path | None


@dataclass(frozen=True)
class End:
    """The last line of a table whose prompt is blank: where the film ends."""

    line: int
    time_ms: int
    image: Path | None


@dataclass(frozen=True)
class Sheet:
    """A song sheet as read. Times strictly increase and start at 0."""

    file: str
    title: str | None
    style: str
    seconds_per_frame: Fraction
    zoom: bool | Fraction
    """Whether to zoom in by the configured rate, or the growth per second."""
    rows: tuple[Row, ...]
    end: End | None
    warnings: tuple[str, ...]
    columns: Mapping[str, int]
    """Where each column stands, counted from 1."""

    def cell(self, line: int, column: str) -> str:
        """A cell's name, such as ``E25``."""
        return f"{get_column_letter(self.columns[column])}{line}"

    def place(self, line: int, column: str) -> str:
        """Where in the file something stands: ``NoMoreHeroes.xlsx, cell E25``."""
        return place(self.file, line, self.columns.get(column))


def read_sheet(
    path: Path, worksheet: str | None = None, image_folder: Path | None = None
) -> tuple[Sheet | None, list[str]]:
    """Read a song sheet and everything that is wrong with it.

    Args:
        path: the Excel workbook.
        worksheet: its name; without one, the first visible worksheet.
        image_folder: where its images lie; without one, see `image_library.image_folder`.

    Returns:
        The sheet as far as it can be understood, and its problems, one line each. The sheet is None
        where its times or their spacing cannot be relied on. Where it is not, more problems can be
        looked for in it, but it is fit to be rendered only if there are none.
    """
    try:
        cells = read_cells(path, worksheet)
    except SongreelError as error:
        return None, [str(error)]
    findings = Findings(path.name)
    folder_problems = []
    try:
        folder = image_library.image_folder(path, image_folder)
    except ValueError as error:
        folder = None
        folder_problems = [f"{path.name}: {error}"]
    table = find_table(cells, findings)
    sheet = None if table is None else _Reader(cells, table, folder, findings).sheet()
    return sheet, folder_problems + findings.problems


class _Reader:
    """Turns the cells of a table into rows and gathers what is wrong with them."""

    def __init__(self, cells: Cells, table: Table, folder: Path | None, findings: Findings):
        self.cells = cells
        self.table = table
        self.findings = findings
        self.try_image = cache(partial(_try_image, folder))

    def sheet(self) -> Sheet | None:
        title = self.setting("Title", read_text, None)
        style = self.setting("Style", read_text, "")
        spacing = self.setting("SecondsPerFrame", read_spacing, Fraction(1))
        zoom = self.setting("Zoom", read_zoom, False)
        times = self.times()
        sound = self.times_increase(times)
        rows, end = [], None
        for line, time in times.items():
            image = self.image(line, "Image")
            if self.cell(line, "Prompt") is None:
                if rows and line == self.table.lines[-1]:
                    end = End(line, time, image)
                    self.warn_of_idle_cells(line)
                    break
                self.problem(
                    line,
                    "Prompt",
                    "the prompt is blank, which only the last row's may be (it ends the film); "
                    "write a prompt or delete the row",
                )
            row = Row(
                line=line,
                time_ms=time,
                prompt=self.text(line, "Prompt"),
                style=self.text(line, "PromptStyle") or style,
                negative=self.text(line, "NegativePrompt"),
                image=image,
                shadow=self.image(line, "ShadowImage"),
            )
            rows.append(row)
        if not sound or spacing is None:
            return None
        return Sheet(
            file=self.findings.file,
            title=title,
            style=style,
            seconds_per_frame=spacing,
            zoom=zoom,
            rows=tuple(rows),
            end=end,
            warnings=tuple(self.findings.warnings),
            columns=self.table.columns,
        )

    def times(self) -> dict[int, int | None]:
        """The time of each line in milliseconds; None where it is blank or wrong."""
        times = {}
        for line in self.table.lines:
            cell = self.cell(line, "Time")
            if cell is None:
                text = "the time is missing; write when the row starts, like 1:20"
                self.problem(line, "Time", text)
                times[line] = None
            else:
                times[line] = self.meaning(line, self.table.columns["Time"], read_milliseconds)
        self.warn_of_hours()
        return times

    def times_increase(self, times: dict[int, int | None]) -> bool:
        """Whether all times are known, start at 0 and increase."""
        sound = None not in times.values()
        (first, start), *_ = times.items()
        if start:
            sound = False
            self.problem(
                first,
                "Time",
                f"the first row starts at {format_time(start)}, but a film starts at 0:00; write 0 "
                "or put a row before it",
            )
        for (_, before), (line, time) in pairwise(times.items()):
            if before is not None and time is not None and time <= before:
                sound = False
                self.problem(
                    line,
                    "Time",
                    f"{format_time(time)} does not come after {format_time(before)}, the time of "
                    "the row before; correct one of them",
                )
        return sound

    def warn_of_hours(self) -> None:
        for line in self.table.lines:
            cell = self.cell(line, "Time")
            if cell is not None and counts_minutes_as_hours(cell):
                hours, minutes = divmod(cell.value // timedelta(minutes=1), 60)
                shown = f"{hours}:{minutes:02}"
                self.warn(
                    line,
                    "Time",
                    f"{shown} in a cell formatted as hours and minutes is {shown}:00; for minutes "
                    f"and seconds write 0:{shown}",
                )
                return

    def warn_of_idle_cells(self, line: int) -> None:
        for name in ("PromptStyle", "NegativePrompt", "ShadowImage"):
            if self.cell(line, name) is not None:
                self.warn(line, name, f"{name} has no effect in the row that ends the film")

    def setting(self, name: str, read: Callable[[Cell], T], default: T) -> T | None:
        """What a setting means, `default` where it is blank, None where it is wrong."""
        if name not in self.table.settings:
            return default
        line, column = self.table.settings[name]
        if self.cells.shown(line, column) is None:
            return default
        return self.meaning(line, column, read)

    def text(self, line: int, name: str) -> str:
        if self.cell(line, name) is None:
            return ""
        return self.meaning(line, self.table.columns[name], read_text) or ""

    def image(self, line: int, name: str) -> Path | None:
        text = self.text(line, name)
        found = self.try_image(text) if text else None
        if isinstance(found, ValueError):
            self.problem(line, name, str(found))
            return None
        return found

    def cell(self, line: int, name: str) -> Cell | None:
        column = self.table.columns.get(name)
        return None if column is None else self.cells.shown(line, column)

    def meaning(self, line: int, column: int, read: Callable[[Cell], T]) -> T | None:
        """What a cell means; None where it means nothing, which is then a problem."""
        try:
            return read(self.cells.shown(line, column))
        except ValueError as error:
            self.findings.problem(line, column, str(error))
            return None

    def problem(self, line: int, name: str, text: str) -> None:
        self.findings.problem(line, self.table.columns[name], text)

    def warn(self, line: int, name: str, text: str) -> None:
        self.findings.warn(line, self.table.columns[name], text)


def _try_image(folder: Path | None, name: str) -> Path | ValueError | None:
    """The image's file, or why it cannot be had; None where the folder itself is missing."""
    try:
        return None if folder is None else image_library.find_image(folder, name)
    except ValueError as error:
        return error

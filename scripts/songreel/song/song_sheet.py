"""The song sheet: reads its settings, rows and end row, and finds all its problems at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from openpyxl.utils import get_column_letter

from songreel.errors import SongreelError
from songreel.plan.timecode import format_time
from songreel.song import image_library
from songreel.song.cells import (
    read_milliseconds,
    read_number,
    read_pull,
    read_spacing,
    read_text,
    read_transition,
    read_zoom,
)
from songreel.song.layout import SheetLayout, SheetProblems, cell_location, find_layout
from songreel.song.row_settings import ROW_SETTINGS, read_row_setting
from songreel.song.spreadsheets import read_cells
from songreel.song.times import choose_reading
from songreel.song.workbook import Cell, Cells

T = TypeVar("T")


@dataclass(frozen=True)
class SheetRow:
    """One row of a song's table: what is painted from its time on.

    Attributes:
        line: of the worksheet, counted from 1.
        time_ms: when it starts, in milliseconds.
        prompt: what to paint.
        style: the row's own style, else the song's; may be empty.
        negative_prompt: what not to paint; may be empty.
        image: shown as the row's first keyframe; the row before ends with it.
        shadow_image: mixed into every keyframe of the row, instead of the song's opening image.
        seconds_per_frame: seconds between the row's keyframes.
        zoom: the growth per second; True for the configured rate, False for none.
        settings: section of the configuration → key → what the row, or else the sheet, sets.
        transition: how the row begins, a name in TRANSITIONS or the seconds of its morph; None for
            what the configuration says.
        pull: how the image is come to, NO_PULL or a name in CURVES; None for what the configuration
            says.
    """

    line: int
    time_ms: int
    prompt: str
    style: str
    negative_prompt: str
    image: Path | None
    shadow_image: Path | None
    seconds_per_frame: Fraction
    zoom: bool | Fraction
    settings: Mapping[str, Mapping[str, Any]]
    transition: str | Fraction | None
    pull: str | None


@dataclass(frozen=True)
class EndRow:
    """The last row of a table whose prompt is blank: where the film ends.

    Attributes:
        line: of the worksheet, counted from 1.
        time_ms: when the film ends, in milliseconds.
        image: what the film ends with.
        pull: how the image is come to, as of a row.
    """

    line: int
    time_ms: int
    image: Path | None
    pull: str | None


@dataclass(frozen=True)
class SongSheet:
    """A song sheet as read. The times of its rows increase strictly and start at 0.

    Attributes:
        file: the workbook's name.
        title: of the song.
        style: added to the prompt of every row without a style of its own; may be empty.
        rows: without the end row.
        end: None where the film ends with the audio.
        warnings: one line each, with its location.
        columns: name of a column → its number, counted from 1.
    """

    file: str
    title: str | None
    style: str
    rows: tuple[SheetRow, ...]
    end: EndRow | None
    warnings: tuple[str, ...]
    columns: Mapping[str, int]

    def cell(self, line: int, column: str) -> str:
        """Return a cell's name, such as ``E25``.

        Args:
            line: counted from 1.
            column: its name, such as ``Time``; the table must have it.
        """
        return f"{get_column_letter(self.columns[column])}{line}"

    def location(self, line: int, column: str) -> str:
        """Return where a cell is, as messages show it: ``NoMoreHeroes.xlsx, cell E25``.

        Args:
            line: counted from 1.
            column: its name; without such a column in the table, the location is the line's.
        """
        return cell_location(self.file, line, self.columns.get(column))


def read_sheet(
    path: Path,
    worksheet: str | None = None,
    image_folder: Path | None = None,
    sound: Fraction | None = None,
) -> tuple[SongSheet | None, list[str]]:
    """Read a song sheet and find everything that is wrong with it.

    Args:
        path: the workbook, or a table as text.
        worksheet: its name; None for the first visible worksheet.
        image_folder: the folder of its images; None to look for it as
            :func:`songreel.song.image_library.image_folder` does.
        sound: how long the song's sound lasts, in seconds; None without one.

    Returns:
        The sheet, and its problems, one line each. Only a sheet without problems can be rendered.
        One with problems is returned so that more of them can be found; it is None where its
        times or the spacing of its keyframes are wrong.
    """
    try:
        cells = read_cells(path, worksheet)
    except SongreelError as error:
        return None, [str(error)]
    problems = SheetProblems(path.name)
    folder_problems = []
    try:
        folder = image_library.image_folder(path, image_folder)
    except ValueError as error:
        folder = None
        folder_problems = [f"{path.name}: {error}"]
    layout = find_layout(cells, problems)
    sheet = None if layout is None else _Reader(cells, layout, folder, problems, sound).sheet()
    return sheet, folder_problems + problems.problems


class _Reader:
    """Turns the cells of a sheet into settings and rows and collects the problems."""

    def __init__(
        self,
        cells: Cells,
        layout: SheetLayout,
        folder: Path | None,
        problems: SheetProblems,
        sound: Fraction | None,
    ):
        self.cells = cells
        self.layout = layout
        self.problems = problems
        self.sound = sound
        self.is_certain = True
        self.find_image = cache(partial(_find_image, folder))

    def sheet(self) -> SongSheet | None:
        title = self.setting("Title", read_text, None)
        style = self.setting("Style", read_text, "") or ""
        spacing = self.setting("SecondsPerFrame", read_spacing, Fraction(1))
        spacings_are_valid = spacing is not None
        zoom = self.setting("Zoom", read_zoom, False) or False
        settings = {
            name: self.setting(name, partial(read_row_setting, name), None) for name in ROW_SETTINGS
        }
        transition = self.setting("Transition", read_transition, None)
        pull = self.setting("Pull", read_pull, None)
        times = self.times()
        times_are_valid = self.check_times(times)  # else rows are read for their problems only
        rows, end = [], None
        for line, time in times.items():
            image = self.image(line, "Image")
            row_pull = self.optional(line, "Pull", read_pull, pull)
            if self.cell(line, "Prompt") is None:
                if rows and line == self.layout.lines[-1]:
                    end = EndRow(line, time or 0, image, row_pull)
                    self.warn_of_unused_cells(line)
                    break
                self.add_problem(
                    line,
                    "Prompt",
                    "the prompt is blank, which only the last row's may be (it ends the film); "
                    "write a prompt or delete the row",
                )
            own_spacing = self.optional(line, "SecondsPerFrame", read_spacing, spacing)
            spacings_are_valid &= own_spacing is not None
            row = SheetRow(
                line=line,
                time_ms=time or 0,
                prompt=self.text(line, "Prompt"),
                style=self.text(line, "PromptStyle") or style,
                negative_prompt=self.text(line, "NegativePrompt"),
                image=image,
                shadow_image=self.image(line, "ShadowImage"),
                seconds_per_frame=own_spacing or Fraction(1),
                zoom=self.optional(line, "Zoom", read_zoom, zoom) or False,
                settings=self.row_settings(line, settings),
                transition=self.optional(line, "Transition", read_transition, transition),
                pull=row_pull,
            )
            rows.append(row)
        if not times_are_valid or not spacings_are_valid:
            return None
        return SongSheet(
            file=self.problems.file,
            title=title,
            style=style,
            rows=tuple(rows),
            end=end,
            warnings=tuple(self.problems.warnings),
            columns=self.layout.columns,
        )

    def times(self) -> dict[int, int | None]:
        """Read the time of each line in milliseconds; None where it is blank or wrong."""
        cells, times = {}, {}
        for line in self.layout.lines:
            cell = self.cell(line, "Time")
            times[line] = None
            if cell is None:
                text = "the time is missing; write when the row starts, like 1:20"
                self.add_problem(line, "Time", text)
            else:
                cells[line] = cell
                times[line] = self.value(line, self.layout.columns["Time"], cell, read_milliseconds)
        known = {line: time for line, time in times.items() if time is not None}
        if len(known) < len(times):
            return times
        reading = choose_reading(cells, known, self.sound)
        if reading.problem:
            self.add_problem(reading.line, "Time", reading.problem)
            self.is_certain = False
        if reading.note:
            self.add_warning(reading.line, "Time", reading.note)
        return dict(reading.times)

    def check_times(self, times: dict[int, int | None]) -> bool:
        """Tell whether all times are known, start at 0 and increase; report where they do not."""
        if not self.is_certain:  # what they mean is to be corrected first
            return False
        valid = None not in times.values()
        (first, start), *_ = times.items()
        if start:
            valid = False
            self.add_problem(
                first,
                "Time",
                f"the first row starts at {format_time(start)}, but a film starts at 0:00; write 0 "
                "or put a row before it",
            )
        for (line_before, before), (line, time) in pairwise(times.items()):
            if before is not None and time is not None and time <= before:
                valid = False
                text = (
                    f"{format_time(time)} does not come after {format_time(before)}, the time of "
                    "the row before; correct one of them"
                )
                if time == before and self.number(line) > self.number(line_before):
                    text = (
                        "the time comes less than a thousandth of a second after the row before; "
                        "if it is a fraction of a day, format the column as a time"
                    )
                self.add_problem(line, "Time", text)
        return valid

    def number(self, line: int) -> Fraction:
        """The number that stands for a line's time; 0 where that is none."""
        cell = self.cell(line, "Time")
        return (read_number(cell) if cell else None) or Fraction(0)

    def warn_of_unused_cells(self, line: int) -> None:
        unused = self.layout.columns.keys() - {"Time", "Prompt", "Image", "Pull", "Note"}
        for name in sorted(unused):
            if self.cell(line, name) is not None:
                self.add_warning(line, name, f"{name} has no effect in the row that ends the film")

    def setting(self, name: str, read: Callable[[Cell], T], default: T) -> T | None:
        """Read a setting: ``default`` where it is blank, None where it is wrong."""
        if name not in self.layout.settings:
            return default
        line, column = self.layout.settings[name]
        cell = self.cells.at(line, column)
        return default if cell is None else self.value(line, column, cell, read)

    def row_settings(self, line: int, of_sheet: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Read what a row sets of the configuration; ``of_sheet`` holds where its cell is blank."""
        settings: dict[str, dict[str, Any]] = {}
        for name, (section, key) in ROW_SETTINGS.items():
            value = self.optional(line, name, partial(read_row_setting, name), of_sheet[name])
            if value is not None:
                settings.setdefault(section, {})[key] = value
        return settings

    def text(self, line: int, name: str) -> str:
        cell = self.cell(line, name)
        return cell and self.value(line, self.layout.columns[name], cell, read_text) or ""

    def optional(
        self, line: int, name: str, read: Callable[[Cell], T], default: T | None
    ) -> T | None:
        """Read a cell of a row: ``default`` where it is blank, None where it is wrong."""
        cell = self.cell(line, name)
        return default if cell is None else self.value(line, self.layout.columns[name], cell, read)

    def image(self, line: int, name: str) -> Path | None:
        text = self.text(line, name)
        found = self.find_image(text) if text else None
        if isinstance(found, ValueError):
            self.add_problem(line, name, str(found))
            return None
        return found

    def cell(self, line: int, name: str) -> Cell | None:
        column = self.layout.columns.get(name)
        return None if column is None else self.cells.at(line, column)

    def value(self, line: int, column: int, cell: Cell, read: Callable[[Cell], T]) -> T | None:
        """Read the value of a cell that is shown there; None, and a problem, where it is wrong."""
        try:
            return read(cell)
        except ValueError as error:
            self.problems.add_problem(line, column, str(error))
            return None

    def add_problem(self, line: int, name: str, text: str) -> None:
        self.problems.add_problem(line, self.layout.columns[name], text)

    def add_warning(self, line: int, name: str, text: str) -> None:
        self.problems.add_warning(line, self.layout.columns[name], text)


def _find_image(folder: Path | None, name: str) -> Path | ValueError | None:
    """Return the image's file, or why it cannot be used; None where the folder is missing."""
    try:
        return None if folder is None else image_library.find_image(folder, name)
    except ValueError as error:
        return error

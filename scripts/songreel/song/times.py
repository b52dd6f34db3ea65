"""What the times of a sheet mean, decided from all of them together.

Spreadsheet programs take a typed 0:16 for sixteen minutes, and 0:31.5 beside it for half a minute.
So a cell alone does not tell; the other cells and the length of the sound do.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from songreel.plan.timecode import format_time, round_half_up
from songreel.song.workbook import Cell

MINUTE = 60_000  # milliseconds

DAY = 86_400_000  # milliseconds

ROOM = (Fraction(1, 10), 10_000)
"""How much longer than the sound a film may be, and still fit: a share, or milliseconds."""


@dataclass(frozen=True)
class Reading:
    """How the times of a sheet are read.

    Attributes:
        times: line → milliseconds.
        line: what `problem` and `note` are about.
        problem: why it is not certain what the times mean, and how to say it; else empty.
        note: how they are read where that is not as they stand; else empty.
    """

    times: Mapping[int, int]
    line: int = 0
    problem: str = ""
    note: str = ""


def choose_reading(
    cells: Mapping[int, Cell], times: Mapping[int, int], sound: Fraction | None
) -> Reading:
    """Decide what the times of a sheet mean.

    Args:
        cells: line → the cell of its time, in the sheet's order.
        times: line → the time in milliseconds, as the cell alone says it.
        sound: how long the sound lasts, in seconds; None without one.
    """
    return (
        _as_fractions_of_a_day(cells, times, sound)
        or _as_minutes(cells, times, sound)
        or _beyond_the_sound(cells, times, sound)
        or Reading(times)
    )


def _as_fractions_of_a_day(
    cells: Mapping[int, Cell], times: Mapping[int, int], sound: Fraction | None
) -> Reading | None:
    """Recognise times as pandas and other programs write them: numbers without a time's format."""
    values = {
        line: cell.value
        for line, cell in cells.items()
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    }
    others = cells.keys() - values.keys()
    are_certain = all(isinstance(cells[k].value, timedelta) or not times[k] for k in others)
    if not are_certain or not all(0 <= value < 1 for value in values.values()):
        return None
    in_days = {line: Fraction(str(value)) * DAY for line, value in values.items()}
    whole = {**times, **{line: round_half_up(time) for line, time in in_days.items()}}
    are_exact = all(abs(time - whole[line]) < Fraction(1, 100) for line, time in in_days.items())
    nobody_types = any(value != round(value, 9) for value in values.values())
    if not (are_exact and nobody_types and _is_ordered(whole) and _fits(whole, sound)):
        return None
    line = next(line for line in values if whole[line])
    note = (
        f"the times are stored as fractions of a day, and read so: {cells[line].value:.9g} is "
        f"{format_time(whole[line])}"
    )
    return Reading(whole, line, note=note)


def _as_minutes(
    cells: Mapping[int, Cell], times: Mapping[int, int], sound: Fraction | None
) -> Reading | None:
    """Find times that were typed as minutes and seconds, and stored as hours and minutes."""
    typed = {line for line, cell in cells.items() if _may_be_minutes(cell, times[line])}
    stored = {line for line in typed if times[line] % MINUTE == 0}
    if not stored:
        return None
    line = min(stored)
    shortened = {key: time // 60 if key in stored else time for key, time in times.items()}
    shows_seconds = all(_shows_seconds(cells[line]) for line in stored)
    has_seconds = any(_shows_seconds(cells[line]) for line in typed - stored)
    hours, minutes = format_time(times[line]), format_time(shortened[line])
    shown = _hours_and_minutes(times[line])
    if not _is_ordered(shortened) or not _fits(shortened, sound):
        return None
    if not has_seconds:
        reason = ""
        if not _is_ordered(times):
            reason = "as hours and minutes the rows would not be in order"
        elif _is_far_beyond(times, sound):
            reason = f"the sound lasts only {_length(sound)}"
        if reason:
            note = (
                f"{shown} is stored as hours and minutes, and read as minutes and seconds, as are "
                f"all times like it ({reason}); to be sure write 0:{minutes:0>5}"
            )
            return Reading(shortened, line, note=note)
    is_certain = _is_ordered(times) and (_fits(times, sound) if sound else has_seconds)
    if not is_certain:
        problem = (
            f"{shown} is stored as hours and minutes ({hours}), which spreadsheet programs make of "
            f"it by themselves; for minutes and seconds write 0:{minutes:0>5}, for hours and "
            f"minutes write the seconds, {times[line] // 1000}, in a cell formatted as a number"
        )
        return Reading(times, line, problem=problem)
    if shows_seconds:
        return None
    note = (
        f"{shown} in a cell formatted as hours and minutes is {hours}; for minutes and seconds "
        f"write 0:{minutes:0>5}"
    )
    return Reading(times, line, note=note)


def _beyond_the_sound(
    cells: Mapping[int, Cell], times: Mapping[int, int], sound: Fraction | None
) -> Reading | None:
    """Find times that end far after the sound, and would fit if their minutes were seconds."""
    are_numbers = any(isinstance(cell.value, int | float) and cell.value for cell in cells.values())
    shortened = {line: time // 60 for line, time in times.items()}
    if (
        are_numbers
        or any(time % MINUTE for time in times.values())
        or not _is_ordered(times)
        or not _is_far_beyond(times, sound)
        or not _fits(shortened, sound)
    ):
        return None
    line = max(times)
    problem = (
        f"the sheet ends at {format_time(times[line])}, but the sound lasts {_length(sound)}; for "
        f"minutes and seconds write 0:{format_time(shortened[line]):0>5}, and if the film is to be "
        f"that long, the seconds, {times[line] // 1000}, as a number"
    )
    return Reading(times, line, problem=problem)


def _may_be_minutes(cell: Cell, time: int) -> bool:
    """Tell whether a cell has a format that programs choose by themselves for a typed 0:16.

    That is ``h:mm`` in Excel and Google Sheets, ``hh:mm:ss`` in LibreOffice (in some languages with
    dots, or AM and PM), and ``[h]:mm:ss`` from 24:00 on; for a typed 0:00:16 Excel takes
    ``h:mm:ss``.
    """
    pattern = _pattern(cell)
    return (
        isinstance(cell.value, timedelta)
        and time > 0
        and (
            ("h" in pattern and "s" not in pattern)
            or re.fullmatch(r"hh\W?mm\W?ss", pattern) is not None
            or (time >= DAY and re.fullmatch(r"\[h{1,2}\]:mm:ss", pattern) is not None)
        )
    )


def _shows_seconds(cell: Cell) -> bool:
    return "s" in _pattern(cell)


def _pattern(cell: Cell) -> str:
    """A cell's number format without colours, conditions, quoted text and what follows a time."""
    unimportant = r'\[(?!h{1,2}\])[^\]]*\]|"[^"]*"|\\.|am/pm|a/p|;.*'
    pattern = re.sub(unimportant, "", cell.number_format.lower())
    return pattern.removesuffix("@").strip()


def _is_ordered(times: Mapping[int, int]) -> bool:
    order: Iterable[tuple[int, int]] = pairwise(times.values())
    return all(before < after for before, after in order) and not next(iter(times.values()))


def _fits(times: Mapping[int, int], sound: Fraction | None) -> bool:
    return sound is None or max(times.values()) <= sound * 1000 + _room(sound)


def _is_far_beyond(times: Mapping[int, int], sound: Fraction | None) -> bool:
    return sound is not None and max(times.values()) > 2 * sound * 1000 + _room(sound)


def _room(sound: Fraction) -> Fraction:
    share, least = ROOM
    return max(share * sound * 1000, Fraction(least))


def _length(sound: Fraction | None) -> str:
    return format_time(round_half_up((sound or 0) * Fraction(1000)))


def _hours_and_minutes(milliseconds: int) -> str:
    hours, minutes = divmod(milliseconds // MINUTE, 60)
    return f"{hours}:{minutes:02}"

"""What the value of a cell means: text, a number, a time, a zoom.

Every function raises ValueError with what is wrong and how to mend it; the caller adds the place.
"""

import re
import unicodedata
from datetime import timedelta
from fractions import Fraction

from songreel.plan.timecode import parse_time, round_half_up
from songreel.song.workbook import Cell, Fault

LONGEST_TEXT = 2_000  # characters

LONGEST_FILM = 360_000_000  # milliseconds: a hundred hours

FINEST_SPACING = Fraction(1, 1000)  # seconds; times are whole milliseconds

FASTEST_ZOOM = 10  # growth per second; elevenfold each second

_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?", re.ASCII)


def read_text(cell: Cell) -> str:
    """The text of a cell on one line; a number is text as well (a prompt may be 1999)."""
    value = _sound(cell)
    if isinstance(value, timedelta):
        raise ValueError(
            "holds a date or a time, not text; write an apostrophe (') before it to keep it as text"
        )
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(str(value).split())
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"is {len(text):,} characters long; shorten it to {LONGEST_TEXT:,}")
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise ValueError(
                f"'{_printable(text)}' holds the invisible control character "
                f"U+{ord(character):04X}; type the text anew"
            )
    return text


def read_milliseconds(cell: Cell) -> int:
    """The time a cell means: a time or duration, a number of seconds, or text as in `parse_time`.

    0 up to a hundred hours.
    """
    value = _sound(cell)
    if isinstance(value, bool):
        raise ValueError(f"{str(value).upper()} is not a time; write it like 1:20")
    if isinstance(value, str):
        milliseconds = parse_time(_printable(value))
    elif isinstance(value, timedelta):
        if value and not value % timedelta(days=1):
            # What a number becomes when it is typed into a cell formatted as a time.
            seconds = value.days
            raise ValueError(
                f"{seconds} in a cell formatted as a time or date means {seconds} days; write it "
                "like 0:00:16, or format the column as a number to count seconds"
            )
        milliseconds = round_half_up(Fraction(value // timedelta(microseconds=1), 1000))
    else:
        milliseconds = round_half_up(1000 * Fraction(str(value)))
    if milliseconds < 0:
        raise ValueError("the time lies before 0; the film starts at 0:00")
    if milliseconds > LONGEST_FILM:
        raise ValueError(
            f"the time lies beyond {LONGEST_FILM // 3_600_000} hours; write it like 1:20"
        )
    return milliseconds


def read_spacing(cell: Cell) -> Fraction:
    """Seconds between keyframes, > 0."""
    value = _sound(cell)
    if isinstance(value, timedelta):
        spacing = Fraction(read_milliseconds(cell), 1000)
    else:
        spacing = _number(value)
    if spacing is None or spacing < FINEST_SPACING or spacing * 1000 > LONGEST_FILM:
        raise ValueError(
            f"'{_printable(value)}' is no spacing of keyframes; write a number of seconds above 0, "
            "like 1 or 0.5"
        )
    return spacing


def read_zoom(cell: Cell) -> bool | Fraction:
    """TRUE (also 1) or FALSE (also 0), or a growth per second, 0.03 being 3 %."""
    value = _sound(cell)
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.casefold() in ("true", "false"):
        return value.casefold() == "true"
    rate = _number(value)
    if rate is None or not -1 < rate <= FASTEST_ZOOM:
        raise ValueError(
            f"'{_printable(value)}' is no zoom; write TRUE, FALSE or the growth per second, "
            "like 0.03 for 3 %"
        )
    return bool(rate) if rate in (0, 1) else rate


def counts_minutes_as_hours(cell: Cell) -> bool:
    """Whether a cell shows hours and minutes only, as Excel formats 1:20 when it is typed in."""
    pattern = re.sub(r'\[\$[^\]]*\]|"[^"]*"', "", cell.number_format).lower()
    return (
        isinstance(cell.value, timedelta)
        and "h" in pattern
        and "s" not in pattern
        and cell.value > timedelta(0)
    )


def _sound(cell: Cell) -> str | int | float | bool | timedelta:
    if isinstance(cell.value, Fault):
        raise ValueError(cell.value.text)
    return cell.value


def _number(value: str | int | float | bool | timedelta) -> Fraction | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value.replace(",", "."))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Fraction(str(value))
    return None


def _printable(value: object) -> str:
    """A value fit for one line of a message."""
    text = "".join(character if character.isprintable() else "?" for character in str(value))
    return text if len(text) <= 60 else f"{text[:59]}…"

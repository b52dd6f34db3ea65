"""Parsers for the value of one cell: text, a number, a time, a spacing, a zoom, a transition.

Every parser raises ValueError with what is wrong and how to correct it; the caller adds the cell's
location.
"""

import re
import unicodedata
from datetime import timedelta
from fractions import Fraction

from songreel.plan.easing import CURVES
from songreel.plan.timecode import parse_time, round_half_up
from songreel.song.workbook import Cell, CellError, without_invisible

MAX_TEXT_LENGTH = 2_000  # characters

MAX_TIME = 360_000_000  # milliseconds: a hundred hours

MIN_SPACING = Fraction(1, 1000)  # seconds; times are whole milliseconds

MAX_ZOOM_RATE = 10  # growth per second: 10 enlarges elevenfold each second

CUT = "cut"
"""The transition after which nothing is left of the row before."""

TRANSITIONS = ("morph", "switch", CUT)

NO_PULL = "none"
"""The pull of an image that the row before does not lead to."""

_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?", re.ASCII)


def read_text(cell: Cell) -> str:
    """Return a cell's text on one line; a number is text as well (a prompt may be 1999).

    Raises:
        ValueError: a date or time, longer than MAX_TEXT_LENGTH, or with control characters.
    """
    value = _valid_value(cell)
    if isinstance(value, timedelta):
        raise ValueError(
            "holds a date or a time, not text; write an apostrophe (') before it to keep it as text"
        )
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(str(value).split())
    if len(text) > MAX_TEXT_LENGTH:
        raise ValueError(f"is {len(text):,} characters long; shorten it to {MAX_TEXT_LENGTH:,}")
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise ValueError(
                f"'{_printable(text)}' holds the invisible control character "
                f"U+{ord(character):04X}; type the text anew"
            )
    return text


def read_milliseconds(cell: Cell) -> int:
    """Return a cell's time in milliseconds, 0 to MAX_TIME.

    It may be a time or duration, a number of seconds, or text as :func:`parse_time` reads it.

    Raises:
        ValueError: no time, or out of range.
    """
    value = _valid_value(cell)
    if isinstance(value, bool):
        raise ValueError(f"{str(value).upper()} is not a time; write it like 1:20")
    if isinstance(value, str):
        milliseconds = parse_time(_printable(without_invisible(value)))
    elif isinstance(value, timedelta):
        if value and not value % timedelta(days=1) and "[h" not in cell.number_format.lower():
            # A number typed into a cell that is formatted as a time becomes this many days.
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
    if milliseconds > MAX_TIME:
        raise ValueError(f"the time lies beyond {MAX_TIME // 3_600_000} hours; write it like 1:20")
    return milliseconds


def read_spacing(cell: Cell) -> Fraction:
    """Return the seconds between keyframes, at least MIN_SPACING.

    Raises:
        ValueError: no number or duration, or out of range.
    """
    value = _valid_value(cell)
    if isinstance(value, timedelta):
        spacing = Fraction(read_milliseconds(cell), 1000)
    else:
        spacing = _number(value)
    if spacing is None or spacing < MIN_SPACING or spacing * 1000 > MAX_TIME:
        raise ValueError(
            f"'{_printable(value)}' is no spacing of keyframes; write a number of seconds above 0, "
            "like 1 or 0.5"
        )
    return spacing


def read_zoom(cell: Cell) -> bool | Fraction:
    """Return TRUE (also 1), FALSE (also 0) or the growth per second; 0.03 is 3 %.

    Raises:
        ValueError: none of these, or a growth outside of −1 (exclusive) to MAX_ZOOM_RATE.
    """
    value = _valid_value(cell)
    if isinstance(value, bool):
        return value
    word = without_invisible(value).casefold() if isinstance(value, str) else ""
    if word in ("true", "false"):
        return word == "true"
    rate = _number(value)
    if rate is None or not -1 < rate <= MAX_ZOOM_RATE:
        raise ValueError(
            f"'{_printable(value)}' is no zoom; write TRUE, FALSE or the growth per second, "
            "like 0.03 for 3 %"
        )
    return bool(rate) if rate in (0, 1) else rate


def read_number(cell: Cell) -> Fraction | None:
    """Return a cell's number, exactly as it is written; None where it holds something else.

    Raises:
        ValueError: an error of the spreadsheet.
    """
    return _number(_valid_value(cell))


def shown_value(cell: Cell) -> str:
    """Return a cell's value as text that fits on one line of a message."""
    return _printable(cell.value)


def read_transition(cell: Cell) -> str | Fraction:
    """Return how a row begins: a name in TRANSITIONS, or the seconds of its morph.

    Raises:
        ValueError: none of these.
    """
    value = _valid_value(cell)
    if isinstance(value, str) and value.casefold() in TRANSITIONS:
        return value.casefold()
    if isinstance(value, timedelta):
        return Fraction(read_milliseconds(cell), 1000)
    seconds = _number(value)
    if seconds is None or not 0 <= seconds * 1000 <= MAX_TIME:
        raise ValueError(
            f"'{_printable(value)}' is no transition; write {', '.join(TRANSITIONS)} or the "
            "seconds that a morph takes, like 2"
        )
    return seconds


def read_pull(cell: Cell) -> str:
    """Return how a row's image is come to: a name in CURVES, or NO_PULL.

    Raises:
        ValueError: none of these.
    """
    value = _valid_value(cell)
    names = (NO_PULL, *CURVES)
    name = str(value).casefold().replace(" ", "_")
    if name not in names:
        raise ValueError(f"'{_printable(value)}' is no pull; write one of {', '.join(names)}")
    return name


def _valid_value(cell: Cell) -> str | int | float | bool | timedelta:
    if isinstance(cell.value, CellError):
        raise ValueError(cell.value.text)
    return cell.value


def _number(value: str | int | float | bool | timedelta) -> Fraction | None:
    if isinstance(value, str) and _NUMBER.fullmatch(text := without_invisible(value)):
        return Fraction(text.replace(",", "."))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Fraction(str(value))
    return None


def _printable(value: object) -> str:
    """Return a value as text that fits on one line of a message."""
    text = "".join(character if character.isprintable() else "?" for character in str(value))
    return text if len(text) <= 60 else f"{text[:59]}…"

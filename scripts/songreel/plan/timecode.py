"""Time: from the rows' starts to keyframes, output frames and clips, in rational arithmetic.

Keyframe times come from the rows alone (`split`); output frames come from the keyframe times and
the frame rate (`layout`). A change of fps therefore moves no keyframe.
"""

import re
from fractions import Fraction

HIGHEST_FPS = 240

LARGEST_TERM = 1_001_000  # of a frame rate's fraction; ffmpeg rounds what has a larger one

USUAL_FPS = tuple(
    Fraction(rate * (1000 if is_ntsc else 1001), 1001)
    for rate in (*range(1, 31), 48, 50, 60, 72, 90, 100, 120, 144, 200, 240)
    for is_ntsc in (False, True)
)
"""The frame rates that people mean by a rounded number, whole ones and NTSC's."""

SAME_FPS = Fraction(1, 1_000_000)
"""The share by which a number may differ from a usual rate that it is taken for."""

_FPS = re.compile(r"(\d{1,9}(?:\.\d{1,40})?)(?:\s*/\s*(\d{1,9}))?", re.ASCII)

_TIME = re.compile(
    r"(?:0 days )?"  # so pandas begins
    r"(?:(?:(?P<hours>\d{1,4}):(?=\d\d:))?(?P<minutes>\d{1,5}):(?=\d\d(?!\d)))?"
    r"(?P<seconds>\d{1,9}(?:[.,]\d{1,9})?)",
    re.ASCII,
)


def parse_fps(value: int | float | str | Fraction) -> Fraction:
    """The frame rate as an exact fraction; 29.97 is 2997/100, NTSC's is written 30000/1001.

    A number that no film can have exactly, such as 23.976023976, is the usual rate that it is
    closest to.

    Raises:
        ValueError: not a number or fraction above 0 and at most 240, or one that no film can have;
            the text says so.
    """
    match = _FPS.fullmatch(str(value).strip())
    divisor = int(match[2] or 1) if match else 0
    fps = Fraction(match[1]) / divisor if match and divisor else Fraction(0)
    if not 0 < fps <= HIGHEST_FPS:
        raise ValueError(
            "fps must be a number or a fraction like 30000/1001, above 0 and at most "
            f"{HIGHEST_FPS}, not {value!r}"
        )
    if max(fps.numerator, fps.denominator) <= LARGEST_TERM:
        return fps
    nearest = min(USUAL_FPS, key=lambda usual: abs(usual - fps))
    if abs(nearest - fps) < SAME_FPS * fps:
        return nearest
    raise ValueError(
        f"fps {value} has too many digits for a film; write {float(round(fps, 3)):g}, or a "
        "fraction like 30000/1001"
    )


def fps_note(value: int | float | str | Fraction) -> str | None:
    """Say which frame rate a number was taken for; None where it is taken as it stands.

    Args:
        value: that `parse_fps` accepts.
    """
    fps = parse_fps(value)
    number, _, divisor = str(value).partition("/")
    if Fraction(number.strip()) / int(divisor or 1) == fps:
        return None
    return f"fps {value} is taken for {fps}, the usual rate that it is closest to"


def parse_time(text: str) -> int:
    """Milliseconds of a time written ``ss``, ``m:ss``, ``m:ss.fff`` or ``h:mm:ss.f``.

    Raises:
        ValueError: any other form; the text says what is accepted.
    """
    match = _TIME.fullmatch(text.strip())
    if match:
        hours, minutes = int(match["hours"] or 0), int(match["minutes"] or 0)
        seconds = Fraction(match["seconds"].replace(",", "."))
        if (match["minutes"] is None or seconds < 60) and (match["hours"] is None or minutes < 60):
            return round_half_up(1000 * (3600 * hours + 60 * minutes + seconds))
    raise ValueError(
        f"'{text}' is not a time; write seconds (80), m:ss (1:20), m:ss.fff (1:20.500) "
        "or h:mm:ss.f (0:01:20.5)"
    )


def format_time(milliseconds: int) -> str:
    """A time as a person writes it: ``1:20``, ``1:20.5``, ``1:02:03.25``."""
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{text}.{fraction:03}".rstrip("0") if fraction else text


def round_half_up(x: Fraction) -> int:
    """The nearest whole number; of two equally near, the greater."""
    return (2 * x.numerator + x.denominator) // (2 * x.denominator)

"""What decides pixels beside the settings: software and machine, told without importing torch.

The same machine type, software and settings give the same pixels; anything else gives others.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import takewhile

RENDER_VERSION = 2
"""Raised by hand when a change of this code changes pixels: it makes every keyframe a new one."""


def chains(plan: Mapping) -> list[list[dict]]:
    """The segments of a song, in order, by the chains in which one grows from the other."""
    found: list[list[dict]] = []
    for segment in plan["segments"]:
        if segment["dream"]["opens"]:
            found.append([])
        found[-1].append(segment)
    return found


def chain(plan: Mapping, start: str) -> list[dict]:
    """The segments from the one named ``start`` on that grow one from the other."""
    segments = plan["segments"]
    first = next(i for i, segment in enumerate(segments) if segment["start"] == start)
    following = takewhile(lambda segment: not segment["dream"]["opens"], segments[first + 1 :])
    return [segments[first], *following]


def moments(dream: Mapping) -> list[Fraction]:
    """The times, in seconds, of a segment's keyframes, and of the film's end where it paints it."""
    return [Fraction(moment) for moment in (*dream["times"], dream["end"]) if moment]


def diffused(segment: Mapping) -> int:
    """How many keyframes of a segment are diffused; the others are images."""
    return len(moments(segment["dream"])) - segment["dream"]["opens"]


def workload(settings: Mapping) -> list:
    """What a keyframe's painting time depends on: size, steps, strength (None for an opening)."""
    return [settings.get(key) for key in ("width", "height", "steps", "strength")]

"""Time: from the rows' times to keyframes, output frames and clips, in rational arithmetic.

Keyframe times come from the rows (`time_spans`), output frames from the keyframe times and the
frame rate (`frame_spans`). A change of fps therefore moves no keyframe.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from songreel.plan.timecode import format_time, round_half_up


@dataclass(frozen=True)
class TimeSpan:
    """The time of one row: from its start to the next row's, or to the film's end.

    Attributes:
        start, end: in seconds from the start of the film.
        keyframe_count: ≥ 1.
    """

    start: Fraction
    end: Fraction
    keyframe_count: int

    @property
    def duration(self) -> Fraction:
        """Length in seconds."""
        return self.end - self.start

    def keyframe(self, number: int) -> Fraction:
        """Time of keyframe 0 … ``keyframe_count``; the last of these is the segment's end."""
        return self.start + number * self.duration / self.keyframe_count

    @cached_property
    def keyframes(self) -> tuple[Fraction, ...]:
        """Times of all its keyframes."""
        return tuple(self.keyframe(number) for number in range(self.keyframe_count))


@dataclass(frozen=True)
class FrameSpan:
    """The output frames of one row; frames are counted from the film's first, which is 0.

    Attributes:
        first: its first frame.
        frames: how many it has.
        keyframes: on which its keyframes are shown.
        next_keyframe: of the keyframe after its own: the next row's first, or the last frame.
    """

    first: int
    frames: int
    keyframes: tuple[int, ...]
    next_keyframe: int


def time_spans(
    starts: Sequence[Fraction], duration: Fraction, spacings: Sequence[Fraction]
) -> tuple[TimeSpan, ...]:
    """Cut the film into one segment per row, each with ``max(1, round(d / spacing))`` keyframes.

    Args:
        starts: when each row starts, in seconds, strictly increasing from 0.
        duration: of the film, in seconds.
        spacings: of each row's keyframes, in seconds, > 0.
    """
    return tuple(
        TimeSpan(start, end, max(1, round_half_up((end - start) / spacing)))
        for (start, end), spacing in zip(pairwise([*starts, duration]), spacings, strict=True)
    )


def frame_of(time: Fraction, fps: Fraction) -> int:
    """The output frame that shows a keyframe.

    Args:
        time: of the keyframe, in seconds.
        fps: frames per second.
    """
    return round_half_up(time * fps)


def frame_count(duration: Fraction, fps: Fraction) -> int:
    """How many frames a film has.

    Args:
        duration: of the film, in seconds.
        fps: frames per second.
    """
    return round_half_up(duration * fps)


def timing_problems(
    segments: Sequence[TimeSpan], duration: Fraction, fps: Fraction
) -> list[tuple[int, str]]:
    """Why these segments cannot be laid out at this frame rate: (segment number, what and remedy).

    At most one problem per segment; none of them means that `frame_spans` may be called.
    """
    last_frame = frame_count(duration, fps) - 1
    firsts = [frame_of(segment.start, fps) for segment in segments]
    problems = []
    for number, segment in enumerate(segments):
        is_last = number == len(segments) - 1
        following = last_frame if is_last else firsts[number + 1]
        # Steps of at least one frame never round onto one frame, and steps below one frame never
        # round to more than one: the ends of a run of keyframes tell whether any two coincide.
        final = frame_of(segment.keyframe(segment.keyframe_count - 1), fps)
        if segment.duration <= 0:
            text = (
                f"the row starts at {_show(segment.start)}, but the film ends at "
                f"{_show(segment.end)}; move the row or let the film end later"
            )
        elif segment.duration * fps < 1:
            text = (
                f"the row lasts {_show(segment.duration)}, which is shorter than one frame at "
                f"{_number(fps)} fps; give it more time"
            )
        elif segment.keyframe_count == 1 and following <= final:
            text = (
                f"the film ends only {_show(segment.duration)} after this row starts, so that its "
                f"keyframe and the film's last fall on one frame at {_number(fps)} fps; "
                "give the row more time or raise fps"
            )
        elif final - firsts[number] < segment.keyframe_count - 1 or following <= final:
            text = (
                f"{segment.keyframe_count} keyframes in {_show(segment.duration)} are too many for "
                f"{_number(fps)} fps, two of them fall on one frame; "
                "raise SecondsPerFrame or fps"
            )
        else:
            continue
        problems.append((number, text))
    return problems


def frame_spans(
    segments: Sequence[TimeSpan], duration: Fraction, fps: Fraction
) -> tuple[FrameSpan, ...]:
    """The clip of each segment; together they are the film's frames, each exactly once.

    A clip runs from its first keyframe up to, not including, the next row's first; the last one
    has the rest. `timing_problems` must have found nothing.
    """
    frames = frame_count(duration, fps)
    keyframes = [tuple(frame_of(time, fps) for time in segment.keyframes) for segment in segments]
    edges = [*(row[0] for row in keyframes), frames]
    return tuple(
        FrameSpan(first, end - first, row, min(end, frames - 1))
        for (first, end), row in zip(pairwise(edges), keyframes, strict=True)
    )


def _show(seconds: Fraction) -> str:
    return (
        f"{_number(seconds)} s" if abs(seconds) < 60 else format_time(round_half_up(1000 * seconds))
    )


def _number(value: Fraction) -> str:
    return f"{float(value):.6g}"

"""Rational time: rows to keyframes to frames, with nothing lost and nothing drifting."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from songreel.plan.timecode import format_time, fps_note, parse_fps, parse_time, round_half_up
from songreel.plan.timeline import (
    TimeSpan,
    frame_count,
    frame_of,
    frame_spans,
    time_spans,
    timing_problems,
)

TEN_HOURS = 36_000_000

frame_rates = st.one_of(
    st.integers(1, 240).map(Fraction),
    st.sampled_from([Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)]),
    st.fractions(min_value=1, max_value=240, max_denominator=10_000),
)
spacings = st.fractions(min_value=Fraction(1, 50), max_value=30, max_denominator=1000)


@st.composite
def songs(draw, longest_ms=TEN_HOURS):
    """(starts, duration) in seconds, on whole milliseconds."""
    times = draw(
        st.lists(st.integers(1, longest_ms), min_size=1, max_size=30, unique=True).map(sorted)
    )
    seconds = [Fraction(ms, 1000) for ms in [0, *times]]
    return seconds[:-1], seconds[-1]


@given(songs(), spacings)
@settings(deadline=None)
def test_every_row_starts_on_its_own_keyframe_and_keyframes_are_even(song, spacing):
    starts, duration = song
    segments = time_spans(starts, duration, [spacing] * len(starts))
    assert [segment.start for segment in segments] == starts
    assert [segment.end for segment in segments] == [*starts[1:], duration]
    for segment in segments:
        count = max(1, round_half_up(segment.duration / spacing))
        assert segment.keyframe_count == count
        assert segment.keyframe(0) == segment.start
        assert segment.keyframe(count) == segment.end
        assert segment.keyframe(count - 1) == segment.end - segment.duration / count


@given(songs(longest_ms=10_000), spacings, frame_rates)
@settings(deadline=None)
def test_clips_are_the_film(song, spacing, fps):
    starts, duration = song
    segments = time_spans(starts, duration, [spacing] * len(starts))
    assume(not timing_problems(segments, duration, fps))
    clips = frame_spans(segments, duration, fps)
    frames = round_half_up(duration * fps)

    owned = [frame for clip in clips for frame in range(clip.first, clip.first + clip.frames)]
    assert owned == list(range(frames))
    shown = [frame for clip in clips for frame in clip.keyframes] + [frames - 1]
    assert all(earlier < later for earlier, later in pairwise(shown))
    assert shown[0] == 0
    for clip, follower in pairwise(clips):
        assert clip.next_keyframe == follower.first == clip.first + clip.frames
    assert clips[-1].next_keyframe == frames - 1
    for segment, clip in zip(segments, clips, strict=True):
        assert len(segment.keyframes) == segment.keyframe_count == len(clip.keyframes)
        for time, frame in zip(segment.keyframes, clip.keyframes, strict=True):
            assert abs(Fraction(frame) / fps - time) <= 1 / (2 * fps)


@given(songs(longest_ms=3000), spacings, frame_rates)
@settings(deadline=None)
def test_problems_are_found_exactly_where_keyframes_collide(song, spacing, fps):
    starts, duration = song
    segments = time_spans(starts, duration, [spacing] * len(starts))
    shown = [[frame_of(time, fps) for time in segment.keyframes] for segment in segments]
    end = frame_count(duration, fps) - 1
    expected = set()
    for number, row in enumerate(shown):
        following = shown[number + 1][0] if number + 1 < len(shown) else end
        collides = any(later <= earlier for earlier, later in pairwise([*row, following]))
        if collides or segments[number].duration * fps < 1:
            expected.add(number)
    found = timing_problems(segments, duration, fps)
    assert {number for number, _ in found} == expected
    assert len(found) == len(expected)


@given(frame_rates, spacings)
@settings(deadline=None)
def test_nothing_drifts_over_ten_hours(fps, spacing):
    starts = [Fraction(3600 * hour) for hour in range(10)]
    segments = time_spans(starts, Fraction(36_000), [spacing] * len(starts))
    for segment in segments:
        for number in (0, segment.keyframe_count // 2, segment.keyframe_count - 1):
            time = segment.keyframe(number)
            assert abs(frame_of(time, fps) / fps - time) <= 1 / (2 * fps)
    assert frame_count(Fraction(36_000), fps) == round_half_up(36_000 * fps)


def test_ten_hours_of_ntsc_by_the_second():
    fps = parse_fps("30000/1001")
    segments = time_spans([Fraction(0)], Fraction(36_000), [Fraction(1)])
    (clip,) = frame_spans(segments, Fraction(36_000), fps)
    assert clip.frames == 1_078_921
    assert len(clip.keyframes) == 36_000
    assert clip.keyframes[-1] == round_half_up(35_999 * fps) == 1_078_891


def test_one_row_by_hand():
    segments = time_spans([Fraction(0), Fraction("2.5")], Fraction("4.1"), [Fraction(1)] * 2)
    assert segments[0].keyframes == (0, Fraction("2.5") / 3, 2 * Fraction("2.5") / 3)
    assert segments[1].keyframes == (Fraction("2.5"), Fraction("3.3"))
    first, last = frame_spans(segments, Fraction("4.1"), Fraction(10))
    assert (first.first, first.frames, first.keyframes, first.next_keyframe) == (
        0,
        25,
        (0, 8, 17),
        25,
    )
    assert (last.first, last.frames, last.keyframes, last.next_keyframe) == (25, 16, (25, 33), 40)


def test_keyframe_times_know_no_fps():
    segments = time_spans([Fraction(0), Fraction(7)], Fraction(12), [Fraction(1, 3)] * 2)
    for fps in (Fraction(12), Fraction(20), Fraction(30000, 1001)):
        clips = frame_spans(segments, Fraction(12), fps)
        assert [len(clip.keyframes) for clip in clips] == [21, 15]


@pytest.mark.parametrize(
    ("starts", "duration", "spacing", "fps", "number", "words"),
    [
        (["0", "1", "1.01"], "3", "1", 20, 1, "shorter than one frame"),
        (["0", "5"], "8", "0.01", 20, 0, "raise SecondsPerFrame or fps"),
        (["0", "5"], "4", "1", 20, 1, "the film ends at 4 s"),
        (["0"], "0.05", "1", 20, 0, "one frame"),
        (["0", "5"], "5.05", "1", 20, 1, "give the row more time"),
    ],
)
def test_problems_say_what_and_how(starts, duration, spacing, fps, number, words):
    starts, duration = [Fraction(start) for start in starts], Fraction(duration)
    found = dict(
        timing_problems(
            time_spans(starts, duration, [Fraction(spacing)] * len(starts)), duration, Fraction(fps)
        )
    )
    assert words in found[number]


def test_an_absurd_number_of_keyframes_is_refused_without_listing_them():
    segments = time_spans([Fraction(0)], Fraction(36_000), [Fraction(1, 10**12)])
    ((number, text),) = timing_problems(segments, Fraction(36_000), Fraction(20))
    assert number == 0 and "SecondsPerFrame" in text


def test_a_segment_that_fits_exactly_is_no_problem():
    full, roomy = TimeSpan(Fraction(0), Fraction(1), 20), TimeSpan(Fraction(1), Fraction(2), 13)
    assert timing_problems([full, roomy], Fraction(2), Fraction(20)) == []
    tight = TimeSpan(Fraction(1), Fraction(2), 14)
    assert [number for number, _ in timing_problems([full, tight], Fraction(2), Fraction(20))] == [
        1
    ]


@pytest.mark.parametrize(
    ("value", "fps"),
    [
        (20, Fraction(20)),
        (20.0, Fraction(20)),
        (29.97, Fraction(2997, 100)),
        ("30000/1001", Fraction(30000, 1001)),
        (" 24000 / 1001 ", Fraction(24000, 1001)),
        ("23.976", Fraction(23976, 1000)),
        (Fraction(25, 2), Fraction(25, 2)),
        ("1001000/4171", Fraction(1001000, 4171)),
    ],
)
def test_fps_is_exact(value, fps):
    assert parse_fps(value) == fps
    assert fps_note(value) is None


@pytest.mark.parametrize(
    ("value", "fps"),
    [
        (23.976023976, "24000/1001"),
        ("23.976024", "24000/1001"),
        (25.00001, "25"),
        ("59.94006", "60000/1001"),
        ("29.97003", "30000/1001"),
        (119.88011988, "120000/1001"),
        (30000 / 1001, "30000/1001"),
        ("23.976023976023976023976", "24000/1001"),
        (25.000000000000004, "25"),
    ],
)
def test_a_number_that_no_film_can_have_is_the_usual_rate_it_is_closest_to(value, fps):
    assert parse_fps(value) == Fraction(fps)
    assert fps_note(value) == (
        f"fps {value} is taken for {fps}, the usual rate that it is closest to"
    )


@pytest.mark.parametrize(
    ("value", "remedy"),
    [("25.0001234", "25"), (19.123456789123456, "19.123"), ("2000003/100001", "20")],
)
def test_a_number_that_no_film_can_have_is_refused(value, remedy):
    with pytest.raises(ValueError, match=f"fps {value} has too many digits .* write {remedy}, or"):
        parse_fps(value)


@pytest.mark.parametrize(
    "value",
    [0, -1, "0/5", "5/0", "fast", "", "1e9", "1e999999999", float("nan"), 241, True, "1/2/3", "٣"],
)
def test_other_fps_are_refused_in_plain_words(value):
    with pytest.raises(ValueError, match="fps must be a number or a fraction"):
        parse_fps(value)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0", 0),
        ("80", 80_000),
        ("80.5", 80_500),
        ("80,5", 80_500),
        ("1:20", 80_000),
        ("01:20.5", 80_500),
        ("1:20.0005", 80_001),
        ("90:00", 5_400_000),
        ("1:02:03.25", 3_723_250),
        ("25:00:00", 90_000_000),
        (" 0:04 ", 4_000),
    ],
)
def test_times_are_read(text, ms):
    assert parse_time(text) == ms


@pytest.mark.parametrize(
    "text",
    ["", "soon", "1:5", "1:60", "1:2:03", "1:60:00", "-4", "1:20:", ":20", "1.20.5", "1:2", "1e9"],
)
def test_other_times_are_refused_with_the_forms_to_use(text):
    with pytest.raises(ValueError, match=r"m:ss \(1:20\)"):
        parse_time(text)


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0:00"), (80_000, "1:20"), (80_500, "1:20.5"), (3_723_250, "1:02:03.25"), (7, "0:00.007")],
)
def test_times_are_written(ms, text):
    assert format_time(ms) == text


@given(st.integers(0, 10 * TEN_HOURS))
def test_a_time_written_is_read_back(ms):
    assert parse_time(format_time(ms)) == ms


@given(st.fractions())
def test_rounding_is_half_up(x):
    assert x - Fraction(1, 2) < round_half_up(x) <= x + Fraction(1, 2)

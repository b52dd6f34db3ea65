"""The camera: what its rates mean, that its motions add up, and that no border shows."""

import cmath
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songreel.media.camera import move, zoom
from songreel.media.similarity import Similarity
from songreel.plan.camera import EASES, Camera
from songreel.plan.plan import ClipPlan

WIDTH, HEIGHT = 64, 48
STILL = {"zoom": 0.0, "pan_x": 0.0, "pan_y": 0.0, "rotate": 0.0, "ease": "none"}


def camera(end=4, **rates):
    return Camera(Fraction(0), Fraction(end), **{**STILL, **rates})


def motion(seconds=1, end=4, **rates):
    return camera(end, **rates).motion(Fraction(0), Fraction(seconds), WIDTH, HEIGHT)


def spot(x, y):
    """A bright spot on a dark ground, at these whole pixels from the picture's middle ones."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    centre = (WIDTH // 2 + x, HEIGHT // 2 + y)
    cv2.circle(picture, centre, 3, (255, 255, 255), -1)
    return picture


def place(picture, near):
    """Where the spot is, from the picture's centre, if it is near this place."""
    rows, columns = np.indices(picture.shape[:2]) - np.reshape(
        [(HEIGHT - 1) / 2, (WIDTH - 1) / 2], (2, 1, 1)
    )
    is_near = np.hypot(columns - near[0], rows - near[1]) < 7
    weights = picture.mean(axis=2) * is_near
    return (weights * columns).sum() / weights.sum(), (weights * rows).sum() / weights.sum()


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ({"zoom": 0.5}, (15.75, -8.25)),
        ({"zoom": -0.5}, (5.25, -2.75)),
        ({"pan_x": 0.25}, (10.5 - WIDTH / 4, -5.5)),
        ({"pan_y": 0.25}, (10.5, -5.5 + HEIGHT / 4)),
        ({"rotate": 90}, (5.5, 10.5)),
    ],
)
def test_rates_are_growth_screens_and_degrees_per_second(rates, expected):
    moved = move(spot(10, -6), motion(**rates))
    assert place(moved, expected) == pytest.approx(expected, abs=0.6)


def test_a_camera_that_stands_still_changes_no_pixel():
    picture = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    assert motion() == Similarity()
    assert np.array_equal(move(picture, motion()), picture)


def test_zoom_compounds_whatever_the_spacing():
    assert motion(1, zoom=0.03).factor == pytest.approx(1.03)
    assert motion(Fraction(1, 4), zoom=0.03).factor ** 4 == pytest.approx(1.03)


rates = st.fixed_dictionaries(
    {
        "zoom": st.floats(-0.5, 1),
        "pan_x": st.floats(-1, 1),
        "pan_y": st.floats(-1, 1),
        "rotate": st.floats(-90, 90),
        "ease": st.sampled_from(sorted(EASES)),
    }
)


@given(rates, st.lists(st.fractions(0, 4), min_size=2, max_size=6, unique=True).map(sorted))
@settings(deadline=None)
def test_motions_one_after_the_other_are_the_motion_of_the_whole_time(rates, times):
    moving, together = camera(**rates), Similarity()
    for since, until in zip(times, times[1:], strict=False):
        together = moving.motion(since, until, WIDTH, HEIGHT).after(together)
    whole = moving.motion(times[0], times[-1], WIDTH, HEIGHT)
    assert together.factor == pytest.approx(whole.factor, rel=1e-9)
    assert together.shift == pytest.approx(whole.shift, rel=1e-9, abs=1e-9)


@given(rates, st.integers(1, 40), st.integers(1, 40))
@settings(deadline=None)
def test_a_clips_in_betweens_make_exactly_the_motion_between_its_keyframes(rates, first, second):
    times = (Fraction(0), Fraction(1), Fraction(4))
    frames = (0, first, first + second)
    moving = camera(**rates)
    plan = ClipPlan(
        method="flow",
        keyframe_frames=frames,
        keyframe_times=times,
        include_last=False,
        held_frames=0,
        frame_count=frames[-1],
        camera=moving,
        fps=Fraction(20),
        width=WIDTH,
        height=HEIGHT,
    )
    for path, since, until in zip(plan.paths, times, times[1:], strict=False):
        assert path[0] == Similarity()
        assert path[-1] == moving.motion(since, until, WIDTH, HEIGHT)
        steps = [
            later.after(earlier.inverse) for earlier, later in zip(path, path[1:], strict=False)
        ]
        product = Similarity()
        for step in steps:
            product = step.after(product)
        assert product.factor == pytest.approx(path[-1].factor, rel=1e-9)
        assert product.shift == pytest.approx(path[-1].shift, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("ease", EASES)
def test_an_ease_changes_the_speed_and_not_the_rows_whole_motion(ease):
    def travelled(seconds):
        return abs(motion(seconds, pan_x=0.1, ease=ease).shift)

    assert travelled(4) == pytest.approx(0.4 * WIDTH)
    first, last = travelled(1), travelled(4) - travelled(3)
    steady = 0.1 * WIDTH
    assert (first < 0.9 * steady) == (ease in ("in", "both"))
    assert (last < 0.9 * steady) == (ease in ("out", "both"))


@pytest.mark.parametrize("turn", [1, cmath.rect(1, 0.4)])
@pytest.mark.parametrize("factor", [0.6, 1.0, 1.4])
@pytest.mark.parametrize("shift", [0, 9 - 7j, 500 + 900j])
def test_what_comes_into_view_is_the_picture_mirrored(turn, factor, shift):
    """No border: a smooth picture stays smooth, a bright one bright."""
    rows, columns = np.indices((HEIGHT, WIDTH))
    smooth = 128 + 60 * np.cos(columns / 9) + 50 * np.sin(rows / 7)
    picture = np.repeat(smooth[..., None], 3, axis=2).astype(np.uint8)
    moved = move(picture, Similarity(factor * turn, shift))
    assert moved.min() >= picture.min() - 2
    for axis in (0, 1):
        assert np.abs(np.diff(moved, axis=axis)).max() < 25


def test_a_small_turn_there_and_back_keeps_a_picture():
    noise = np.random.default_rng(2).uniform(0, 255, (16, 16, 3)).astype(np.float32)
    picture = cv2.resize(noise, (64, 64), interpolation=cv2.INTER_CUBIC).clip(0, 255)
    there = move(picture, Similarity(cmath.rect(1, 0.02)))
    again = move(there, Similarity(cmath.rect(1, -0.02)))
    assert np.abs(again - picture)[8:-8, 8:-8].mean() < 0.7


def test_an_upright_camera_zooms_as_zoom_does():
    picture = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    assert np.array_equal(move(picture, motion(zoom=0.1)), zoom(picture, 1.1))

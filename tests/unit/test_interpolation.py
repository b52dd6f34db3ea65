"""Interpolation: keyframes are unchanged, the zoom is smooth, motion is followed."""

import cmath
import weakref
from itertools import pairwise

import cv2
import numpy as np
import pytest

from songreel.film.interpolation import METHODS, interpolate_frames
from songreel.media.camera import move
from songreel.media.similarity import Similarity


def texture(size: int, seed: int) -> np.ndarray:
    """A smooth coloured pattern: (size, size, 3) uint8."""
    noise = np.random.default_rng(seed).uniform(0, 255, (8, 8, 3)).astype(np.float32)
    return np.clip(cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC), 0, 255).astype(
        np.uint8
    )


def disc(x: float, size: int = 96) -> np.ndarray:
    """A bright disc with its centre at ``x`` on a dark ground."""
    picture = np.full((size, size, 3), 20, np.uint8)
    centre = (round(x * 16), size * 8)
    return cv2.circle(picture, centre, 14 * 16, (230, 120, 60), -1, cv2.LINE_AA, shift=4)


def path(count: int, per_frame: complex = 1, shift: complex = 0) -> list[Similarity]:
    """A camera's path with the same motion from each frame to the next."""
    motions = [Similarity()]
    for _ in range(count):
        motions.append(Similarity(per_frame, shift).after(motions[-1]))
    return motions


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(float) - other).mean())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("include_last", [False, True])
def test_the_frames_of_keyframes_have_their_pixels_unchanged(method, include_last):
    keyframes = [texture(64, seed) for seed in range(3)]
    frames = [100, 105, 112]
    paths = [path(5, 1.002), path(7, 1.002)]
    result = list(interpolate_frames(iter(keyframes), frames, method, paths, include_last))
    assert len(result) == 12 + include_last
    for keyframe, frame in zip(keyframes[: 2 + include_last], frames, strict=False):
        np.testing.assert_array_equal(result[frame - 100], keyframe)
    assert {(frame.shape, frame.dtype) for frame in result} == {((64, 64, 3), np.dtype(np.uint8))}


@pytest.mark.parametrize("method", METHODS)
def test_keyframes_on_consecutive_frames_have_no_frame_between(method):
    keyframes = [texture(64, 1), texture(64, 2)]
    result = list(interpolate_frames(keyframes, [7, 8], method, include_last=True))
    assert len(result) == 2
    np.testing.assert_array_equal(result, keyframes)


@pytest.mark.parametrize("method", METHODS)
def test_a_single_keyframe_gives_one_frame(method):
    picture = texture(64, 1)
    (frame,) = interpolate_frames([picture], [0], method, include_last=True)
    np.testing.assert_array_equal(frame, picture)


@pytest.mark.parametrize("method", METHODS)
def test_every_keyframe_must_have_a_position(method):
    with pytest.raises(ValueError):
        list(interpolate_frames([texture(64, 1)] * 2, [0, 3, 6], method))


def test_hold_repeats_the_keyframe():
    first, second = texture(64, 1), texture(64, 2)
    result = list(interpolate_frames([first, second], [0, 4], "none", [path(4, 1.1)]))
    np.testing.assert_array_equal(result, [first] * 4)


def test_crossfade_is_linear_in_time():
    first, second = np.full((64, 64, 3), 40, np.uint8), np.full((64, 64, 3), 200, np.uint8)
    result = list(interpolate_frames([first, second], [0, 4], "crossfade"))
    assert [frame.min() for frame in result] == [40, 80, 120, 160]
    assert [frame.max() for frame in result] == [40, 80, 120, 160]


CAMERAS = {
    "in": (1.01, 0),
    "out": (0.99, 0),
    "right": (1, -1.3),
    "up": (1, 0.9j),
    "turn": (cmath.rect(1, 0.02), 0),
    "all": (cmath.rect(1.01, -0.015), 0.7 - 1.1j),
}


@pytest.mark.parametrize("method", ["flow", "crossfade"])
@pytest.mark.parametrize("camera", CAMERAS)
def test_the_cameras_motion_is_applied_frame_by_frame(method, camera):
    picture, motions = texture(128, 3), path(10, *CAMERAS[camera])
    following = np.rint(move(picture, motions[-1])).astype(np.uint8)
    result = list(interpolate_frames([picture, following], [0, 10], method, [motions]))
    # What comes into view is mirrored content, which is not compared.
    inside = np.s_[20:-20, 20:-20]
    for motion, frame in zip(motions, result, strict=False):
        assert difference(frame[inside], move(picture, motion)[inside]) < 1.5


@pytest.mark.parametrize(("method", "level"), [("flow", 54), ("crossfade", 120)])
@pytest.mark.parametrize("camera", CAMERAS)
def test_no_camera_shows_an_edge(method, level, camera):
    """Two flat keyframes: no frame between them steps from the one's level to the other's."""
    first, second = np.full((64, 64, 3), 40, np.uint8), np.full((64, 64, 3), level, np.uint8)
    factor, shift = CAMERAS[camera]
    motions = path(6, factor**3, 3 * shift)
    for frame in list(interpolate_frames([first, second], [0, 6], method, [motions]))[1:]:
        for axis in (0, 1):
            assert np.abs(np.diff(frame.astype(int), axis=axis)).max() < 0.56 * (level - 40) + 1


def test_where_the_shrunk_following_keyframe_has_no_pixels_the_previous_one_is_shown():
    first, second = np.full((64, 64, 3), 40, np.uint8), np.full((64, 64, 3), 200, np.uint8)
    *_, middle, _ = interpolate_frames([first, second], [0, 3], "crossfade", [path(3, 1.2)])
    assert middle[0, 0].max() < 60
    assert middle[32, 32, 0] > 80


def test_flow_moves_what_a_crossfade_doubles():
    keyframes = [disc(42), disc(54)]
    expected = disc(48)
    errors = {}
    for method in ("flow", "crossfade", "minterpolate"):
        middle = list(interpolate_frames(keyframes, [0, 2], method))[1]
        errors[method] = difference(middle, expected)
    assert errors["flow"] < errors["crossfade"] / 3
    assert errors["minterpolate"] < errors["crossfade"]


def unlike_keyframes() -> list[np.ndarray]:
    """Two pictures that have nothing in common, with grain."""
    grain = np.random.default_rng(6).integers(-12, 13, (2, 96, 96, 3))
    pictures = np.stack([texture(96, 4), texture(96, 5)]) + grain
    return list(np.clip(pictures, 0, 255).astype(np.uint8))


def steps(frames: list[np.ndarray]) -> np.ndarray:
    """How much each frame differs from the one before."""
    return np.array([difference(*pair) for pair in pairwise(frames)])


def sharpness(frame: np.ndarray) -> float:
    return float(np.abs(cv2.Laplacian(frame.mean(axis=2), cv2.CV_64F)).mean())


def test_flow_shows_one_picture_at_a_place_where_a_crossfade_shows_both():
    first, second = unlike_keyframes()
    apart = np.abs(first.astype(float) - second).mean(axis=2)
    ghosts = {}
    for method in ("flow", "crossfade"):
        middle = list(interpolate_frames([first, second], [0, 2], method))[1]
        to_first, to_second = (
            np.abs(middle.astype(float) - one).mean(axis=2) for one in (first, second)
        )
        ghosts[method] = (np.minimum(to_first, to_second) / apart)[apart > 60].mean()
    assert ghosts["crossfade"] > 0.45
    assert ghosts["flow"] < 0.3


def test_flow_between_unlike_keyframes_goes_on_evenly():
    """No pulse: the steps to and from keyframes are as large as those between."""
    first, second = unlike_keyframes()
    frames = list(interpolate_frames([first, second, first], [0, 10, 20], "flow", None, True))
    changes = steps(frames)
    assert changes.min() > 0.6 * changes.mean()
    assert changes.max() < 1.5 * changes.mean()


def test_flow_keeps_the_keyframes_sharpness():
    """Of a picture whose grain is painted anew at every keyframe."""
    rng, still = np.random.default_rng(7), texture(96, 8)
    keyframes = [
        np.clip(still + rng.normal(0, 8, still.shape), 0, 255).astype(np.uint8) for _ in range(2)
    ]
    sharp = {}
    for method in ("flow", "crossfade"):
        motions = path(8, 1.002)
        frames = list(interpolate_frames(keyframes, [0, 8], method, [motions], True))
        ends = (sharpness(frames[0]) + sharpness(frames[-1])) / 2
        sharp[method] = min(map(sharpness, frames[1:-1])) / ends
    assert sharp["crossfade"] < 0.8
    assert sharp["flow"] > 0.93


def test_two_keyframes_that_are_the_same_stay():
    picture = texture(64, 9)
    for frame in interpolate_frames([picture, picture], [0, 5], "flow"):
        assert difference(frame, picture) < 1


@pytest.mark.parametrize("method", ["flow", "crossfade", "none"])
def test_only_two_keyframes_are_in_memory(method):
    alive, most = 0, 0

    def forget():
        nonlocal alive
        alive -= 1

    def keyframes():
        nonlocal alive
        for seed in range(6):
            picture = texture(64, seed)
            weakref.finalize(picture, forget)
            alive += 1
            yield picture
            del picture

    for _ in interpolate_frames(keyframes(), range(0, 18, 3), method):
        most = max(most, alive)
    assert most == 2

"""Interpolation: keyframes are unchanged, the zoom is smooth, motion is followed."""

import cmath
import weakref

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


@pytest.mark.parametrize("method", ["flow", "crossfade"])
@pytest.mark.parametrize("camera", CAMERAS)
def test_no_camera_shows_an_edge(method, camera):
    """Two flat keyframes: no frame between them steps from the one's level to the other's."""
    first, second = np.full((64, 64, 3), 40, np.uint8), np.full((64, 64, 3), 120, np.uint8)
    factor, shift = CAMERAS[camera]
    motions = path(6, factor**3, 3 * shift)
    for frame in list(interpolate_frames([first, second], [0, 6], method, [motions]))[1:]:
        for axis in (0, 1):
            assert np.abs(np.diff(frame.astype(int), axis=axis)).max() < 45


@pytest.mark.parametrize("method", ["flow", "crossfade"])
def test_no_edge_of_the_shrunk_following_keyframe_is_visible(method):
    """Where the shrunk following keyframe has no pixels, the previous one is shown."""
    first, second = np.full((64, 64, 3), 40, np.uint8), np.full((64, 64, 3), 200, np.uint8)
    *_, middle, _ = interpolate_frames([first, second], [0, 3], method, [path(3, 1.2)])
    assert middle[0, 0].max() < 60
    assert middle[32, 32, 0] > 80
    assert np.abs(np.diff(middle[32, :, 0].astype(int))).max() < 40  # no hard line


def test_flow_moves_what_a_crossfade_doubles():
    keyframes = [disc(42), disc(54)]
    expected = disc(48)
    errors = {}
    for method in ("flow", "crossfade", "minterpolate"):
        middle = list(interpolate_frames(keyframes, [0, 2], method))[1]
        errors[method] = difference(middle, expected)
    assert errors["flow"] < errors["crossfade"] / 3
    assert errors["minterpolate"] < errors["crossfade"]


def test_flow_between_unrelated_keyframes_is_close_to_a_crossfade():
    first, second = texture(96, 4), texture(96, 5)
    flow = list(interpolate_frames([first, second], [0, 2], "flow"))[1]
    crossfade = list(interpolate_frames([first, second], [0, 2], "crossfade"))[1]
    assert difference(flow, crossfade) < difference(first, second) / 4


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

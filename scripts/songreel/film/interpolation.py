"""Interpolation: all frames from one keyframe to the next.

Each keyframe was made from the one before it under a moving camera: magnified, then repainted. All
methods but ``none`` and ``minterpolate`` apply that known zoom frame by frame, so that only the
remaining change has to be interpolated.

Every method takes the arguments of :func:`hold` and gives the frames between two keyframes. A new
one is added to ``METHODS`` and to the configuration's schema.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat

import numpy as np

from songreel.film.blending import Blend
from songreel.film.flow import residual_motion
from songreel.film.minterpolate import minterpolate


def interpolate_frames(
    keyframes: Iterable[np.ndarray],
    positions: Sequence[int],
    method: str,
    zoom_per_frame: float = 1.0,
    include_last: bool = False,
) -> Iterator[np.ndarray]:
    """Yield every frame from the first keyframe up to, not including, the last one.

    A keyframe's own frame has its pixels unchanged. No more than two keyframes are in memory at a
    time.

    Args:
        keyframes: (height, width, 3) uint8 RGB images of one size, in order; may be a generator.
        positions: the frame number of each keyframe, strictly increasing.
        method: one of ``METHODS``.
        zoom_per_frame: the camera's magnification from one frame to the next; 1 is no zoom.
        include_last: yield the last keyframe too, as the segment that ends the film does.

    Yields:
        (height, width, 3) uint8 RGB; ``positions[-1] - positions[0]`` frames, one more with the
        last.

    Raises:
        ValueError: the numbers of keyframes and positions differ.
    """
    between = METHODS[method]
    previous, start = None, None
    for keyframe, position in zip(keyframes, positions, strict=True):
        if previous is not None:
            yield previous
            yield from between(previous, keyframe, position - start, zoom_per_frame)
        previous, start = keyframe, position
    if include_last:
        yield previous


def hold(
    previous: np.ndarray, following: np.ndarray, count: int, zoom_per_frame: float
) -> Iterator[np.ndarray]:
    """Repeat the previous keyframe.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it; unused.
        count: frames from the one keyframe to the other, ≥ 1.
        zoom_per_frame: unused.

    Returns:
        ``count - 1`` frames, (height, width, 3) uint8 RGB.
    """
    return repeat(previous, count - 1)


def crossfade(
    previous: np.ndarray, following: np.ndarray, count: int, zoom_per_frame: float
) -> Iterator[np.ndarray]:
    """Dissolve from one keyframe to the other while both zoom.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it, of the same size.
        count: frames from the one keyframe to the other, ≥ 1.
        zoom_per_frame: the camera's magnification from one frame to the next, > 0.

    Returns:
        ``count - 1`` frames, (height, width, 3) uint8 RGB.
    """
    blend = Blend(previous, following, count, zoom_per_frame)
    return (blend.frame(index) for index in range(1, count))


def flow(
    previous: np.ndarray, following: np.ndarray, count: int, zoom_per_frame: float
) -> Iterator[np.ndarray]:
    """Dissolve from one keyframe to the other while both zoom and follow the optical flow.

    The flow is that of :func:`songreel.film.flow.residual_motion`: what the zoom does not explain.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it, of the same size.
        count: frames from the one keyframe to the other, ≥ 1.
        zoom_per_frame: the camera's magnification from one frame to the next, > 0.

    Yields:
        ``count - 1`` frames, (height, width, 3) uint8 RGB.
    """
    if count == 1:
        return
    motion = residual_motion(previous, following, zoom_per_frame**count)
    blend = Blend(previous, following, count, zoom_per_frame, motion)
    for index in range(1, count):
        yield blend.frame(index)


METHODS: dict[str, Callable[[np.ndarray, np.ndarray, int, float], Iterator[np.ndarray]]] = {
    "flow": flow,
    "crossfade": crossfade,
    "minterpolate": minterpolate,
    "none": hold,
}
"""By their names in the configuration, ``interpolation.method``."""

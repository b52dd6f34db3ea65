"""Interpolation: all frames from one keyframe to the next.

Each keyframe was made from the one before it under a moving camera: moved, then repainted. All
methods but ``none`` and ``minterpolate`` apply that known motion frame by frame, so that only the
remaining change has to be interpolated. The camera's path between two keyframes is a list of
motions, from the previous keyframe to itself, to each frame between, and to the following one.

Every method takes the arguments of :func:`hold` and gives the frames between two keyframes. A new
one is added to ``METHODS`` and to the configuration's schema.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, repeat

import numpy as np

from songreel.film.blending import Blend
from songreel.film.flow import residual_motion
from songreel.film.minterpolate import minterpolate
from songreel.media.similarity import Similarity

Path = Sequence[Similarity]
"""The camera's path from one keyframe to the next."""


def interpolate_frames(
    keyframes: Iterable[np.ndarray],
    positions: Sequence[int],
    method: str,
    paths: Sequence[Path] | None = None,
    include_last: bool = False,
) -> Iterator[np.ndarray]:
    """Yield every frame from the first keyframe up to, not including, the last one.

    A keyframe's own frame has its pixels unchanged. No more than two keyframes are in memory at a
    time.

    Args:
        keyframes: (height, width, 3) uint8 RGB images of one size, in order, at least one; may be
            a generator.
        positions: the frame number of each keyframe, strictly increasing.
        method: one of ``METHODS``.
        paths: the camera's from each keyframe to the next; None for a camera that stands still.
        include_last: yield the last keyframe too, as the segment that ends the film does.

    Yields:
        (height, width, 3) uint8 RGB; ``positions[-1] - positions[0]`` frames, one more with the
        last.

    Raises:
        ValueError: the numbers of keyframes, positions and motions do not belong together.
    """
    between = METHODS[method]
    if paths is None:
        paths = [[Similarity()] * (end - start + 1) for start, end in pairwise(positions)]
    pairs = zip(keyframes, positions, strict=True)
    previous, start = next(pairs)
    for (keyframe, position), path in zip(pairs, paths, strict=True):
        if len(path) != position - start + 1:
            raise ValueError(f"a path of {len(path)} motions from frame {start} to {position}")
        yield previous
        yield from between(previous, keyframe, path)
        previous, start = keyframe, position
    if include_last:
        yield previous


def hold(previous: np.ndarray, following: np.ndarray, path: Path) -> Iterator[np.ndarray]:
    """Repeat the previous keyframe.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it; unused.
        path: the camera's from the one keyframe to the other; it says how many frames there are.

    Returns:
        the frames between, (height, width, 3) uint8 RGB.
    """
    return repeat(previous, len(path) - 2)


def crossfade(previous: np.ndarray, following: np.ndarray, path: Path) -> Iterator[np.ndarray]:
    """Dissolve from one keyframe to the other while both move with the camera.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it, of the same size.
        path: the camera's from the one keyframe to the other.

    Returns:
        the frames between, (height, width, 3) uint8 RGB.
    """
    blend = Blend(previous, following, path)
    return (blend.frame(index) for index in range(1, len(path) - 1))


def flow(previous: np.ndarray, following: np.ndarray, path: Path) -> Iterator[np.ndarray]:
    """Dissolve from one keyframe to the other; both follow camera and optical flow.

    The flow is that of :func:`songreel.film.flow.residual_motion`: what is not the camera's.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it, of the same size.
        path: the camera's from the one keyframe to the other.

    Yields:
        the frames between, (height, width, 3) uint8 RGB.
    """
    if len(path) == 2:
        return
    motion = residual_motion(previous, following, path[-1])
    blend = Blend(previous, following, path, motion)
    for index in range(1, len(path) - 1):
        yield blend.frame(index)


METHODS: dict[str, Callable[[np.ndarray, np.ndarray, Path], Iterator[np.ndarray]]] = {
    "flow": flow,
    "crossfade": crossfade,
    "minterpolate": minterpolate,
    "none": hold,
}
"""By their names in the configuration, ``interpolation.method``."""

"""In-between frames: from keyframes a second apart to a moving picture.

The keyframes of a song were made under a moving camera: each is the one before it, magnified, then
repainted. Every method but ``none`` and ``minterpolate`` carries that known zoom out frame by frame
and has only the rest to explain.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat

import numpy as np

from songreel.film.blending import Blend
from songreel.film.flow import residual_motion
from songreel.film.minterpolate import minterpolate


def in_betweens(
    keyframes: Iterable[np.ndarray],
    frames: Sequence[int],
    method: str,
    zoom_per_frame: float = 1.0,
    include_last: bool = False,
) -> Iterator[np.ndarray]:
    """Every frame from the first keyframe up to, not including, the last one.

    A keyframe *is* its frame: there its very pixels are yielded. No more than two keyframes are
    held at a time.

    Args:
        keyframes: (height, width, 3) uint8 RGB pictures of one size, in order; may be a generator.
        frames: the absolute frame of each keyframe, strictly increasing.
        method: one of ``METHODS``.
        zoom_per_frame: how much the camera magnifies from one frame to the next; 1 is no zoom.
        include_last: yield the last keyframe too: the segment that ends the film owns it.

    Yields:
        (height, width, 3) uint8 RGB; ``frames[-1] - frames[0]`` of them, one more with the last.
    """
    between = METHODS[method]
    previous, start = None, None
    for keyframe, frame in zip(keyframes, frames, strict=True):
        if previous is not None:
            yield previous
            yield from between(previous, keyframe, frame - start, zoom_per_frame)
        previous, start = keyframe, frame
    if include_last:
        yield previous


def hold(
    previous: np.ndarray, following: np.ndarray, count: int, zoom_per_frame: float
) -> Iterator[np.ndarray]:
    """The previous keyframe again and again."""
    return repeat(previous, count - 1)


def crossfade(
    previous: np.ndarray, following: np.ndarray, count: int, zoom_per_frame: float
) -> Iterator[np.ndarray]:
    """A dissolve between two keyframes that zoom together."""
    blend = Blend(previous, following, count, zoom_per_frame)
    return (blend.frame(index) for index in range(1, count))


def flow(
    previous: np.ndarray, following: np.ndarray, count: int, zoom_per_frame: float
) -> Iterator[np.ndarray]:
    """A dissolve between two keyframes that zoom together and bend towards each other."""
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

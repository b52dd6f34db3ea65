"""ffmpeg's own motion interpolation between two keyframes."""

from collections.abc import Iterator, Sequence
from itertools import islice
from tempfile import NamedTemporaryFile

import numpy as np

from songreel.media.ffmpeg import read_frames
from songreel.media.similarity import Similarity


def minterpolate(
    previous: np.ndarray, following: np.ndarray, path: Sequence[Similarity]
) -> Iterator[np.ndarray]:
    """Interpolate between two keyframes with ffmpeg's filter ``minterpolate``.

    The filter estimates all motion itself, the camera's too, and is slow.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it, of the same size.
        path: the camera's from the one keyframe to the other; it says how many frames there are.

    Yields:
        the frames between, (height, width, 3) uint8 RGB.

    Raises:
        FFmpegError: the filter failed.
    """
    height, width = previous.shape[:2]
    count = len(path) - 1
    filters = ",".join(
        [
            "tpad=stop=2:stop_mode=clone",  # minterpolate never returns the last two frames
            "scale=out_color_matrix=bt709:flags=accurate_rnd+full_chroma_int",
            "format=yuv444p",  # minterpolate does not take RGB
            # Without scd=none it takes keyframes for scenes of a film and cuts between them.
            f"minterpolate=fps={count}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1:scd=none",
            "scale=in_color_matrix=bt709:flags=accurate_rnd+full_chroma_int",
            "format=rgb24",
        ]
    )
    with NamedTemporaryFile(suffix=".rgb") as keyframes:
        keyframes.write(previous.tobytes() + following.tobytes())
        keyframes.flush()
        frames = read_frames(
            [
                *("-f", "rawvideo"),
                *("-pixel_format", "rgb24"),
                *("-video_size", f"{width}x{height}"),
                *("-framerate", "1"),
                *("-i", keyframes.name),
                *("-vf", filters),
                *("-frames:v", str(count)),
                *("-f", "rawvideo", "pipe:1"),
            ],
            width,
            height,
        )
        yield from islice(frames, 1, None)

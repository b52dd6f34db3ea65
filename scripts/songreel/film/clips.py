"""Clips: the frames of one segment, kept without loss until the film is encoded."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from songreel.errors import SongreelError
from songreel.film.interpolation import interpolate_frames
from songreel.media.ffmpeg import ENCODER_THREADS, frame_writer
from songreel.media.images import load_png
from songreel.media.memory import keep_freed_memory
from songreel.storage.atomic import replacing


def interpolate_clip(pictures: Sequence[Path], clip: Mapping, path: Path) -> None:
    """Write the clip between pictures.

    Args:
        pictures: PNGs of a segment's keyframes, and of the one after them where it owns no last.
        clip: of the segment's plan.
        path: the clip; it appears whole or not at all.

    Raises:
        SongreelError, FFmpegError: as :func:`write_clip`.
    """
    keep_freed_memory()
    cv2.setNumThreads(1)  # there is a clip for every processor
    frames = interpolate_frames(
        map(load_png, pictures),
        clip["frames"],
        clip["method"],
        clip["zoom_per_frame"],
        include_last=clip["include_last"],
    )
    write_clip(
        frames,
        clip["count"],
        path,
        Fraction(clip["fps"]),
        clip["width"],
        clip["height"],
    )


def write_clip(
    frames: Iterable[np.ndarray], count: int, path: Path, fps: Fraction, width: int, height: int
) -> None:
    """Write frames as a lossless clip: H.264 at quantiser 0, yuv420p, BT.709.

    This is the film's one conversion from RGB. The frames stream through a pipe, one at a time.

    Args:
        frames: (height, width, 3) uint8 RGB.
        count: how many frames there must be.
        path: the clip, ``.mkv``; it appears whole or not at all.
        fps: frames per second.
        width, height: in pixels, even.

    Raises:
        SongreelError: an odd size.
        ValueError: more or fewer frames than ``count``, or one of another shape.
        FFmpegError: the encoder failed.
    """
    if width % 2 or height % 2:
        raise SongreelError(
            f"{path.name}: a film of {width}×{height} pixels cannot be encoded: "
            "choose an even width and height"
        )
    written = 0
    with (
        replacing(path) as temporary,
        frame_writer(_command(temporary, fps, width, height)) as write,
    ):
        for frame in frames:
            if frame.shape != (height, width, 3):
                raise ValueError(f"{path}: frame {written} is {frame.shape}")
            write(frame)
            written += 1
            if written > count:
                break
        if written != count:
            more = "more" if written > count else f"{written}"
            raise ValueError(f"{path}: {count} frames are due, {more} came")


def _command(path: Path, fps: Fraction, width: int, height: int) -> list[str]:
    to_bt709 = ",".join(
        [
            # swscale converts by BT.601 unless told; its default flags round carelessly.
            "scale=out_color_matrix=bt709:out_range=tv"
            ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp",
            "format=yuv420p",
            # Conversion sets the matrix alone; the other tags have to be said.
            "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
        ]
    )
    return [
        *("-f", "rawvideo"),
        *("-pixel_format", "rgb24"),
        *("-video_size", f"{width}x{height}"),
        *("-framerate", str(fps)),
        *("-i", "pipe:0"),
        *("-vf", to_bt709),
        *("-c:v", "libx264"),
        *("-qp", "0"),  # lossless
        *("-preset", "ultrafast"),  # the slower ones make it smaller, not better
        *("-threads", str(ENCODER_THREADS)),
        *("-fflags", "+bitexact"),  # no random identifiers, no dates
        f"file:{path}",
    ]

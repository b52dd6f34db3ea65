"""Clips: the frames of one segment, kept without loss until the film is encoded."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import repeat
from pathlib import Path

import cv2
import numpy as np

from songreel.errors import SongreelError
from songreel.film.interpolation import interpolate_frames
from songreel.film.size import TAGS
from songreel.media.ffmpeg import THREADS, frame_writer
from songreel.media.images import load_png
from songreel.media.memory import keep_freed_memory
from songreel.plan.inputs import clip_inputs
from songreel.plan.plan import ClipPlan
from songreel.storage.atomic import replacing
from songreel.storage.digests import file_digest
from songreel.storage.labels import label


def interpolate_clip(images: Sequence[Path], plan: ClipPlan, path: Path) -> None:
    """Write the clip of a segment.

    Args:
        images: PNGs of the segment's keyframes, and of the keyframe after them if there is one.
        plan: of the clip.
        path: the clip, ``.mkv``; it appears whole or not at all.

    Raises:
        SongreelError: an odd size, or the encoder failed.
    """
    keep_freed_memory()
    cv2.setNumThreads(THREADS)
    frames = clip_frames(images, plan)
    inputs = clip_inputs(plan, [file_digest(image) for image in images])
    write_clip(frames, plan.frame_count, path, plan.fps, plan.width, plan.height, inputs)


def clip_frames(images: Sequence[Path], plan: ClipPlan) -> Iterator[np.ndarray]:
    """The frames of a segment.

    Args:
        images: PNGs of the segment's keyframes, and of the keyframe after them if there is one.
        plan: of the clip.

    Yields:
        (height, width, 3) uint8 RGB.
    """
    yield from interpolate_frames(
        map(load_png, images),
        plan.keyframe_frames,
        plan.method,
        plan.paths,
        include_last=plan.include_last,
    )
    if plan.held_frames:
        yield from repeat(load_png(images[-1]), plan.held_frames)


def write_clip(
    frames: Iterable[np.ndarray],
    count: int,
    path: Path,
    fps: Fraction,
    width: int,
    height: int,
    inputs: str | None = None,
) -> None:
    """Write frames as a lossless clip: H.264 at quantiser 0, yuv444p, BT.709.

    This is the film's one conversion from RGB; every pixel keeps its colour, as the film may be
    larger. The frames stream through a pipe, one at a time.

    Args:
        frames: (height, width, 3) uint8 RGB.
        count: how many frames there must be.
        path: the clip, ``.mkv``; it appears whole or not at all.
        fps: frames per second.
        width: in pixels, even.
        height: in pixels, even.
        inputs: the digest of what the clip is made from, which it carries; None for none.

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
        frame_writer(_command(temporary, fps, width, height, inputs)) as write,
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


def _command(path: Path, fps: Fraction, width: int, height: int, inputs: str | None) -> list[str]:
    to_bt709 = ",".join(
        [
            # swscale converts by BT.601 unless told; its default flags round carelessly.
            "scale=out_color_matrix=bt709:out_range=tv"
            ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp",
            "format=yuv444p",
            TAGS,
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
        *("-threads", str(THREADS)),
        *(("-metadata", f"comment={label(inputs)}") if inputs else ()),
        *("-fflags", "+bitexact"),  # no random identifiers, no dates
        f"file:{path}",
    ]

"""Parts: the clips of a film, each encoded by itself, and kept for the next film of the song.

The film is its parts, one after the other. So an edit encodes only the clips that it touches, and
several are encoded side by side, without any influence on the frames.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from songreel.film.size import rgb_filters, size_filters
from songreel.media import ffmpeg
from songreel.media.ffmpeg import THREADS, frame_writer
from songreel.plan.inputs import part_inputs
from songreel.plan.plan import FilmPlan
from songreel.storage.atomic import replacing
from songreel.storage.labels import label, read_label

FOLDER = "parts"
"""In the folder of a song's results."""


def encode_parts(
    clips: Sequence[Path], plan: FilmPlan, size: tuple[int, int], folder: Path, at_once: int
) -> list[Path]:
    """Encode the clips of a film; a part that is there and made from just this clip is kept.

    Args:
        clips: lossless clips in order, each with another name.
        plan: of the film.
        size: width and height of the clips, in pixels.
        folder: of the parts; what else it holds is removed.
        at_once: how many are encoded side by side.

    Returns:
        a part for each clip: H.264, yuv420p, BT.709, at the film's size.

    Raises:
        FFmpegError: a clip is damaged, or a part cannot be written.
    """
    with ThreadPoolExecutor(at_once) as pool:
        parts = list(pool.map(lambda clip: encode_part(clip, plan, size, folder), clips))
    for other in set(folder.iterdir()) - set(parts):
        other.unlink()
    return parts


def encode_part(clip: Path, plan: FilmPlan, size: tuple[int, int], folder: Path) -> Path:
    """Encode a clip of a film, unless its part is there and made from just this clip.

    Args:
        clip: lossless.
        plan: of the film.
        size: width and height of the clip, in pixels.
        folder: of the parts.

    Returns:
        the part, as :func:`encode_parts` makes it.

    Raises:
        FFmpegError: the clip is damaged, or the part cannot be written.
    """
    part = folder / f"{clip.stem}.mp4"
    clip_label = read_label(clip)
    inputs = part_inputs(plan, clip_label)
    if clip_label is None or read_label(part) != inputs:
        _encode(clip, plan, size, part, inputs)
    return part


def write_part(frames: Iterable[np.ndarray], plan: FilmPlan, path: Path) -> None:
    """Encode frames to a part of a film, with no clip before it.

    Args:
        frames: (height, width, 3) uint8 RGB, of the film's size.
        plan: of the film.
        path: the part, ``.mp4``; it appears whole or not at all.

    Raises:
        FFmpegError: the part cannot be written.
    """
    source = [
        *("-f", "rawvideo", "-pixel_format", "rgb24"),
        *("-video_size", f"{plan.width}x{plan.height}"),
        *("-framerate", str(plan.fps), "-i", "pipe:0"),
    ]
    with (
        replacing(path) as temporary,
        frame_writer([*source, *_output(plan, rgb_filters(), temporary)]) as write,
    ):
        for frame in frames:
            write(frame)


def _encode(clip: Path, plan: FilmPlan, size: tuple[int, int], part: Path, inputs: str) -> None:
    source = [
        "-xerror",  # fail on a damaged clip instead of filling its gaps
        *("-r", str(plan.fps)),  # exact times: Matroska's are whole milliseconds
        *("-i", f"file:{clip}"),
        *("-map_metadata", "-1"),
        *("-metadata", f"comment={label(inputs)}"),
    ]
    with replacing(part) as temporary:
        ffmpeg.run([*source, *_output(plan, size_filters(plan, *size), temporary)])


def _output(plan: FilmPlan, filters: Sequence[str], path: Path) -> list[str]:
    return [
        *("-vf", ",".join(filters)),
        *("-c:v", "libx264"),
        *("-profile:v", "high"),  # every player decodes it; lossless clips have another
        *("-crf", str(plan.crf)),
        *("-preset", plan.preset),
        # x264 saves on colour: without this, flat patches are up to 6 levels off.
        *("-x264-params", "chroma-qp-offset=-6"),
        *("-threads:v", str(THREADS)),
        *("-fps_mode", "passthrough"),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact"),
        *("-movflags", "+faststart"),  # the label before the pictures
        f"file:{path}",
    ]

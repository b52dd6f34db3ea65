"""The film's size: how ffmpeg brings the frames of the clips to it, and to the film's colours."""

import re
from pathlib import Path

from songreel.errors import SongreelError
from songreel.media import ffmpeg
from songreel.plan.plan import FilmPlan

TAGS = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
"""Conversion sets the matrix alone; the other tags have to be said."""

SCALING = "flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp"


def size_filters(plan: FilmPlan, width: int, height: int) -> list[str]:
    """Return the filters of ffmpeg from a clip's frames, yuv444p in BT.709, to the film's, yuv420p.

    Frames of another size are scaled by Lanczos. Of another shape, they come between black bars or
    are cropped, as the plan says.

    Args:
        plan: of the film.
        width: of the clips, in pixels.
        height: of the clips, in pixels.
    """
    size, fitted = (plan.width, plan.height), plan.fitted_size(width, height)
    matrix = "in_color_matrix=bt709:out_color_matrix=bt709:in_range=tv:out_range=tv"
    to_size = "crop={}:{}" if plan.fit == "crop" else "pad={}:{}:-1:-1:black"
    return [
        f"scale={fitted[0]}:{fitted[1]}:{SCALING}:{matrix}",
        "format=yuv420p",
        *([] if fitted == size else [to_size.format(*size)]),
        "setsar=1",
        TAGS,
    ]


def rgb_filters() -> list[str]:
    """Return the filters of ffmpeg from RGB frames of the film's size to the film's yuv420p."""
    # swscale converts by BT.601 unless told; its default flags round carelessly.
    to_bt709 = f"scale=out_color_matrix=bt709:out_range=tv:{SCALING}"
    return [to_bt709, "format=yuv420p", "setsar=1", TAGS]


def clip_size(clip: Path) -> tuple[int, int]:
    """Width and height of a clip, in pixels.

    Raises:
        SongreelError: it is damaged.
    """
    header = ffmpeg.run(["-loglevel", "info", "-i", f"file:{clip}", "-t", "0", "-f", "null", "-"])
    found = re.search(r"Video: .*? (\d+)x(\d+)\b", header)
    if found is None:
        raise SongreelError(f"{clip}: this clip is damaged; delete it and run again")
    return int(found[1]), int(found[2])

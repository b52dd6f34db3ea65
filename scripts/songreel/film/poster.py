"""The poster: the picture that players and file managers show before the film plays."""

from collections.abc import Sequence
from pathlib import Path

from songreel.film.size import size_filters
from songreel.media import ffmpeg
from songreel.plan.plan import FilmPlan


def save_poster(clips: Sequence[Path], plan: FilmPlan, width: int, height: int, path: Path) -> None:
    """Save the film's frame that its plan names, at the film's size.

    Args:
        clips: of the film, in order.
        plan: of the film.
        width: of the clips, in pixels.
        height: of the clips, in pixels.
        path: of the picture, ``.jpg``.

    Raises:
        FFmpegError: the clip is damaged.
    """
    frame, clip = plan.poster, 0
    while frame >= plan.frame_counts[clip]:
        frame -= plan.frame_counts[clip]
        clip += 1
    filters = [
        f"select=eq(n\\,{frame})",
        *size_filters(plan, width, height),
        # JPEG has the full range of BT.601.
        "scale=in_color_matrix=bt709:out_color_matrix=bt601:in_range=tv:out_range=pc",
        "format=yuvj420p",
    ]
    ffmpeg.run(
        [
            *("-i", f"file:{clips[clip]}"),
            *("-vf", ",".join(filters)),
            *("-frames:v", "1", "-q:v", "3"),
            *("-flags:v", "+bitexact"),
            *("-f", "mjpeg", f"file:{path}"),
        ]
    )

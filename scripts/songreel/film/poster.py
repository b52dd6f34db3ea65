"""The poster: the picture that players and file managers show before the film plays."""

from collections.abc import Sequence
from pathlib import Path

from songreel.media import ffmpeg
from songreel.plan.plan import FilmPlan


def save_poster(parts: Sequence[Path], plan: FilmPlan, path: Path) -> None:
    """Save the film's frame that its plan names.

    Args:
        parts: of the film, in order.
        plan: of the film.
        path: of the picture, ``.jpg``.

    Raises:
        FFmpegError: the part is damaged.
    """
    frame, part = plan.poster, 0
    while frame >= plan.frame_counts[part]:
        frame -= plan.frame_counts[part]
        part += 1
    filters = [
        f"select=eq(n\\,{frame})",
        # JPEG has the full range of BT.601.
        "scale=in_color_matrix=bt709:out_color_matrix=bt601:in_range=tv:out_range=pc",
        "format=yuvj420p",
    ]
    ffmpeg.run(
        [
            *("-i", f"file:{parts[part]}"),
            *("-vf", ",".join(filters)),
            *("-frames:v", "1", "-q:v", "3"),
            *("-flags:v", "+bitexact"),
            *("-f", "mjpeg", f"file:{path}"),
        ]
    )

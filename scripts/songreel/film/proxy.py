"""The proxy: a film small enough to be carried inside a page."""

from fractions import Fraction
from pathlib import Path

from songreel.errors import SongreelError
from songreel.media import ffmpeg

AUDIO_BITRATE = 64_000
"""Bits per second; of a film that is hours long, a third of what there is."""

BITS_PER_PIXEL = 0.04
"""Of H.264 at which a moving picture still looks whole; fewer bits get fewer pixels."""

SMALLEST_SIDE, LARGEST_SIDE = 160, 640
"""Pixels of the longer side."""

LEAST_BITS_PER_PIXEL = 0.02
"""Below which nothing can be seen."""

QUALITY = 24
"""x264's constant rate factor, where that takes less than there is room for."""

SAFETY = 0.92
"""Share of the size that is aimed at: a rate is kept on average only."""


def write_proxy(
    film: Path, duration: Fraction, fps: Fraction, width: int, height: int, limit: int, path: Path
) -> None:
    """Encode a film again so that it has at most a number of bytes, and fewer where they suffice.

    Args:
        film: as :mod:`songreel.film.film` makes it.
        duration: of the film, in seconds.
        fps: frames per second.
        width: of the film, in pixels.
        height: of the film, in pixels.
        limit: bytes that the proxy may have.
        path: the proxy, ``.mp4``.

    Raises:
        FFmpegError: the film cannot be read.
        SongreelError: the film is too long for so few bytes.
    """
    share = SAFETY
    for _ in range(3):
        rate = 8 * limit * share / float(duration)
        audio = min(AUDIO_BITRATE, rate / 3)
        side = _side(rate - audio, fps, width, height)
        pixels = side * side * min(width, height) / max(width, height)
        if rate - audio < LEAST_BITS_PER_PIXEL * pixels * float(fps):
            break
        _encode(film, rate - audio, audio, side, path)
        if path.stat().st_size <= limit:
            return
        share *= SAFETY * limit / path.stat().st_size
    raise SongreelError(
        f"{film}: a film of {float(duration) / 60:.0f} minutes does not fit into "
        f"{limit / 1e6:.1f} MB"
    )


def _side(rate: float, fps: Fraction, width: int, height: int) -> int:
    """The longer side in pixels, even, for which the rate suffices, never more than the film's."""
    pixels = rate / (BITS_PER_PIXEL * float(fps))
    longer, shorter = max(width, height), min(width, height)
    fitting = (pixels * longer / shorter) ** 0.5
    return int(min(longer, LARGEST_SIDE, max(SMALLEST_SIDE, fitting))) // 2 * 2


def _encode(film: Path, video_rate: float, audio_rate: float, side: int, path: Path) -> None:
    scale = f"scale='if(gt(iw,ih),{side},-2)':'if(gt(iw,ih),-2,{side})':flags=lanczos"
    ffmpeg.run(
        [
            *("-i", f"file:{film}"),
            *("-map", "0:v:0", "-map", "0:a?"),
            *("-vf", scale),
            *("-c:v", "libx264", "-preset", "veryfast"),
            *("-crf", str(QUALITY)),
            *("-maxrate", f"{video_rate:.0f}", "-bufsize", f"{2 * video_rate:.0f}"),
            *("-threads:v", str(ffmpeg.THREADS)),
            *("-c:a", "aac", "-b:a", f"{audio_rate:.0f}", "-ac", "2"),
            *("-map_metadata", "-1"),
            *("-movflags", "+faststart", "-fflags", "+bitexact"),
            f"file:{path}",
        ]
    )

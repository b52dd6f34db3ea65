"""A film as a GIF, to post where films cannot be."""

import os
from pathlib import Path

from songreel.media import ffmpeg

LONGEST = 30
"""Seconds of film; a GIF has no compression worth the name."""

FRAMES = 10  # per second

SIDE = 480  # pixels at most


def write_gif(film: Path, gif: Path) -> None:
    """Write the beginning of a film as a GIF that repeats for ever, whole or not at all.

    Args:
        film: its file.
        gif: to be written.

    Raises:
        FFmpegError: the film cannot be read.
    """
    size = f"scale='min({SIDE},iw)':'min({SIDE},ih)':force_original_aspect_ratio=decrease"
    colours = "split[a][b];[a]palettegen[p];[b][p]paletteuse"
    partial = gif.with_name(f".{gif.name}")
    ffmpeg.run(
        ["-i", f"file:{film}", "-t", str(LONGEST), "-an"]
        + ["-vf", f"fps={FRAMES},{size},{colours}", "-loop", "0", "-f", "gif", str(partial)]
    )
    os.replace(partial, gif)

"""The waveform of an audio file: how loud it is, part by part."""

from pathlib import Path

import numpy as np

from songreel.media import ffmpeg
from songreel.media.audio import input_arguments

WAVEFORM_RATE = 8000
"""Samples per second that a waveform is drawn from."""


def read_waveform(path: Path, duration: float, count: int) -> np.ndarray:
    """How loud a file is in each of ``count`` equal parts of a time.

    Args:
        path: of a file with audio.
        duration: of the whole time, in seconds; where the audio is shorter, silence follows.
        count: of the parts, > 0.

    Returns:
        (count,) float: the greatest amplitude of each part, 0–1, all channels mixed into one.

    Raises:
        FFmpegError: the file cannot be read.
    """
    samples = b"".join(
        ffmpeg.read_bytes(
            [
                *("-t", f"{duration:.3f}"),
                *input_arguments(path),
                *("-map", "0:a:0"),
                *("-ac", "1", "-ar", str(WAVEFORM_RATE)),
                *("-f", "s16le", "-"),
            ],
            1 << 20,
        )
    )
    amplitude = np.abs(np.frombuffer(samples, "<i2").astype(np.float32)) / 2**15
    each = max(1, round(duration * WAVEFORM_RATE / count))
    padded = np.zeros(each * count, np.float32)
    kept = amplitude[: padded.size]
    padded[: kept.size] = kept
    return padded.reshape(count, each).max(axis=1)

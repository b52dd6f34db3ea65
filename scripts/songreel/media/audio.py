"""Probing of audio files, and their waveform."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from songreel.errors import SongreelError
from songreel.media import ffmpeg

WAVEFORM_RATE = 8000
"""Samples per second that a waveform is drawn from."""


@dataclass(frozen=True)
class AudioStream:
    """The first audio stream of a file.

    Attributes:
        duration: in seconds.
        codec: ffmpeg's name for it, such as ``aac``, ``mp3``, ``vorbis``, ``pcm_s16le``.
        channels: number of channels.
        sample_rate: samples per second.
    """

    duration: Fraction
    codec: str
    channels: int
    sample_rate: int


def probe_audio(path: Path) -> AudioStream:
    """Read the header and the first samples of an audio file.

    The header gives the duration in hundredths of a second. The whole audio is decoded only where
    the header has no duration or an estimated one (an MP3 or AAC stream without an index), or
    where the file has a video stream, which may be longer.

    Raises:
        SongreelError: the file is missing, cannot be read, or has no audio.
    """
    if not path.is_file():
        raise SongreelError(f"{path}: there is no such audio file")
    first_audio_stream = ["-i", f"file:{path}", "-map", "0:a:0"]
    unreadable = SongreelError(
        f"{path}: this audio file cannot be read; "
        "export the song again, as WAV, FLAC, Ogg, MP3 or M4A"
    )
    try:
        log = ffmpeg.run(
            [
                *("-loglevel", "info"),
                *first_audio_stream,
                *("-frames:a", "1"),
                # Logs the number of channels; the stream's own line has only their layout's name.
                *("-af", "ashowinfo"),
                *("-f", "null", "-"),
            ]
        )
        codec = re.search(r"^  Stream #0:.*: Audio: (\w+)", log, re.MULTILINE)
        samples = re.search(r"^\[Parsed_ashowinfo.* channels:(\d+) .*rate:(\d+)", log, re.MULTILINE)
        if codec is None or samples is None:  # a header without samples
            raise unreadable
        video = re.search(r"^  Stream #0:.*: Video: (?!.*\(attached pic\))", log, re.MULTILINE)
        duration = ffmpeg.header_duration(log)
        if duration is None or video or "Estimating duration" in log:
            duration = _decoded_duration(first_audio_stream)
    except ffmpeg.FFmpegError as error:
        if "matches no streams" in error.log:
            raise SongreelError(f"{path}: there is no audio in this file") from error
        raise unreadable from error
    return AudioStream(duration, codec[1], channels=int(samples[1]), sample_rate=int(samples[2]))


def _decoded_duration(input_arguments: list[str]) -> Fraction:
    """Decode the whole audio and return its duration in seconds."""
    lines = ffmpeg.read_lines([*input_arguments, *("-f", "null"), *("-progress", "pipe:1"), "-"])
    *_, last = (line for line in lines if re.fullmatch(r"out_time_us=\d+", line))
    return Fraction(int(last.removeprefix("out_time_us=")), 1_000_000)


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
                *("-i", f"file:{path}"),
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

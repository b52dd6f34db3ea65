"""Probing of audio files."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from songreel.errors import SongreelError
from songreel.media import ffmpeg


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
    try:
        log = ffmpeg.run(
            [
                *("-loglevel", "info"),
                *first_audio_stream,
                *("-frames:a", "1"),
                *(
                    "-af",
                    "ashowinfo",
                ),  # logs the number of channels; the stream's line has only a name
                *("-f", "null", "-"),
            ]
        )
        codec = re.search(r"^  Stream #0:.*: Audio: (\w+)", log, re.MULTILINE)
        header = re.search(r"^  Duration: (\d+):(\d+):(\d+\.\d+)", log, re.MULTILINE)
        decoded = re.search(r"^\[Parsed_ashowinfo.* channels:(\d+) .*rate:(\d+)", log, re.MULTILINE)
        video = re.search(r"^  Stream #0:.*: Video: (?!.*\(attached pic\))", log, re.MULTILINE)
        if header is None or video or "Estimating duration" in log:
            duration = _decoded_duration(first_audio_stream)
        else:
            hours, minutes, seconds = header.groups()
            duration = (int(hours) * 60 + int(minutes)) * 60 + Fraction(seconds)
    except ffmpeg.FFmpegError as error:
        if "matches no streams" in error.log:
            raise SongreelError(f"{path}: there is no audio in this file") from error
        raise SongreelError(
            f"{path}: this audio file cannot be read; "
            "export the song again, as WAV, FLAC, Ogg, MP3 or M4A"
        ) from error
    return AudioStream(duration, codec[1], channels=int(decoded[1]), sample_rate=int(decoded[2]))


def _decoded_duration(input_arguments: list[str]) -> Fraction:
    """Decode the whole audio and return its duration in seconds."""
    lines = ffmpeg.read_lines([*input_arguments, *("-f", "null"), *("-progress", "pipe:1"), "-"])
    *_, last = (line for line in lines if re.fullmatch(r"out_time_us=\d+", line))
    return Fraction(int(last.removeprefix("out_time_us=")), 1_000_000)

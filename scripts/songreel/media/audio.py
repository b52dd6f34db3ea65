"""What is known of a song's sound file."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from songreel.errors import SongreelError
from songreel.media import ffmpeg


@dataclass(frozen=True)
class Sound:
    """The first audio stream of a file.

    Attributes:
        duration: in seconds.
        codec: ffmpeg's name of it, such as ``aac``, ``mp3``, ``vorbis``, ``pcm_s16le``.
        channels: how many.
        sample_rate: samples per second.
    """

    duration: Fraction
    codec: str
    channels: int
    sample_rate: int


def probe_sound(path: Path) -> Sound:
    """Look into a sound file: its header and its first samples.

    The header's duration is to a hundredth of a second. Only where a file has none or a guessed
    one (an MP3 or AAC stream without an index), or has moving pictures that may be longer, the
    whole sound is decoded.

    Raises:
        SongreelError: there is no such file, it cannot be read, or it has no sound.
    """
    if not path.is_file():
        raise SongreelError(f"{path}: there is no such sound file")
    first_sound = ["-i", f"file:{path}", "-map", "0:a:0"]
    try:
        log = ffmpeg.run(
            [
                *("-loglevel", "info"),
                *first_sound,
                *("-frames:a", "1"),
                *("-af", "ashowinfo"),  # the log's stream line has a layout's name, no number
                *("-f", "null", "-"),
            ]
        )
        codec = re.search(r"^  Stream #0:.*: Audio: (\w+)", log, re.MULTILINE)
        header = re.search(r"^  Duration: (\d+):(\d+):(\d+\.\d+)", log, re.MULTILINE)
        decoded = re.search(r"^\[Parsed_ashowinfo.* channels:(\d+) .*rate:(\d+)", log, re.MULTILINE)
        film = re.search(r"^  Stream #0:.*: Video: (?!.*\(attached pic\))", log, re.MULTILINE)
        if header is None or film or "Estimating duration" in log:
            duration = _decoded_duration(first_sound)
        else:
            hours, minutes, seconds = header.groups()
            duration = (int(hours) * 60 + int(minutes)) * 60 + Fraction(seconds)
    except ffmpeg.FFmpegError as error:
        if "matches no streams" in error.log:
            raise SongreelError(f"{path}: there is no sound in this file") from error
        raise SongreelError(
            f"{path}: this is no sound file that can be read; "
            "export the song again, as WAV, FLAC, Ogg, MP3 or M4A"
        ) from error
    return Sound(duration, codec[1], channels=int(decoded[1]), sample_rate=int(decoded[2]))


def _decoded_duration(first_sound: list[str]) -> Fraction:
    """Decode everything and see how long it was, in seconds."""
    progress = ffmpeg.read_lines([*first_sound, *("-f", "null"), *("-progress", "pipe:1"), "-"])
    *_, microseconds = (line for line in progress if re.fullmatch(r"out_time_us=\d+", line))
    return Fraction(int(microseconds.removeprefix("out_time_us=")), 1_000_000)

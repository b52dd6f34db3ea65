"""Sound files for tests, made by ffmpeg without the code that is tested."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def ffmpeg(*arguments: str | Path) -> bytes:
    """Run ffmpeg; return its stdout."""
    command = [FFMPEG, "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def write_tone(path: Path, seconds: float, *encoding: str) -> Path:
    """Write a tone of so many seconds, with the arguments of its encoder."""
    ffmpeg("-f", "lavfi", "-i", f"sine=440:duration={seconds}", *encoding, path)
    return path


def samples(file: Path, rate: int = 44100) -> np.ndarray:
    """A file's audio, mixed down to one channel."""
    raw = ffmpeg("-i", file, "-map", "0:a:0", "-ac", "1", "-ar", str(rate), "-f", "f32le", "-")
    return np.frombuffer(raw, np.float32)


def audible_from(file: Path) -> float:
    """When a file's audio is heard first, in seconds."""
    return float(np.flatnonzero(np.abs(samples(file)) > 0.05)[0] / 44100)


def replace_middle(path: Path, content: bytes) -> None:
    """Write other bytes over those in the middle of a file."""
    data = path.read_bytes()
    at = len(data) // 2
    path.write_bytes(data[:at] + content + data[at + len(content) :])

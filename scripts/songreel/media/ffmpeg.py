"""ffmpeg as a child process: always the one imageio-ffmpeg brings, always ended, always checked."""

import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import imageio_ffmpeg
import numpy as np

from songreel.errors import SongreelError

# x264's bytes depend on its number of threads; a fixed one makes the same film on every machine.
ENCODER_THREADS = 4

LAST_WORDS = 2_000  # characters of ffmpeg's log that an error quotes


class FFmpegError(SongreelError):
    """ffmpeg failed; the text has the command and ffmpeg's last words.

    Args:
        command: the command line, program first.
        status: its exit status; negative for the signal that ended it.
        log: what it wrote to stderr.
    """

    def __init__(self, command: Sequence[str], status: int, log: str):
        self.log = log.strip()
        super().__init__(
            f"ffmpeg failed with exit status {status}.\n"
            f"Command: {shlex.join(command)}\n"
            f"{self.log[-LAST_WORDS:] or '(it said nothing)'}"
        )


def run(arguments: Sequence[str]) -> str:
    """Run ffmpeg to its end.

    Args:
        arguments: everything after the program's name.

    Returns:
        what it wrote to stderr: warnings, unless ``-loglevel`` asks for more.

    Raises:
        FFmpegError: its exit status is not 0.
    """
    command = _command(arguments)
    finished = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    log = finished.stderr.decode(errors="replace")
    if finished.returncode != 0:
        raise FFmpegError(command, finished.returncode, log)
    return log


def read_lines(arguments: Sequence[str]) -> Iterator[str]:
    """The lines that ffmpeg writes to stdout, as they come.

    Raises:
        FFmpegError: its exit status is not 0; after the last line.
    """
    with _running(arguments, stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            yield line.decode().rstrip("\n")


def read_frames(arguments: Sequence[str], width: int, height: int) -> Iterator[np.ndarray]:
    """The frames that ffmpeg writes to stdout as raw rgb24, one in memory at a time.

    Yields:
        (height, width, 3) uint8 RGB, read-only.

    Raises:
        FFmpegError: its exit status is not 0; after the last frame.
    """
    with _running(arguments, stdout=subprocess.PIPE) as process:
        while frame := process.stdout.read(width * height * 3):
            yield np.frombuffer(frame, np.uint8).reshape(height, width, 3)


@contextmanager
def frame_writer(arguments: Sequence[str]) -> Iterator[Callable[[np.ndarray], None]]:
    """Feed raw rgb24 frames to an ffmpeg that reads ``pipe:0``.

    Yields:
        a function that hands over one (height, width, 3) uint8 RGB frame.

    Raises:
        FFmpegError: its exit status is not 0.
    """
    with _running(arguments, stdin=subprocess.PIPE) as process:

        def write(frame: np.ndarray) -> None:
            process.stdin.write(np.ascontiguousarray(frame).data)

        try:
            yield write
        finally:
            with suppress(BrokenPipeError):  # its exit status tells more
                process.stdin.close()


@contextmanager
def _running(
    arguments: Sequence[str], stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen]:
    """Run ffmpeg for as long as the block lasts.

    At the end of the block its end is awaited and its exit status checked. It is killed when the
    block is left by an exception. Its stderr goes to a file, which unlike a pipe never fills up and
    stops it.
    """
    command = _command(arguments)
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=log) as process,
    ):
        ended_early = False
        try:
            yield process
        except BrokenPipeError:
            ended_early = True  # before it had read everything: its log says why
        except BaseException:
            process.kill()
            raise
        if process.wait() != 0 or ended_early:
            log.seek(0)
            raise FFmpegError(command, process.returncode, log.read().decode(errors="replace"))


def _command(arguments: Sequence[str]) -> list[str]:
    return [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner",
        "-nostdin",
        "-y",
        *("-loglevel", "warning"),
        *arguments,
    ]

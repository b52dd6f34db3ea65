"""ffmpeg as a child process: started, ended, and its exit status checked.

It is always the program that the package imageio-ffmpeg brings.
"""

import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction

import imageio_ffmpeg
import numpy as np

from songreel.errors import SongreelError

# Jobs ask for one thread each. x264's output depends on its number, too.
THREADS = 1

QUOTED_LOG_LENGTH = 2_000  # characters, from the end of ffmpeg's log


class FFmpegError(SongreelError):
    """ffmpeg failed; the text has the command and the end of ffmpeg's log.

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
            f"{self.log[-QUOTED_LOG_LENGTH:] or '(its log is empty)'}"
        )


def run(arguments: Sequence[str]) -> str:
    """Run ffmpeg until it exits.

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


def header_duration(log: str) -> Fraction | None:
    """Find the duration of the first input in a log of level ``info``.

    Returns:
        seconds, to the hundredth; None where the file's header has no duration.
    """
    match = re.search(r"^  Duration: (\d+):(\d+):(\d+\.\d+)", log, re.MULTILINE)
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return (int(hours) * 60 + int(minutes)) * 60 + Fraction(seconds)


def read_lines(arguments: Sequence[str]) -> Iterator[str]:
    """Run ffmpeg and read the lines that it writes to stdout, as they come.

    Args:
        arguments: everything after the program's name.

    Yields:
        a line without its line break.

    Raises:
        FFmpegError: its exit status is not 0; after the last line.
    """
    with _running(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout
        for line in process.stdout:
            yield line.decode().rstrip("\n")


def read_frames(arguments: Sequence[str], width: int, height: int) -> Iterator[np.ndarray]:
    """Run ffmpeg and read the frames that it writes to stdout as raw rgb24, one at a time.

    Args:
        arguments: everything after the program's name.
        width: of a frame, in pixels.
        height: of a frame, in pixels.

    Yields:
        (height, width, 3) uint8 RGB, read-only.

    Raises:
        FFmpegError: its exit status is not 0; after the last frame.
    """
    with _running(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout
        while frame := process.stdout.read(width * height * 3):
            yield np.frombuffer(frame, np.uint8).reshape(height, width, 3)


@contextmanager
def frame_writer(arguments: Sequence[str]) -> Iterator[Callable[[np.ndarray], None]]:
    """Run ffmpeg and send raw rgb24 frames to its input ``pipe:0``.

    Args:
        arguments: everything after the program's name.

    Yields:
        ``write(frame)``, which sends one (height, width, 3) uint8 RGB frame.

    Raises:
        FFmpegError: its exit status is not 0.
    """
    with _running(arguments, stdin=subprocess.PIPE) as process:
        stdin = process.stdin
        assert stdin

        def write(frame: np.ndarray) -> None:
            stdin.write(np.ascontiguousarray(frame).data)

        try:
            yield write
        finally:
            with suppress(BrokenPipeError):  # the exit status says why
                stdin.close()


@contextmanager
def _running(
    arguments: Sequence[str], stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen]:
    """Run ffmpeg during a block.

    The end of the block waits for its exit and checks its exit status. An exception in the block
    kills it. Its stderr goes to a file: a pipe that nobody reads would fill up and block it.
    """
    command = _command(arguments)
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=log) as process,
    ):
        exited_early = False
        try:
            yield process
        except BrokenPipeError:
            exited_early = True  # before it had read all of its input: its log says why
        except BaseException:
            process.kill()
            raise
        if process.wait() != 0 or exited_early:
            log.seek(0)
            raise FFmpegError(command, process.returncode, log.read().decode(errors="replace"))


def _command(arguments: Sequence[str]) -> list[str]:
    return [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner",
        "-nostdin",
        "-y",
        *("-loglevel", "warning"),
        *("-filter_threads", str(THREADS)),
        *("-threads", str(THREADS)),  # of the first input's decoder
        *arguments,
    ]

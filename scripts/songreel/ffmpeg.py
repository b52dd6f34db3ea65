"""ffmpeg as a child process: always the one imageio-ffmpeg brings, always ended, always checked."""

import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import imageio_ffmpeg
import numpy as np

from songreel.errors import SongreelError

# x264's bytes depend on its number of threads; a fixed one makes the same film on every machine.
# More than four hardly speed up pictures of 512 lines.
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
        self.log = log
        super().__init__(
            f"ffmpeg failed with exit status {status}.\n"
            f"Command: {shlex.join(command)}\n"
            f"{log.strip()[-LAST_WORDS:] or '(it said nothing)'}"
        )


@contextmanager
def running(
    arguments: Sequence[str], stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen]:
    """Run ffmpeg for as long as the block lasts.

    At the end of the block its stdin is closed and its end awaited. It is killed when the block is
    left by an exception. Its stderr goes to a file, so that it can never fill a pipe and hang.

    Args:
        arguments: everything after the program's name.
        stdin, stdout: as for ``subprocess.Popen``; pipes carry bytes.

    Raises:
        FFmpegError: its exit status is not 0.
    """
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner",
        "-nostdin",
        *("-loglevel", "warning"),
        "-y",
        *arguments,
    ]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=log) as process,
    ):
        try:
            yield process
            if process.stdin:
                process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before it had read everything: its status and log say why
        except BaseException:
            process.kill()
            raise
        status = process.wait()
        if status != 0:
            log.seek(0)
            raise FFmpegError(command, status, log.read().decode(errors="replace"))


def run(arguments: Sequence[str]) -> None:
    """Run ffmpeg to its end.

    Raises:
        FFmpegError: its exit status is not 0.
    """
    with running(arguments):
        pass


def read_lines(arguments: Sequence[str]) -> Iterator[str]:
    """The lines that ffmpeg writes to stdout, as they come.

    Raises:
        FFmpegError: its exit status is not 0; after the last line.
    """
    with running(arguments, stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            yield line.decode().rstrip("\n")


def read_frames(arguments: Sequence[str], width: int, height: int) -> Iterator[np.ndarray]:
    """The frames that ffmpeg writes to stdout as raw rgb24, one in memory at a time.

    Yields:
        (height, width, 3) uint8 RGB, read-only.

    Raises:
        FFmpegError: its exit status is not 0; after the last frame.
    """
    with running(arguments, stdout=subprocess.PIPE) as process:
        while frame := process.stdout.read(width * height * 3):
            yield np.frombuffer(frame, np.uint8).reshape(height, width, 3)


@contextmanager
def frame_writer(arguments: Sequence[str]) -> Iterator["FrameWriter"]:
    """Feed frames to an ffmpeg that reads raw rgb24 from ``pipe:0``.

    Raises:
        FFmpegError: its exit status is not 0.
    """
    with running(arguments, stdin=subprocess.PIPE) as process:
        yield FrameWriter(process)


class FrameWriter:
    """The pipe into a running ffmpeg."""

    def __init__(self, process: subprocess.Popen):
        self._pipe = process.stdin

    def write(self, frame: np.ndarray) -> None:
        """Hand over one frame: (height, width, 3) uint8 RGB."""
        self._pipe.write(np.ascontiguousarray(frame).data)
        self._pipe.flush()  # a broken pipe shows here, not when it is closed

"""ffmpeg as a child process: started, ended, and its exit status checked.

It is the program that the package imageio-ffmpeg brings, or the one that the environment variable
``IMAGEIO_FFMPEG_EXE`` names.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING

import imageio_ffmpeg

from songreel.errors import SongreelError
from songreel.storage.digests import DigestMemo

if TYPE_CHECKING:
    import numpy as np

# Of every ffmpeg; a job that asks for more runs several. x264's output depends on it, too.
THREADS = 1

QUOTED_LOG_LENGTH = 2_000  # characters, from the end of ffmpeg's log

OLDEST_VERSION = (6, 1)  # the first that knows -enc_time_base demux

ENCODERS = (
    *("aac", "gif", "libwebp_anim", "libx264", "mjpeg", "pcm_f32le", "pcm_s16le", "pcm_s32le"),
    "rawvideo",
)

FILTERS = (
    *("apad", "aresample", "asetpts", "atrim", "crop", "format", "fps", "minterpolate", "pad"),
    *("palettegen", "paletteuse", "scale", "select", "setparams", "setsar", "split", "tpad"),
)

HANDLED_SIGNAL = 255
"""Ffmpeg's exit status when it is told to end; it is that of "not permitted", too."""

CHOICE = "IMAGEIO_FFMPEG_EXE"
"""The environment variable by which imageio-ffmpeg takes another program than its own."""


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


class FFmpegKilledError(SongreelError):
    """ffmpeg was ended by a signal, which says nothing about the files that it read.

    Args:
        cause: the name of the signal.
    """

    def __init__(self, cause: str):
        super().__init__(
            f"ffmpeg was ended from outside ({cause}), by somebody or because the memory was "
            "full; run the same command again. What is finished is kept."
        )


def program_digest(memo: DigestMemo) -> str:
    """Make sure that ffmpeg is there and can do all that a film needs.

    Args:
        memo: by which a program is asked only once.

    Returns:
        SHA-256 (hex) of the program.

    Raises:
        SongreelError: it is missing, does not start, is too old or lacks an encoder or a filter.
    """
    program = Path(shutil.which(_program()) or _program())
    chosen = f"{CHOICE}={program}" if os.environ.get(CHOICE) else str(program)
    try:
        problem = json.loads(memo.measured("ffmpeg 3", program, lambda: _program_problem(program)))
        digest = memo.file_digest(program)
    except OSError as error:
        problem = f"this program cannot be started ({error.strerror})"
        digest = ""
    if problem:
        remedy = (
            f"unset {CHOICE}, and the ffmpeg that comes with Songreel is taken"
            if os.environ.get(CHOICE)
            else "install the package imageio-ffmpeg again"
        )
        raise SongreelError(f"{chosen}: {problem}; {remedy}")
    return digest


def _program_problem(program: Path) -> str:
    """Ask a program for what is needed; what it lacks, or null, as JSON."""

    def ask(*arguments: str) -> str:
        finished = subprocess.run(
            [program, "-hide_banner", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return finished.stdout.decode(errors="replace")

    told = re.match(r"ffmpeg version (\S+)", ask("-version"))
    if told is None:
        return json.dumps("this program is not ffmpeg")
    number = re.match(r"n?(\d+)\.(\d+)", told[1])  # a development version has none
    if number and (int(number[1]), int(number[2])) < OLDEST_VERSION:
        oldest = ".".join(map(str, OLDEST_VERSION))
        return json.dumps(f"this is ffmpeg {told[1]}, and Songreel needs {oldest} or newer")
    for kind, needed in (("encoder", ENCODERS), ("filter", FILTERS)):
        listed = set(ask(f"-{kind}s").split())
        for name in needed:
            if name not in listed:
                return json.dumps(f"this ffmpeg ({told[1]}) has no {kind} {name}")
    return json.dumps(None)


def run(arguments: Sequence[str], stdin: int | IO[bytes] = subprocess.DEVNULL) -> str:
    """Run ffmpeg until it exits.

    Args:
        arguments: everything after the program's name.
        stdin: what it reads as ``pipe:0``; nothing unless given.

    Returns:
        what it wrote to stderr: warnings, unless ``-loglevel`` asks for more.

    Raises:
        FFmpegKilledError: a signal ended it.
        FFmpegError: its exit status is not 0.
    """
    command = _command(arguments)
    with _startable(command):
        finished = subprocess.run(
            command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
    log = finished.stderr.decode(errors="replace")
    if finished.returncode != 0:
        raise _failure(command, finished.returncode, log)
    return log


def _failure(command: Sequence[str], status: int, log: str) -> SongreelError:
    """The error of a program that ended with this status, negative for a signal."""
    if status < 0:
        return FFmpegKilledError(signal.Signals(-status).name)
    if status == HANDLED_SIGNAL and os.strerror(errno.EPERM) not in log:
        return FFmpegKilledError("SIGTERM or SIGINT")
    return FFmpegError(command, status, log)


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


def read_lines(
    arguments: Sequence[str], on_log: Callable[[str], None] | None = None
) -> Iterator[str]:
    """Run ffmpeg and read the lines that it writes to stdout, as they come.

    Args:
        arguments: everything after the program's name.
        on_log: called with what it wrote to stderr; after the last line.

    Yields:
        a line without its line break.

    Raises:
        FFmpegKilledError: a signal ended it.
        FFmpegError: its exit status is not 0; after the last line.
    """
    with _running(arguments, stdout=subprocess.PIPE, on_log=on_log) as process:
        assert process.stdout
        for line in process.stdout:
            if line.endswith(b"\n"):  # else ffmpeg was ended in the midst of it
                yield line.decode().rstrip("\n")


@contextmanager
def output_of(arguments: Sequence[str]) -> Iterator[IO[bytes]]:
    """Run ffmpeg while another program reads what it writes to stdout.

    The reader may stop before the end.

    Args:
        arguments: everything after the program's name.

    Yields:
        its stdout.

    Raises:
        FFmpegError: it failed, but not for want of a reader.
    """
    try:
        with _running(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout
            yield process.stdout
            process.stdout.close()
    except FFmpegError as error:
        if os.strerror(errno.EPIPE) not in error.log:
            raise


def read_frames(arguments: Sequence[str], width: int, height: int) -> Iterator[np.ndarray]:
    """Run ffmpeg and read the frames that it writes to stdout as raw rgb24, one at a time.

    Args:
        arguments: everything after the program's name.
        width: of a frame, in pixels.
        height: of a frame, in pixels.

    Yields:
        (height, width, 3) uint8 RGB, read-only.

    Raises:
        FFmpegKilledError: a signal ended it.
        FFmpegError: its exit status is not 0; after the last frame.
    """
    import numpy as np

    size = width * height * 3
    for frame in read_bytes(arguments, size):
        if len(frame) < size:  # ffmpeg was ended in the midst of it
            continue
        yield np.frombuffer(frame, np.uint8).reshape(height, width, 3)


def read_bytes(arguments: Sequence[str], size: int) -> Iterator[bytes]:
    """Run ffmpeg and read what it writes to stdout, as it comes.

    Args:
        arguments: everything after the program's name.
        size: bytes of a piece; the last one may be shorter.

    Yields:
        a piece.

    Raises:
        FFmpegKilledError: a signal ended it.
        FFmpegError: its exit status is not 0; after the last piece.
    """
    with _running(arguments, stdout=subprocess.PIPE) as process:
        assert process.stdout
        while piece := process.stdout.read(size):
            yield piece


@contextmanager
def frame_writer(arguments: Sequence[str]) -> Iterator[Callable[[np.ndarray], None]]:
    """Run ffmpeg and send raw rgb24 frames to its input ``pipe:0``.

    Args:
        arguments: everything after the program's name.

    Yields:
        ``write(frame)``, which sends one (height, width, 3) uint8 RGB frame.

    Raises:
        FFmpegKilledError: a signal ended it.
        FFmpegError: its exit status is not 0.
    """
    import numpy as np

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
    arguments: Sequence[str],
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
    on_log: Callable[[str], None] | None = None,
) -> Iterator[subprocess.Popen]:
    """Run ffmpeg during a block.

    The end of the block waits for its exit and checks its exit status. An exception in the block
    kills it. Its stderr goes to a file: a pipe that nobody reads would fill up and block it.
    """
    command = _command(arguments)
    with ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile())
        with _startable(command):
            process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=log)
        stack.enter_context(process)
        exited_early = False
        try:
            yield process
        except BrokenPipeError:
            exited_early = True  # before it had read all of its input: its log says why
        except BaseException:
            process.kill()
            raise
        status = process.wait()
        log.seek(0)
        if status != 0 or exited_early:
            raise _failure(command, status, log.read().decode(errors="replace"))
        if on_log:
            on_log(log.read().decode(errors="replace"))


@contextmanager
def _startable(command: Sequence[str]) -> Iterator[None]:
    """Say which program it was that could not be started."""
    try:
        yield
    except OSError as error:
        raise SongreelError(
            f"{command[0]}: this program cannot be started ({error.strerror}); "
            f"correct or unset {CHOICE}"
        ) from error


def _program() -> str:
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise SongreelError(
            "ffmpeg is not installed; install the package imageio-ffmpeg again"
        ) from error


def _command(arguments: Sequence[str]) -> list[str]:
    return [
        _program(),
        "-hide_banner",
        "-nostdin",
        "-y",
        *("-loglevel", "warning"),
        *("-filter_threads", str(THREADS)),
        *("-threads", str(THREADS)),  # of the first input's decoder
        *arguments,
    ]

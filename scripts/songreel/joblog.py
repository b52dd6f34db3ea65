"""A job's log file: all output of the job goes there; its progress goes to the terminal as well."""

import errno
import io
import locale
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn, TextIO

from songreel.errors import SongreelError
from songreel.run import Run

REMEDIES = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "your quota of disk space is used up; make room",
    errno.EROFS: "the folder cannot be written to; make it writable",
    errno.EACCES: "you may not write or read this; change its permissions",
    errno.EPERM: "you may not change this; change its permissions",
}
"""What the user has to do about an operating system's error, before running again."""


@contextmanager
def job_log(path: str) -> Iterator[Callable[[str], None]]:
    """Redirect the process's output, also that of libraries and child processes, to a log file.

    A :class:`SongreelError`, a full disk or a folder that may not be written to ends the process
    with exit status 1 and a plain message, an interruption (Ctrl-C) without a message; any other
    exception ends it with its traceback. SIGTERM ends it like ``sys.exit``, so that temporary
    files and child processes are cleaned up; so does the end of the process that started the job.

    Args:
        path: the log file; an older one is overwritten.

    Yields:
        ``report_progress(line)``, which prints a line on the terminal and in the log.

    Raises:
        SystemExit: the block raised an exception, or the process received SIGTERM.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    # Both are read in the user's encoding, the log by Snakemake; what it lacks is escaped.
    terminal = os.fdopen(
        os.dup(2), "w", buffering=1, encoding=locale.getencoding(), errors="backslashreplace"
    )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    with open(path, "wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)

    # So that a cancelled job removes its temporary files and ends its child processes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    run = Run.of_this_job()
    if run:
        run.take_part()

    def report_progress(line: str) -> None:
        print(line, file=terminal)
        with suppress(OSError):  # the log may be on a full disk
            print(line, file=sys.stderr, flush=True)

    try:
        yield report_progress
    except KeyboardInterrupt:
        sys.exit(1)
    except SongreelError as error:
        if os.strerror(errno.ENOSPC) in str(error):  # how ffmpeg reports a full disk
            _exit_with(f"{error}\n{_remedy(errno.ENOSPC)}", terminal)
        _exit_with(str(error))
    except OSError as error:
        if error.errno not in REMEDIES:
            traceback.print_exc()
            sys.exit(1)
        location = error.filename2 or error.filename or Path(path).parent
        _exit_with(f"{location}: {_remedy(error.errno)}", terminal)
    except Exception:
        traceback.print_exc()
        sys.exit(1)


def _remedy(error_number: int) -> str:
    return f"{REMEDIES[error_number]} and run the same command again. What is finished is kept."


def _exit_with(message: str, terminal: TextIO | None = None) -> NoReturn:
    """End the process with status 1 and a message in the log, which Snakemake shows.

    On a full disk the log may lose the message: then it is printed on the terminal as well.
    """
    if terminal:
        print(message, file=terminal)
    with suppress(OSError):
        print(message, file=sys.stderr, flush=True)
    sys.exit(1)

"""A job's log: everything a job prints goes there; its progress goes to the terminal as well."""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from songreel.errors import SongreelError

REMEDIES = {
    errno.ENOSPC: "the disk is full; make room",
    errno.EDQUOT: "your quota of disk space is used up; make room",
    errno.EROFS: "the folder cannot be written to; make it writable",
    errno.EACCES: "you may not write or read this; change its permissions",
    errno.EPERM: "you may not change this; change its permissions",
}
"""What an error of the system asks of the user, before running again."""


@contextmanager
def job_log(path: str) -> Iterator[Callable[[str], None]]:
    """Send the process's output, also that of libraries and child processes, to a log.

    Args:
        path: the log, written anew.

    Yields:
        a function that says a line of progress, on the terminal and in the log.

    A :class:`SongreelError`, a full disk or a folder that may not be written to end the process
    with status 1 and a plain message, an interruption without any; another exception ends it with
    its traceback.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    terminal = os.fdopen(os.dup(2), "w", buffering=1)
    with open(path, "w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)

    # So that a cancelled job clears up behind itself and ends its children.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

    def say(line: str) -> None:
        print(line, file=terminal)
        with suppress(OSError):  # a log on a full disk
            print(line, file=sys.stderr, flush=True)

    try:
        yield say
    except KeyboardInterrupt:
        sys.exit(1)
    except SongreelError as error:
        full = os.strerror(errno.ENOSPC) in str(error)  # ffmpeg's words for it
        _end(f"{error}\n{_again(errno.ENOSPC)}" if full else str(error), terminal if full else None)
    except OSError as error:
        if error.errno not in REMEDIES:
            traceback.print_exc()
            sys.exit(1)
        place = error.filename2 or error.filename or Path(path).parent
        _end(f"{place}: {_again(error.errno)}", terminal)
    except Exception:
        traceback.print_exc()
        sys.exit(1)


def _again(number: int) -> str:
    return f"{REMEDIES[number]} and run the same command again. What is finished is kept."


def _end(message: str, terminal) -> None:
    """End the process with a message in the log, which Snakemake shows; on a full disk it cannot
    be relied upon."""
    if terminal:
        print(message, file=terminal)
    with suppress(OSError):
        print(message, file=sys.stderr, flush=True)
    sys.exit(1)

"""A job's log: everything a job prints goes there; its progress goes to the terminal as well."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from songreel.errors import SongreelError


@contextmanager
def job_log(path: str) -> Iterator[Callable[[str], None]]:
    """Send the process's output, also that of libraries and child processes, to a log.

    Args:
        path: the log, written anew.

    Yields:
        a function that says a line of progress, on the terminal and in the log.

    A :class:`SongreelError` ends the process with status 1 and its bare message; any other
    exception with its traceback.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    terminal = os.fdopen(os.dup(2), "w", buffering=1)
    with open(path, "w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)

    def say(line: str) -> None:
        print(line, file=terminal)
        print(line, file=sys.stderr, flush=True)

    try:
        yield say
    except SongreelError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(1)
    except Exception:
        traceback.print_exc()
        sys.exit(1)

"""A run: one call of the command, from the moment that it renders to its end.

It has a folder of its own, by which others tell whether it is alive:

    main      locked by the process that starts the jobs, as long as it lives
    jobs      locked by each of its jobs, together
    …         the plans that its jobs go by, which no other run writes

The kernel releases a lock when the process ends, however that happens.
"""

import fcntl
import os
import shutil
import signal
import socket
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = "SONGREEL_RUN"
"""The environment variable that tells a job the folder of its run."""

WATCH_SECONDS = 0.5
"""Seconds between two looks of a job at whether its run is alive."""


@dataclass
class Run:
    """A run.

    Attributes:
        folder: of the run; its name begins with the host of its main process.
    """

    folder: Path
    _descriptors: list[int] = field(default_factory=list)

    @property
    def main(self) -> Path:
        """The file that its main process locks."""
        return self.folder / "main"

    @property
    def jobs(self) -> Path:
        """The file that its jobs lock."""
        return self.folder / "jobs"

    @classmethod
    def new(cls, folder: Path) -> "Run":
        """A run of this process that has not begun.

        Args:
            folder: of all runs.
        """
        return cls(folder / f"{_host()}:{os.getpid()}:{uuid.uuid4().hex[:8]}")

    @classmethod
    def of_this_job(cls) -> "Run | None":
        """The run that this process is a job of; None where no run started it."""
        folder = os.environ.get(VARIABLE)
        return cls(Path(folder)) if folder else None

    @property
    def is_of_this_host(self) -> bool:
        """Whether its main process runs, or ran, on this machine."""
        return self.folder.name.split(":")[0] == _host()

    @property
    def host(self) -> str:
        """The name of its machine."""
        return self.folder.name.split(":")[0].partition("~")[0]

    def begin(self) -> None:
        """Make the folder, and hold it as its main process until :meth:`end`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._hold(self.main, fcntl.LOCK_EX)
        self.jobs.touch()

    def end(self) -> None:
        """Give the folder up, and remove it."""
        self.remove()
        while self._descriptors:
            os.close(self._descriptors.pop())

    def take_part(self) -> None:
        """Hold the folder as a job until this process ends; end it when the main process is gone.

        Only on the machine of the main process is that known for certain.
        """
        if self.is_of_this_host and self.jobs.exists():
            self._hold(self.jobs, fcntl.LOCK_SH)
            threading.Thread(target=self._end_with_main, daemon=True).start()

    def is_killed(self) -> bool:
        """Whether its main process has ended without :meth:`end`; False where that is not sure."""
        return self.is_of_this_host and self.main.exists() and _is_free(self.main, fcntl.LOCK_SH)

    def is_over(self) -> bool:
        """Whether it was killed and has no jobs left; one that is just beginning is over, too."""
        is_empty = self.is_of_this_host and not self.main.exists()
        return is_empty or (self.is_killed() and not self.has_jobs())

    def has_jobs(self) -> bool:
        """Whether a job of it is running on this machine."""
        return not _is_free(self.jobs, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Remove the folder of a run that was killed."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _hold(self, path: Path, operation: int) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        self._descriptors.append(descriptor)
        with suppress(OSError):  # a file system without locks, where a run counts as alive
            fcntl.flock(descriptor, operation)

    def _end_with_main(self) -> None:
        while not self.is_killed():
            time.sleep(WATCH_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)


def _is_free(path: Path, operation: int) -> bool:
    """Whether nobody holds a file's lock; False where that is not sure."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except OSError:  # held, or a file system without locks
        return False
    finally:
        os.close(descriptor)
    return True


def _host() -> str:
    """This machine: its name, and what tells it from others of that name."""
    machine = Path("/etc/machine-id")
    known = machine.read_text(encoding="utf-8").strip()[:12] if machine.exists() else ""
    return f"{socket.gethostname()}~{known}"

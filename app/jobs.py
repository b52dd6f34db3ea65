"""Jobs: a project's run in a session of its own, and its place in the queue for the one GPU.

A run outlives page and server. It is alive as long as the lock of its project is held: the server
takes it, hands it on to the worker, and that to Snakemake. Whoever died has let go of it.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from app import ROOT, served
from app.projects import Project, Projects, age_days, remove, size_of
from songreel.keyframes.renderer import LEDGER
from songreel.storage import ledger
from songreel.storage.atomic import replacing

JOB_FILE = "job.json"
LOCK_FILE = "job.lock"
STOP_FILE = "stop"
LOG_FILE = "run.log"
GPU_LOCK = "gpu.lock"

IN_USE = 1 / 24
"""Days after its last use for which a project is somebody's."""

PATIENCE = 15
"""Seconds that a run has to end after it was told to, before it is killed."""


class State(StrEnum):
    """What a project's run is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """A project's last run.

    Attributes:
        state: of the run.
        ticket: when it was asked for, in nanoseconds: the smaller goes first.
        target: what Snakemake is asked for; empty for all.
        began: when it left the queue, in seconds since the epoch; 0 before.
        ended: when it ended; 0 before.
        group: the process group of its Snakemake; 0 before.
        since: when what it makes was asked for first, in seconds since the epoch: one that goes on
            where another was cut off has that of the other.
        painted_before: the lines of the ledger that are older than that.
    """

    state: State
    ticket: int
    target: str = ""
    began: float = 0
    ended: float = 0
    group: int = 0
    since: float = 0
    painted_before: int = 0

    @property
    def is_alive(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (State.WAITING, State.RUNNING)

    @property
    def is_cut_off(self) -> bool:
        """Whether it ended before all was made."""
        return self.state in (State.STOPPED, State.FAILED)


def read_job(project: Project) -> Job | None:
    """Read what a project's run is doing; None where there was none.

    A run that ended without a word – killed, or the machine was switched off – is a stopped one.
    """
    alive = is_alive(project)  # first: a run that ends meanwhile has written its state
    try:
        content = json.loads((project.folder / JOB_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    job = Job(**{**content, "state": State(content["state"])})
    if job.is_alive and not alive:
        return replace(job, state=State.STOPPED)
    return job


def write_job(project: Project, job: Job) -> None:
    """Write what a project's run is doing."""
    with replacing(project.folder / JOB_FILE) as temporary:
        temporary.write_text(json.dumps(asdict(job)), encoding="utf-8")


def is_alive(project: Project) -> bool:
    """Whether a project's run waits or runs."""
    path = project.folder / LOCK_FILE
    if not path.exists():
        return False
    with path.open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextlib.contextmanager
def project_lock(project: Project) -> Iterator[int | None]:
    """Hold a project's lock, as a file descriptor to hand on; None where a run holds it."""
    descriptor = os.open(project.folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        for _ in range(20):  # those who only look hold it for a moment
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.01)
            else:
                yield descriptor
                return
        yield None
    finally:
        os.close(descriptor)


def start(project: Project, target: str = "") -> bool:
    """Start a project's run, unless one waits or runs already.

    After one that was cut off it goes on with that one's film.

    Args:
        project: with its sheet and configuration.
        target: what Snakemake is asked for; empty for all.

    Returns:
        whether it was started.
    """
    before = read_job(project)
    with project_lock(project) as lock:
        if lock is None:
            return False
        project.touch()
        (project.folder / STOP_FILE).unlink(missing_ok=True)
        if before and before.is_cut_off and before.target == target:
            since, painted = before.since, before.painted_before
        else:
            since = time.time()
            painted = len(ledger.read(project.run_folder(target) / LEDGER))
        job = Job(State.WAITING, time.time_ns(), target, since=since, painted_before=painted)
        write_job(project, job)
        with (project.folder / LOG_FILE).open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "app.worker", str(project.folder), str(lock)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[lock],
                start_new_session=True,
            )
        threading.Thread(target=worker.wait, daemon=True).start()  # else it stays a zombie
    return True


def stop(project: Project) -> None:
    """Tell a project's run to end, and wait until it has; its keyframes are kept."""
    job = read_job(project)
    if job is None or not job.is_alive:
        return
    (project.folder / STOP_FILE).touch()
    deadline = time.monotonic() + PATIENCE + 5
    while is_alive(project) and time.monotonic() < deadline:
        time.sleep(0.1)
    job = read_job(project)
    if job and job.group and is_alive(project):  # its worker was killed, but not its Snakemake
        with contextlib.suppress(ProcessLookupError):
            os.killpg(job.group, signal.SIGKILL)


def place_in_queue(projects: Projects, job: Job) -> int:
    """How many runs are before one that waits."""
    others = (read_job(project) for project in projects)
    return sum(
        other is not None
        and (
            other.state == State.RUNNING
            or (other.state == State.WAITING and other.ticket < job.ticket)
        )
        for other in others
    )


def remove_old(projects: Projects, max_days: float, max_gb: float) -> list[str]:
    """Remove the projects that were not used for long, and the oldest while all are too large.

    One that was used within the last hour, or whose run waits or runs, is never removed.

    Args:
        projects: of the server.
        max_days: how long a project is kept after its last use.
        max_gb: what all of them may take up together, in gigabytes, with what is shown of them.

    Returns:
        the tokens of those that were removed.
    """
    sizes = {project: size_of(project.folder) for project in projects}
    total = sum(sizes.values()) + served.size(projects)
    removed = []
    for project in sorted(sizes, key=lambda project: project.last_used):
        age = age_days(project)
        if age < IN_USE or (age <= max_days and total <= max_gb * 1e9):
            continue
        with project_lock(project) as lock:
            if lock is None:
                continue
            remove(project)
        total -= sizes[project] + served.forget(project)
        removed.append(project.token)
    return removed

"""The worker: waits for its turn and runs Snakemake for one project (``python -m app.worker``).

It polls for the word to stop, so that nobody has to know its number.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from app import ROOT
from app.jobs import (
    GPU_LOCK,
    PATIENCE,
    STOP_FILE,
    Job,
    State,
    place_in_queue,
    read_job,
    write_job,
)
from app.projects import CONFIG_FILE, Project, Projects

POLL = 0.2  # seconds


def main() -> None:
    """Run a project's job to its end: ``python -m app.worker FOLDER LOCK``."""
    project, lock = Project(Path(sys.argv[1])), int(sys.argv[2])
    job = read_job(project)
    assert job is not None
    projects = Projects(project.folder.parent)
    with (projects.folder / GPU_LOCK).open("w", encoding="utf-8") as gpu:
        if not wait_for_turn(projects, project, job, gpu.fileno()):
            write_job(project, replace(job, state=State.STOPPED, ended=time.time()))
            return
        job = replace(job, state=State.RUNNING, began=time.time())
        process = subprocess.Popen(
            command(job),
            cwd=project.folder,
            stdin=subprocess.DEVNULL,
            pass_fds=[lock, gpu.fileno()],
            process_group=0,
        )
        job = replace(job, group=process.pid)
        write_job(project, job)
        state = wait_for_end(project, process)
        write_job(project, replace(job, state=state, ended=time.time()))


def wait_for_turn(projects: Projects, project: Project, job: Job, gpu: int) -> bool:
    """Wait until no other run is before this one.

    Args:
        projects: all of the server.
        project: whose turn it is to be.
        job: its run.
        gpu: file descriptor, which is locked then.

    Returns:
        whether it is its turn; False where it was told to stop.
    """
    while not (project.folder / STOP_FILE).exists():
        if place_in_queue(projects, job) == 0:
            try:
                fcntl.flock(gpu, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                return True
        time.sleep(POLL)
    return False


def command(job: Job) -> list[str]:
    """Return the command that renders a project, in its folder.

    Nobody else runs there, which the project's lock holds: Snakemake's own lock, which a killed run
    leaves behind, is not needed.
    """
    return [
        *(sys.executable, "-m", "snakemake", "--nolock"),
        *("--snakefile", str(ROOT / "Snakefile")),
        *("--workflow-profile", str(ROOT / "profiles" / "default")),
        *("--configfile", CONFIG_FILE),
        *(["--", job.target] if job.target else []),
    ]


def wait_for_end(project: Project, process: subprocess.Popen) -> State:
    """Wait until Snakemake ends, or end it when the word comes."""
    while process.poll() is None:
        if (project.folder / STOP_FILE).exists():
            end(process)
            return State.STOPPED
        time.sleep(POLL)
    return State.FAILED if process.returncode else State.DONE


def end(process: subprocess.Popen) -> None:
    """End a process and all of its group: politely, and after a while for good."""
    os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    main()

"""A real SLURM on this machine: a controller and two nodes, with a pretended GPU each or none."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")
SEARCHED = os.environ["PATH"] + ":/usr/sbin:/sbin"
NODES = ("n1", "n2")
CLIENT_TIMEOUT = 60
"""Seconds after which a client's call is given up: a controller that is gone answers never."""


def missing_programs() -> list[str]:
    """What is not installed; Debian's packages slurm-wlm and munge have all of it."""
    return [program for program in PROGRAMS if not shutil.which(program, path=SEARCHED)]


@dataclass(frozen=True)
class Job:
    """What squeue says of a job, finished ones included."""

    id: str
    state: str
    node: str
    start: str
    end: str
    comment: str


class Cluster:
    """A SLURM in a folder of its own, on free ports, beside any other.

    Args:
        folder: for its configuration, state, logs, pid files and sockets.
        has_gpus: whether the nodes have a GPU each, which is pretended.
        confines: whether a job is kept to the processors that it asked for.
    """

    def __init__(self, folder: Path, has_gpus: bool = True, confines: bool = False):
        self.folder = folder
        self.has_gpus = has_gpus
        self.task_plugin = "task/affinity" if confines else "task/none"
        self.environment = {
            **os.environ,
            "PATH": f"{folder}/bin:{SEARCHED}",
            "SLURM_CONF": str(folder / "slurm.conf"),
        }
        self._daemons: list[subprocess.Popen] = []

    def start(self) -> None:
        """Start the daemons and wait until both nodes are idle."""
        self._configure()
        munge = [f"--{name}={self.folder / f'munge.{name}'}" for name in ("socket", "key-file")]
        state = [f"--{name}={self.folder / f'munge.{name}'}" for name in ("pid-file", "seed-file")]
        # Sockets and keys below /tmp, which is everybody's to write, are what --force is about.
        log = f"--log-file={self.folder / 'munge.log'}"
        self._daemon("munged", "--foreground", "--force", *munge, *state, log)
        self.wait(lambda: (self.folder / "munge.socket").exists(), "munged")
        self._daemon("slurmctld", "-D")
        for node in NODES:
            self._daemon("slurmd", "-D", "-N", node)
        self.wait(lambda: self.states() == {node: "idle" for node in NODES}, "idle nodes")

    def stop(self) -> None:
        """Cancel all jobs and end the daemons, those that write pid files by them."""
        with contextlib.suppress(subprocess.SubprocessError):
            self.call("scancel", "--user", getpass.getuser())
            self.wait(lambda: not self.call("squeue", "--noheader"), "the jobs' end")
        for daemon in reversed(self._daemons):
            daemon.terminate()
        for daemon in self._daemons:
            try:
                daemon.wait(timeout=30)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def call(self, *command: str) -> str:
        """Run a client of SLURM's and return what it prints."""
        done = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=CLIENT_TIMEOUT,
        )
        if done.returncode:
            raise subprocess.SubprocessError(f"{command}: {done.stderr}")
        return done.stdout

    def jobs(self, *states: str) -> list[Job]:
        """The jobs of these states (``RUNNING``, ``PENDING``, …), or all, oldest first."""
        wanted = ",".join(states) or "all"
        listed = self.call(
            "squeue", "--noheader", f"--states={wanted}", "--format=%i|%T|%N|%S|%e|%k"
        )
        jobs = [Job(*line.split("|", 5)) for line in listed.splitlines()]
        return sorted(jobs, key=lambda job: int(job.id))

    def states(self) -> dict[str, str]:
        """The nodes' states, such as ``idle``, ``mixed`` or ``drained``."""
        with contextlib.suppress(subprocess.SubprocessError):
            listed = self.call("sinfo", "--noheader", "--Node", "--format=%N|%T")
            return dict(line.split("|") for line in listed.splitlines())
        return {}

    def drain(self, *nodes: str) -> None:
        """Let nodes take no further jobs."""
        self.call(
            "scontrol", "update", f"nodename={','.join(nodes)}", "state=drain", "reason=tests"
        )

    def resume(self, *nodes: str) -> None:
        """Let nodes take jobs again."""
        self.call("scontrol", "update", f"nodename={','.join(nodes)}", "state=resume")

    def wait(self, come: Callable[[], object], what: str, seconds: float = 300) -> object:
        """Wait until ``come`` returns something true, and return it."""
        deadline = time.monotonic() + seconds
        while not (result := come()):
            if time.monotonic() > deadline:
                logs = "\n".join(
                    f"{log.name}:\n{log.read_text()[-2000:]}" for log in self.folder.glob("*.log")
                )
                raise TimeoutError(f"waited {seconds} s for {what}\n{logs}")
            time.sleep(0.2)
        return result

    def _daemon(self, program: str, *arguments: str) -> None:
        output = self.folder / f"{program}-{len(self._daemons)}.out.log"
        with output.open("w", encoding="utf-8") as file:
            daemon = subprocess.Popen(
                [program, *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self._daemons.append(daemon)

    def _configure(self) -> None:
        controller, *ports = _free_ports(1 + len(NODES))
        key = self.folder / "munge.key-file"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        (self.folder / "state").mkdir()
        host, user = socket.gethostname().partition(".")[0], getpass.getuser()
        gres = " Gres=gpu:1" if self.has_gpus else ""
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} "
            f"CPUs=2 RealMemory=8000{gres}"
            for node, port in zip(NODES, ports, strict=True)
        )
        (self.folder / "slurm.conf").write_text(
            f"""
ClusterName=songreel
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge.socket
StateSaveLocation={self.folder}/state
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdSpoolDir={self.folder}/spool-%n
SlurmdPidFile={self.folder}/slurmd-%n.pid
SlurmdLogFile={self.folder}/slurmd-%n.log
# Nodes of a container are no cgroups' masters.
ProctrackType=proctrack/linuxproc
TaskPlugin={self.task_plugin}
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
{"GresTypes=gpu" if self.has_gpus else ""}
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
MinJobAge=3600
KillWait=5
{nodes}
PartitionName=main Nodes={",".join(NODES)} Default=YES MaxTime=INFINITE State=UP
""",
            encoding="utf-8",
        )
        # Snakemake's plugin takes all of SLURM's variables from a job's steps, SLURM_CONF too.
        step = self.folder / "bin" / "srun"
        step.parent.mkdir()
        srun = shutil.which("srun", path=SEARCHED)
        step.write_text(
            f'#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf exec {srun} "$@"\n', encoding="utf-8"
        )
        step.chmod(0o755)
        if self.has_gpus:
            (self.folder / "gres.conf").write_text(
                "\n".join(f"NodeName={node} Name=gpu File=/dev/null" for node in NODES) + "\n",
                encoding="utf-8",
            )


@contextlib.contextmanager
def running_cluster(
    folder: Path, has_gpus: bool = True, confines: bool = False
) -> Iterator[Cluster]:
    """A cluster that ends with the block; the arguments are those of ``Cluster``."""
    folder.mkdir()
    cluster = Cluster(folder, has_gpus, confines)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]

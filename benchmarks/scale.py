"""Long and many songs: what it takes to plan them, and to render a long one.

    python benchmarks/scale.py                   plan 2,000 rows; 100 songs of 50 rows; and as many
                                                 jobs of rules that ask for nothing
    python benchmarks/scale.py --render          render a chain of 600 rows, 64×64, too
    python benchmarks/scale.py --render --slurm  render it through a SLURM of this machine as well

The model is a Stable Diffusion of toy size, made on the spot. Times are those of whole processes.
"""

import argparse
import contextlib
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "support")]

from project import Project  # noqa: E402
from slurm_cluster import running_cluster  # noqa: E402

SECONDS_BETWEEN_LOOKS = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=2000, help="of the long sheet that is planned")
    parser.add_argument("--songs", type=int, default=100, help="songs of 50 rows to be planned")
    parser.add_argument("--render", action="store_true", help="render a long chain, too")
    parser.add_argument("--slurm", action="store_true", help="render it through SLURM as well")
    parser.add_argument("--chain", type=int, default=600, help="rows of the chain that is rendered")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        model = make_model(folder / "model")
        plan(project_of(folder / "long", model, songs=1, rows=options.rows))
        plan(project_of(folder / "many", model, songs=options.songs, rows=50))
        for songs, rows in ((1, options.rows), (options.songs, 50)):
            plan_bare(folder / f"bare_{songs}", songs, rows)
        if options.render:
            render(project_of(folder / "chain", model, songs=1, rows=options.chain))
        if options.slurm:
            with running_cluster(folder / "cluster") as cluster:
                slurm = ["--workflow-profile", str(ROOT / "profiles/slurm"), "--cores", "2"]
                project = project_of(folder / "cluster_chain", model, songs=1, rows=options.chain)
                render(project, *slurm, environment=cluster.environment)
                for job in cluster.jobs():
                    print(f"  {job.comment[:40]} on {job.node}, {job.start} to {job.end}")


def make_model(folder: Path) -> Path:
    """Save the model in a process of its own, which ends with torch and its memory."""
    code = "import sys, toy_models; toy_models.save_stable_diffusion(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests" / "support")},
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return folder


def project_of(folder: Path, model: Path, songs: int, rows: int) -> Project:
    """Songs that are a single chain each: the deepest there are."""
    project = Project(folder, model)
    names = [f"song{number:03d}" for number in range(songs)]
    for name in names:
        lines = [(second, f"{name}, line {second}") for second in range(rows)]
        project.write_sheet([*lines, (rows, None)], name)
    project.write_config(
        songs={name: {"sheet": f"{name}.xlsx"} for name in names},
        render={"width": 64, "height": 64},
    )
    return project


def plan(project: Project) -> None:
    """Time a dry run."""
    took, said = timed(project.command("-n", "--quiet", "rules"), project.folder)
    jobs = re.search(r"^total +(\d+)", said, re.MULTILINE)[1]
    print(f"{project.folder.name}: {jobs} jobs planned in {took}")


BARE = """
rule all:
    input: expand("{{song}}/film", song=range({songs}))
rule render:
    input: lambda w: f"{{w.song}}/row/{{int(w.row) - 1}}" if int(w.row) else []
    output: "{{song}}/row/{{row}}"
rule clip:
    input: "{{song}}/row/{{row}}"
    output: "{{song}}/clip/{{row}}"
rule film:
    input: lambda w: [f"{{w.song}}/clip/{{row}}" for row in range({rows})]
    output: "{{song}}/film"
"""
"""Rules without anything but their files: what planning so many jobs costs Snakemake alone."""


def plan_bare(folder: Path, songs: int, rows: int) -> None:
    """Time a dry run of as many jobs that ask for nothing."""
    folder.mkdir()
    (folder / "Snakefile").write_text(BARE.format(songs=songs, rows=rows), encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "-n", "--quiet", "rules"]
    took, said = timed(command, folder)
    jobs = re.search(r"^total +(\d+)", said, re.MULTILINE)[1]
    print(f"Snakemake alone: {jobs} jobs planned in {took}")


def render(project: Project, *arguments: str, environment: dict | None = None) -> None:
    """Render, and watch the memory of the process that paints."""
    command = project.command(*(arguments or ("--cores", "2")), "--quiet", "all")
    with watched_memory(project) as looks:
        took, _ = timed(command, project.folder, environment)
    ledger = project.ledger("song000")
    diffusion = sum(entry["seconds"] for entry in ledger)
    print(
        f"{project.folder.name}: {len(ledger)} keyframes in {diffusion:.0f} s of diffusion; {took}"
    )
    files = {path.stat().st_ino for path in project.folder.rglob("*") if path.is_file()}
    print(f"  {len(files)} files, {len(files) / len(ledger):.1f} for each keyframe")
    early, late = (
        max(megabytes for done, megabytes in looks if first <= done / len(ledger) <= last)
        for first, last in ((0.1, 0.2), (0.9, 1))
    )
    print(f"  the painting process: {early:.0f} MB after a tenth, {late:.0f} MB in the last tenth")


def timed(command: list[str], folder: Path, environment: dict | None = None) -> tuple[str, str]:
    """Run a command; return what it took, and what it said."""
    code = (
        "import resource, subprocess, sys; status = subprocess.call(sys.argv[1:]); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print('USED', used.ru_maxrss, used.ru_utime + used.ru_stime); sys.exit(status)"
    )
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    seconds = time.monotonic() - began
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-4000:]}")
    memory, busy = re.search(r"^USED (\d+) (\S+)", done.stdout, re.MULTILINE).groups()
    took = (
        f"{seconds:.1f} s ({float(busy):.1f} s of processor), "
        f"largest process {int(memory) / 1024:.0f} MB"
    )
    return took, done.stdout


@contextlib.contextmanager
def watched_memory(project: Project) -> Iterator[list[tuple[int, float]]]:
    """Yield a list that fills with looks at the painting process: keyframes so far, and its MB."""
    looks: list[tuple[int, float]] = []
    ended = threading.Event()
    page = resource.getpagesize() / 2**20

    def look():
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            for process in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    line = (process / "cmdline").read_bytes()
                    here = os.readlink(process / "cwd") == str(project.folder)
                    if here and re.search(rb"/tmp\w+\.(paint_opening|render_segment)\.py", line):
                        pages = int((process / "statm").read_text(encoding="utf-8").split()[1])
                        looks.append((len(project.ledger("song000")), pages * page))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield looks
    finally:
        ended.set()
        watcher.join()


if __name__ == "__main__":
    main()

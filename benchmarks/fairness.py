"""What other work on the machine does to a render, and two renders to each other.

    python benchmarks/fairness.py [--rounds 3]

The example of ``make demo`` is rendered from nothing, by turns alone, beside as many busy loops as
the machine has processors, and twice at once. Prints medians, their ratios, and the seconds that a
keyframe took to paint.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "snakemake", "--cores", "all"]
PARTS = ("Snakefile", "rules", "scripts", "config", "profiles", "envs", "report", "models")


def copy_workflow(folder: Path) -> Path:
    """A copy that has rendered nothing; the models are not copied."""
    folder.mkdir()
    for part in PARTS:
        if part == "models":
            (folder / part).symlink_to(ROOT / part)
        elif (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part)
        else:
            shutil.copy2(ROOT / part, folder)
    return folder


def render(*folders: Path) -> tuple[float, float]:
    """Render copies at once; return the seconds of it all, and those of a keyframe, the median."""
    for folder in folders:
        for name in ("results", ".songreel", ".snakemake", "logs"):
            shutil.rmtree(folder / name, ignore_errors=True)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    began = time.monotonic()
    runs = [
        subprocess.Popen(
            COMMAND, cwd=folder, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for folder in folders
    ]  # fmt: skip
    if any([run.wait() for run in runs]):
        sys.exit(f"a render failed: see {folders[0]}/logs")
    seconds = time.monotonic() - began
    each = [
        json.loads(line)["seconds"]
        for folder in folders
        for ledger in folder.glob("results/*/ledger.jsonl")
        for line in ledger.read_text(encoding="utf-8").splitlines()
    ]
    return seconds, statistics.median(each)


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Processes that compute without a pause."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    cores = os.cpu_count() or 1
    took: dict[str, list[tuple[float, float]]] = {"alone": [], "beside": [], "twice": []}
    with TemporaryDirectory() as folder:
        one, other = (copy_workflow(Path(folder) / name) for name in ("one", "other"))
        for number in range(options.rounds):
            took["alone"].append(render(one))
            with busy(cores):
                took["beside"].append(render(one))
            took["twice"].append(render(one, other))
            last = ", ".join(f"{name} {runs[-1][0]:.1f} s" for name, runs in took.items())
            print(f"round {number + 1}: {last}", flush=True)
    print(f"{cores} cores, the example, medians of {options.rounds} rounds")
    alone, keyframe = (statistics.median(column) for column in zip(*took["alone"], strict=True))
    names = {"alone": "alone", "beside": f"beside {cores} busy loops", "twice": "two at once"}
    for name, words in names.items():
        whole, each = (statistics.median(column) for column in zip(*took[name], strict=True))
        print(
            f"{words:22} {whole:6.1f} s, {whole / alone:5.2f} times; "
            f"a keyframe {each:.3f} s, {each / keyframe:5.2f} times"
        )


if __name__ == "__main__":
    main()

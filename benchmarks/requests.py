"""What jobs ask a cluster for, beside what they use: minutes and megabytes, by rule.

    python benchmarks/requests.py                 100 s, 20 rows, Storybook
    python benchmarks/requests.py --seconds 3600  an hour of 180 rows

A song of one chain is rendered on this machine, and the memory of every job's process and of its
children looked at ten times a second. Minutes are those of what SLURM sees as one job: a chain, or
all clips, the film and the report together.
"""

import argparse
import contextlib
import math
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psutil
import yaml

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "benchmarks")]

from overhead import seconds_by_rule, write_sheet  # noqa: E402

from songreel.plan.estimates import GETTING_READY, estimate  # noqa: E402
from songreel.plan.plan_file import PLAN_FILE, read_plan  # noqa: E402

SECONDS_BETWEEN_LOOKS = 0.1
ROW = {100: 5, 3600: 20}
"""Seconds of a row, by those of the song."""


@contextlib.contextmanager
def watched_memory(folder: Path, run: psutil.Process) -> Iterator[dict[str, float]]:
    """Yield a table that fills with the most megabytes of a job of each rule.

    Snakemake's own are among them, as it runs on the node too.
    """
    most: dict[str, float] = defaultdict(float)
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            for process in psutil.process_iter():
                with contextlib.suppress(psutil.Error):
                    script = re.search(r"/tmp\w+\.(\w+)\.py", " ".join(process.cmdline()))
                    if script and process.cwd() == str(folder):
                        family = [run, process, *process.children(recursive=True)]
                        used = sum(each.memory_info().rss for each in family) / 1e6
                        most[script[1]] = max(most[script[1]], used)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        ended.set()
        watcher.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, choices=ROW, default=100, help="of the song")
    parser.add_argument("--size", type=int, default=256, help="width and height, pixels")
    options = parser.parse_args()
    row = ROW[options.seconds]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sheet(folder / "song.xlsx", options.seconds // row, row_seconds=row)
        config = {
            "songs": {"song": {"sheet": "song.xlsx"}},
            "model": {"name": "storybook", "device": "cpu"},
            "render": {"width": options.size, "height": options.size},
        }
        (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile")]
        command += ["--configfile", "config.yaml", "--cores", "all"]
        with (folder / "said.txt").open("w", encoding="utf-8") as said:
            run = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
            with watched_memory(folder, psutil.Process(run.pid)) as most:
                status = run.wait()
        if status:
            sys.exit((folder / "said.txt").read_text(encoding="utf-8")[-3000:])
        plan, _ = read_plan(folder / "results/song" / PLAN_FILE)
        used = {rule: sum(s) / 60 for rule, s in seconds_by_rule(
            folder / "results/song/benchmarks").items()}  # fmt: skip
    asked = estimate(plan)
    print(
        f"{os.cpu_count()} cores, {options.seconds} s, {len(plan.segments)} rows, "
        f"{options.size}×{options.size}; of all minutes {GETTING_READY / 60:.0f} are to get ready"
    )
    film = sum(asked.clip_minutes.values()) + asked.film_minutes + asked.report_minutes
    film_used = sum(used[rule] for rule in ("interpolate_segment", "assemble_video"))
    film_used += used["write_report"]
    minutes = {
        "opening and its chain": (sum(asked.opening_minutes.values()), used["paint_opening"]),
        "chain, found again": (sum(asked.segment_minutes.values()), used["render_segment"]),
        "clips, film, report": (film, film_used),
    }
    for words, (wanted, took) in minutes.items():
        print(f"{words:24} {wanted:4} minutes asked for, {took:6.2f} used")
    megabytes = {
        "paint_opening": asked.paint_mb,
        "render_segment": asked.paint_mb,
        "interpolate_segment": asked.clip_mb,
        "assemble_video": asked.film_mb,
        "write_report": asked.report_mb,
    }
    for rule, wanted in megabytes.items():
        print(
            f"{rule:24} {wanted:4} MB asked for, {math.ceil(most[rule]):6} used, "
            f"{wanted / most[rule]:4.1f} times"
        )


if __name__ == "__main__":
    main()

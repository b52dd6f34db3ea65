"""What the workflow costs over a bare loop: whole-process wall times in pairs, and where they go.

    python benchmarks/overhead.py [--pairs 5] [--size 256] [--chains 1] [--model storybook]

One song, 20 rows of 5 keyframes, as one chain or cut into several:
(a) a bare diffusers loop in one process (``bare_loop.py``), (b) the workflow from a cold cache, and
(t) the bare loop with the workflow's painter, by turns: all make the film, the storyboard and the
list of times. Then (r) the workflow adds the report, (c) with nothing changed; without the report,
(d) with one row changed near the end, and (e) with all results removed and the keyframes in the
cache: what is left of (b) without the model. The jobs' own seconds of a cold run, by rule, end the
table.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import yaml

ROOT = Path(__file__).parents[1]
OBJECTS = ("star", "moon", "house", "tree", "boat", "fish", "flower", "balloon", "castle", "bell")
COLOURS = ("yellow", "white", "red", "green", "blue", "orange", "pink", "purple")


def write_sheet(
    path: Path, rows: int, chains: int = 1, changed: int | None = None, row_seconds: int = 5
) -> None:
    """A song of rows of as many seconds, in as many chains; one of its rows may be changed."""
    workbook = openpyxl.Workbook()
    for setting in (["Style", "watercolour"], ["SecondsPerFrame", row_seconds / 5], ["Zoom", True]):
        workbook.active.append(setting)
    workbook.active.append(["Time", "Prompt", "Transition"])
    starts = {round(chain * rows / chains) for chain in range(1, chains)}
    for row in range(rows):
        colour = "brown" if row == changed else COLOURS[row % len(COLOURS)]
        prompt = f"a {colour} {OBJECTS[row % len(OBJECTS)]}"
        workbook.active.append([row * row_seconds, prompt, "cut" if row in starts else None])
    workbook.active.append([rows * row_seconds])
    workbook.save(path)


def timed(command: list[str], folder: Path) -> float:
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    return time.monotonic() - began


def seconds_by_rule(folder: Path) -> dict[str, list[float]]:
    """What Snakemake measured of the jobs: their seconds, by the names of the rules."""
    return {
        rule.name: [
            float(table.read_text(encoding="utf-8").splitlines()[1].split("\t")[0])
            for table in rule.glob("*.tsv")
        ]
        for rule in sorted(folder.iterdir())
    }


def remove(folder: Path, *names: str) -> None:
    for name in names:
        shutil.rmtree(folder / name, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--chains", type=int, default=1, help="into which cuts part the song")
    parser.add_argument("--size", type=int, default=256, help="width and height, pixels")
    parser.add_argument("--model", default="storybook")
    options = parser.parse_args()
    workflow = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile")]
    workflow += ["--configfile", "config.yaml", "--cores", "all", "--"]
    results = [f"results/song/{name}" for name in ("song.mp4", "storyboard.png", "timeline.tsv")]
    with TemporaryDirectory() as folder:
        folder = Path(folder)
        write_sheet(folder / "song.xlsx", options.rows, options.chains)
        songs = {"song": {"sheet": "song.xlsx"}}
        config = {
            "songs": songs,
            "model": {"name": options.model},
            "render": {"width": options.size, "height": options.size},
        }
        (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        whole, bare, tuned, parts = [], [], [], []
        for pair in range(options.pairs):
            remove(folder, "results", ".songreel", ".snakemake", "logs")
            whole.append(timed([*workflow, *results], folder))
            ledger = (folder / "results/song/ledger.jsonl").read_text(encoding="utf-8").splitlines()
            parts.append(sum(json.loads(line)["seconds"] for line in ledger))
            plan = folder / "results/song/plan.json"
            loop = [sys.executable, str(ROOT / "benchmarks/bare_loop.py"), str(plan), "bare.mp4"]
            bare.append(timed(loop, folder))
            tuned.append(timed([*loop, "--tuned"], folder))
            print(
                f"pair {pair + 1}: bare {bare[-1]:.1f} s, tuned {tuned[-1]:.1f} s, workflow "
                f"{whole[-1]:.1f} s ({parts[-1]:.1f} s of it diffusing {len(ledger)} keyframes), "
                f"ratios {whole[-1] / bare[-1]:.2f} and {whole[-1] / tuned[-1]:.2f}",
                flush=True,
            )
        jobs = seconds_by_rule(folder / "results/song/benchmarks")
        report = timed(workflow, folder)
        unchanged = timed(workflow, folder)
        write_sheet(folder / "song.xlsx", options.rows, options.chains, changed=options.rows - 2)
        edited = timed([*workflow, *results], folder)
        remove(folder, "results", ".snakemake")
        cached = timed([*workflow, *results], folder)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, {options.rows} rows, {options.model}, "
        f"{options.size}×{options.size}, chains: {options.chains}"
    )
    print(f"(a) bare loop                 {statistics.median(bare):6.1f} s")
    print(f"(t) with the painter          {statistics.median(tuned):6.1f} s")
    print(f"(b) workflow, cold            {statistics.median(whole):6.1f} s")
    print(f"    of it diffusing           {statistics.median(parts):6.1f} s")
    for name, loops in (("b/a", bare), ("b/t", tuned)):
        ratios = sorted(b / a for a, b in zip(loops, whole, strict=True))
        print(f"    {name}  {statistics.median(ratios):.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f}")
    print(f"(r) the report                {report:6.1f} s")
    print(f"(c) nothing changed           {unchanged:6.1f} s")
    print(f"(d) a row near the end edited {edited:6.1f} s")
    print(f"(e) keyframes in the cache    {cached:6.1f} s")
    for rule, seconds in jobs.items():
        print(f"    {rule:20} {len(seconds):3} jobs, {sum(seconds):6.1f} s in all")


if __name__ == "__main__":
    main()

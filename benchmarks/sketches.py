"""What a draft and a preview cost, beside the film that they are sketches of.

    python benchmarks/sketches.py SHEET.xlsx

The song is painted by Storybook at its own size, without sound: preview, draft, film (with all
that `snakemake` makes beside it), and draft and preview again, as other work on the machine makes
all of them slower. Each begins with an empty cache. Prints seconds by the clock and of the
processor. For a model of the usual size nothing is painted: the plans' keyframes are counted, and
their minutes estimated as for a cluster.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from songreel.models.settings import ModelSettings  # noqa: E402
from songreel.models.source import resolve_model  # noqa: E402
from songreel.plan.estimates import keyframe_seconds  # noqa: E402
from songreel.song.song_plans import SongPlans  # noqa: E402

USUAL = "stable-diffusion-v1-5/stable-diffusion-v1-5"
FLOORS = {"draft": 1 / 3, "preview": 1 / 10}
FLOORS_OF_USUAL = {"draft": 1 / 10, "preview": 1 / 10}
FILM = "film"


def render(sheet: Path, kind: str, cores: int) -> tuple[float, float]:
    """Make a sketch or the film of a song; the seconds by the clock and of the processor."""
    with tempfile.TemporaryDirectory() as folder:
        config = {"songs": {"song": {"sheet": str(sheet)}}}
        (Path(folder) / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile")]
        command += ["--configfile", "config.yaml", "--cores", str(cores)]
        command += [] if kind == FILM else ["--", kind]
        began, before = time.monotonic(), used()
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
        if done.returncode:
            sys.exit((done.stdout + done.stderr)[-3000:])
        return time.monotonic() - began, used() - before


def used() -> float:
    """Seconds that the processor has worked for ended child processes."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def estimated(sheet: Path, model: str, size: int, device: str) -> dict[str, tuple[int, float]]:
    """Keyframes that are diffused, and the seconds that this is estimated to take."""
    source = resolve_model(ModelSettings(name=model))
    with tempfile.TemporaryDirectory() as folder:
        config = {
            "songs": {"song": {"sheet": str(sheet)}},
            "model": {"name": model, "device": device},
            "render": {"width": size, "height": size, "steps": 30},
            "cache": {"folder": str(Path(folder) / "cache")},
        }
        plans = SongPlans(config, Path(folder) / "results", from_files=False)
        found = {}
        for kind in (FILM, *FLOORS):
            plan = plans.plan("song" if kind == FILM else f"song/{kind}")
            rows = [(row.settings, row.settings.diffused_count) for row in plan.segments]
            seconds = sum(n * keyframe_seconds(source, device, settings) for settings, n in rows)
            found[kind] = sum(n for _, n in rows) + len(plan.openings), seconds
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sheet", type=Path, help="of the song")
    parser.add_argument("--cores", type=int, default=1, help="given to the workflow")
    options = parser.parse_args()
    sheet = options.sheet.absolute()
    measured = defaultdict(list)
    for kind in ("preview", "draft", FILM, "draft", "preview"):
        measured[kind].append(render(sheet, kind, options.cores))
        seconds, processor = measured[kind][-1]
        print(f"{kind}: {seconds:.0f} s, {processor:.0f} s of processor", file=sys.stderr)
    film, film_processor = measured[FILM][0]
    print(f"{os.cpu_count()} cores, {options.cores} given; load {os.getloadavg()[0]:.1f}\n")
    print("| Storybook | seconds | of the film's | processor's | of the film's | floor |")
    print("|---|---|---|---|---|---|")
    print(f"| film | {film:.0f} | 1 | {film_processor:.0f} | 1 | |")
    for kind, floor in FLOORS.items():
        runs = measured[kind]
        seconds, processor = (sum(values) / len(runs) for values in zip(*runs, strict=True))
        print(
            f"| {kind} | {seconds:.0f} | {seconds / film:.3f} | {processor:.0f} "
            f"| {processor / film_processor:.3f} | {floor:.3f} |"
        )
    print(f"\n| {USUAL}, 512 × 512, 30 steps | keyframes | hours, estimated | share | floor |")
    print("|---|---|---|---|---|")
    plans = estimated(sheet, USUAL, 512, "cpu")
    for kind, (keyframes, seconds) in plans.items():
        share, floor = seconds / plans[FILM][1], FLOORS_OF_USUAL.get(kind, 1)
        print(f"| {kind} | {keyframes} | {seconds / 3600:.2f} | {share:.3f} | {floor:.3f} |")


if __name__ == "__main__":
    main()

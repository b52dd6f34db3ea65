"""Edit a song again and again while what is known of its results is lost, and compare its film.

    python tests/support/lost_notes.py --edits 30 --seed 1

edits a small song, loses some of the bookkeeping – Snakemake's notes, the digests in the cache, the
labels of results, the hidden folders, the times of files –, renders it, and compares frames,
storyboard and timeline with those of a fresh copy of the same song; so often, each edit after the
others. It ends with status 1 if any of them differs, or a second run finds something to be done.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "support")]

from project import Project  # noqa: E402
from songreel.media import ffmpeg  # noqa: E402

WORDS = ("star", "boat", "moon", "bell", "gong", "cloud", "tree", "lamp")
HUES = ("red", "green", "blue")
COLOURS = ((40, 60, 200), (20, 200, 20), (200, 40, 40), (220, 220, 40))
KINDS = (
    *("prompt", "prompt", "image", "target", "insert", "remove"),
    *("zoom", "seed", "crf", "fps"),
)
"""What may be edited."""


@dataclass
class Song:
    """What a song is made from; edits change it.

    Attributes:
        rows: of the sheet: prompt, image and shadow of each second.
        settings: of the sheet, by name.
        colours: of the images, by file name.
        render: the section of the configuration.
        video: likewise.
    """

    rows: list[dict] = field(
        default_factory=lambda: [
            {"Prompt": "a star"},
            {"Prompt": "a boat"},
            {"Prompt": "a moon", "Image": "moon.png"},
            {"Prompt": "a bell", "ShadowImage": "shade.png"},
        ]
    )
    settings: dict = field(default_factory=lambda: {"SecondsPerFrame": 0.5, "Zoom": True})
    colours: dict = field(default_factory=lambda: {"moon.png": COLOURS[0], "shade.png": COLOURS[1]})
    render: dict = field(default_factory=dict)
    video: dict = field(default_factory=dict)

    def edit(self, chance: random.Random) -> str:
        """Change one thing, and say what."""
        row = chance.choice(self.rows)
        kind = chance.choice(KINDS)
        if kind == "prompt":
            row["Prompt"] = f"a {chance.choice(HUES)} {chance.choice(WORDS)}"
        elif kind == "image":
            self.colours[chance.choice(list(self.colours))] = chance.choice(COLOURS)
        elif kind == "target":
            row["Image"] = None if row.get("Image") else "shade.png"
        elif kind == "insert" and len(self.rows) < 6:
            row = {"Prompt": f"a new {chance.choice(WORDS)}"}
            self.rows.insert(chance.randrange(len(self.rows) + 1), row)
        elif kind == "remove" and len(self.rows) > 3:
            self.rows.remove(row)
        elif kind == "zoom":
            self.settings["Zoom"] = not self.settings["Zoom"]
        elif kind == "seed":
            self.render["seed"] = chance.randint(1, 3)
        elif kind == "crf":
            self.video["crf"] = chance.randint(10, 30)
        elif kind == "fps":
            self.video["fps"] = chance.choice((8, 10, 12))
        return kind

    def write(self, project: Project) -> None:
        """Write the files of the song into a project."""
        for name, colour in self.colours.items():
            project.write_image(name, colour)
        rows = [{"Time": time, **row} for time, row in enumerate(self.rows)]
        project.write_sheet([*rows, {"Time": len(self.rows)}], Title="Song", **self.settings)
        project.write_config(render=self.render, video=self.video)


def notes(project: Project) -> list[Path]:
    """Snakemake's notes on the results."""
    return [path for path in project.folder.glob(".snakemake/metadata/**/*") if path.is_file()]


def remove_notes(project: Project, chance: random.Random) -> None:
    shutil.rmtree(project.folder / ".snakemake", ignore_errors=True)


def truncate_notes(project: Project, chance: random.Random) -> None:
    for note in notes(project):
        os.truncate(note, 0)


def half_write_notes(project: Project, chance: random.Random) -> None:
    for note in notes(project):
        if chance.random() < 0.5:
            os.truncate(note, chance.randrange(note.stat().st_size + 1))


def clean_up_notes(project: Project, chance: random.Random) -> None:
    results = [path for path in project.folder.glob("results/song/**/*") if path.is_file()]
    project.snakemake(
        "--cleanup-metadata", *(str(path.relative_to(project.folder)) for path in results)
    )


def falsify_notes(project: Project, chance: random.Random) -> None:
    project.snakemake("--touch", "--cores", "1")


def copy_without_hidden_folders(project: Project, chance: random.Random) -> None:
    copied = project.folder.with_name("copied")
    shutil.copytree(project.folder, copied, ignore=shutil.ignore_patterns(".*"))
    shutil.rmtree(project.folder)
    copied.rename(project.folder)


def copy_with_new_times(project: Project, chance: random.Random) -> None:
    remove_notes(project, chance)
    for path in sorted(project.folder.rglob("*")):
        moment = time.time() - chance.uniform(0, 1000)
        os.utime(path, (moment, moment))


def lose_labels(project: Project, chance: random.Random) -> None:
    """What results say of themselves, of some of them."""
    results = project.folder / "results" / "song"
    for path in [*results.glob("*.mp4"), *results.glob("clips/*.mkv")]:
        if chance.random() < 0.5:
            bare = path.with_stem("bare")
            ffmpeg.run(["-i", str(path), "-map_metadata", "-1", "-c", "copy", str(bare)])
            bare.replace(path)
    for path in [*results.glob("images/*.png"), *results.glob("*.png")]:
        if chance.random() < 0.5:
            with Image.open(path) as image:
                image.load()
            path.unlink()  # and not another file with the same content
            Image.fromarray(np.array(image)).save(path)
    for path in results.glob("segments/*/keyframes.json"):
        if chance.random() < 0.5:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            manifest.pop("input_digest")
            path.write_text(json.dumps(manifest), encoding="utf-8")


def lose_digests(project: Project, chance: random.Random) -> None:
    """What the cache folder knows of files, and Snakemake's notes."""
    for path in project.folder.glob(".songreel/*.json"):
        os.truncate(path, chance.randrange(path.stat().st_size + 1))
    remove_notes(project, chance)


LOSSES = (
    remove_notes,
    truncate_notes,
    half_write_notes,
    clean_up_notes,
    falsify_notes,
    copy_without_hidden_folders,
    copy_with_new_times,
    lose_labels,
    lose_digests,
)


def shown(project: Project) -> dict[str, bytes]:
    """The decoded film, storyboard and timeline of a project."""
    results = project.film().parent
    with Image.open(results / "storyboard.png") as storyboard:
        pixels = np.asarray(storyboard.convert("RGB")).tobytes()
    return {
        "film": project.frames().tobytes(),
        "storyboard": pixels,
        "timeline": (results / "timeline.tsv").read_bytes(),
    }


@dataclass
class Tally:
    """What was edited and lost, and what went wrong."""

    edits: Counter = field(default_factory=Counter)
    losses: Counter = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def lose(folder: Path, model: Path, edits: int, seed: int, losses=LOSSES) -> Tally:
    """Edit a song so often, each time with a loss, and compare its film with a fresh one.

    Args:
        folder: for the projects; an empty one.
        model: a model's folder.
        edits: how many edits.
        seed: of the random choices.
        losses: functions that lose something, one of which is drawn for each edit, all of them
            before one comes again.
    """
    chance = random.Random(seed)
    song, tally = Song(), Tally()
    edited = Project(folder / "edited", model)
    song.write(edited)
    edited.render("--cores", "2")
    pending = []
    for number in range(1, edits + 1):
        pending = pending or chance.sample(losses, len(losses))
        loss, is_lost_first = pending.pop(), chance.random() < 0.5
        if is_lost_first:
            loss(edited, chance)
        kind = song.edit(chance)
        song.write(edited)
        if not is_lost_first:
            loss(edited, chance)
        edited.render("--cores", "2")
        fresh = Project(folder / f"fresh-{number}", model)
        song.write(fresh)
        fresh.render("--cores", "2")
        expected, found = shown(fresh), shown(edited)
        what = f"edit {number}, {kind}, {loss.__name__} {'before' if is_lost_first else 'after'} it"
        tally.edits[kind] += 1
        tally.losses[loss.__name__] += 1
        wrong = [name for name in expected if found[name] != expected[name]]
        if wrong:
            tally.problems.append(f"{what}: another {', '.join(wrong)} than the fresh one")
        if "Nothing to be done" not in edited.render("-n").stdout:
            tally.problems.append(f"{what}: the next run finds something to be done")
        print(f"{what}: {len(tally.problems)} problems so far", flush=True)
        shutil.rmtree(fresh.folder)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    import toy_models

    folder = Path(tempfile.mkdtemp(prefix="songreel-lost-"))
    model = toy_models.save_stable_diffusion(folder / "model")
    tally = lose(folder, model, arguments.edits, arguments.seed)
    for name, counted in (("edits", tally.edits), ("losses", tally.losses)):
        print(f"{name}: {', '.join(f'{what} {count}' for what, count in counted.most_common())}")
    if tally.problems:
        sys.exit("\n".join(tally.problems))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()

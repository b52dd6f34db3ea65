"""What an edit costs: what `snakemake explain` says of it, what is planned, what is diffused.

    python benchmarks/edits.py

A song of 12 rows, with an image in its seventh, painted by Storybook: 48 diffused keyframes. Every
edit is made on the finished song, rendered and counted in the ledger; then it is undone, and that
is rendered and counted, too. Prints a table.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "support")]

from project import Project  # noqa: E402

THINGS = ("star", "moon", "house", "tree", "boat", "fish", "flower", "balloon", "castle", "bell")
THINGS += ("sun", "bird")
SECONDS = 4  # of a row
LONG_AGO = 1_000_000_000


def rows(**changes: dict) -> list[dict]:
    """The song's rows, with cells changed: ``row3={"Prompt": …}``."""
    song = [{"Time": n * SECONDS, "Prompt": f"a red {thing}"} for n, thing in enumerate(THINGS)]
    song[6]["Image"] = "moon.png"
    song[9]["ShadowImage"] = "shade.png"
    for name, cells in changes.items():
        song[int(name.removeprefix("row")) - 1].update(cells)
    return [*song, {"Time": len(THINGS) * SECONDS}]


def write(project: Project, song: list[dict] | None = None, title: str = "Edits", **video) -> None:
    """The song as it was, or with something changed."""
    project.write_image("moon.png", (40, 60, 200))
    project.write_image("shade.png", (20, 200, 20))
    project.write_sound(len(THINGS) * SECONDS)
    for path in (*project.folder.glob("images/*"), project.folder / "song.wav"):
        os.utime(path, (LONG_AGO, LONG_AGO))  # what is written again is the same file
    project.write_sheet(song or rows(), Title=title, SecondsPerFrame=1, Zoom=True)
    project.write_config(
        songs={"song": {"sheet": "song.xlsx", "audio": "song.wav"}},
        render={"width": 256, "height": 256, "steps": 8, "strength": 0.75},
        video={"fps": 20, **video},
    )


def inserted() -> list[dict]:
    song = rows()
    return [*song[:8], {"Time": 7.5 * SECONDS, "Prompt": "a blue fish"}, *song[8:]]


EDITS: dict[str, Callable[[Project], None]] = {
    "the prompt of row 4": lambda p: write(p, rows(row4={"Prompt": "a blue tree"})),
    "the prompt of row 12, the last": lambda p: write(p, rows(row12={"Prompt": "a blue bird"})),
    "the prompt of row 7, which has the image": lambda p: write(
        p, rows(row7={"Prompt": "a blue flower"})
    ),
    "the time of row 7, a second later": lambda p: write(p, rows(row7={"Time": 6 * SECONDS + 1})),
    "a row inserted after row 8": lambda p: write(p, inserted()),
    "the pixels of row 7's image": lambda p: p.write_image("moon.png", (200, 60, 40)),
    "the pixels of row 10's shadow": lambda p: p.write_image("shade.png", (200, 20, 200)),
    "the prompt of row 1, which paints the opening": lambda p: write(
        p, rows(row1={"Prompt": "a blue star"})
    ),
    "the strength of row 4": lambda p: write(p, rows(row4={"Strength": 0.5})),
    "the guidance of row 4": lambda p: write(p, rows(row4={"GuidanceScale": 3})),
    "the steps of row 4": lambda p: write(p, rows(row4={"Steps": 10})),
    "the seed of row 4": lambda p: write(p, rows(row4={"Seed": 3})),
    "the spacing of row 4": lambda p: write(p, rows(row4={"SecondsPerFrame": 0.5})),
    "the shadow's share in row 4": lambda p: write(p, rows(row4={"Shadow": 0.05})),
    "the zoom of row 4": lambda p: write(p, rows(row4={"Zoom": 0.1})),
    "the pan of row 4, to the right": lambda p: write(p, rows(row4={"PanX": 0.1})),
    "the pan of row 4, upwards": lambda p: write(p, rows(row4={"PanY": 0.1})),
    "the turn of row 4": lambda p: write(p, rows(row4={"Rotate": 5})),
    "the ease of row 4": lambda p: write(p, rows(row4={"Ease": "both"})),
    "the interpolation of row 4": lambda p: write(p, rows(row4={"Interpolation": "none"})),
    "a note in row 4": lambda p: write(p, rows(row4={"Note": "the refrain"})),
    "fps": lambda p: write(p, fps=12),
    "crf": lambda p: write(p, crf=30),
    "the sound": lambda p: p.write_sound(len(THINGS) * SECONDS - 2),
    "the title": lambda p: write(p, title="Another"),
}


def run(project: Project) -> tuple[int, float]:
    """Render; how many keyframes were diffused, and how long it took in seconds."""
    before, began = len(project.ledger()), time.monotonic()
    project.render("--cores", "2")
    return len(project.ledger()) - before, time.monotonic() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), "storybook")
        write(project)
        diffused, seconds = run(project)
        print(f"first render: {diffused} keyframes diffused, {seconds:.0f} s\n")
        print("| edit | told | rows planned | diffused | seconds | undone: diffused | seconds |")
        print("|---|---|---|---|---|---|---|")
        for name, edit in EDITS.items():
            edit(project)
            told = project.render("--cores", "1", "explain").stdout
            words = re.search(r"^song: (.*\d+ kept)", told, re.MULTILINE)[1]
            planned = project.planned()["render_segment"]
            diffused, seconds = run(project)
            write(project)
            again, undone = run(project)
            print(
                f"| {name} | {words} | {planned} | {diffused} | {seconds:.0f} | {again} "
                f"| {undone:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

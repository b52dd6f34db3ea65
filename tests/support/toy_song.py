"""A song rendered by a model of toy size, without Snakemake: its plan, images and jobs."""

from pathlib import Path

from PIL import Image
from songreel.song.songs import Songbook

from song_sheets import HEADINGS, write_sheet
from songreel.keyframes.chain import render_opening, render_segment
from songreel.keyframes.renderer import open_studio
from songreel.media.images import load_png, prepare_image, save_png
from songreel.plan.plan_file import freeze
from songreel.storage import ledger
from songreel.storage.segments import read_manifest
from songreel.storage.source_files import note_source

START, TARGET, SECOND = "00000000", "00001000", "00002000"

ROWS = (
    (0, "a star", None, "rain", None, None),
    (1, "a moon", None, None, "moon.png", None),
    (2, "a boat", None, None, None, "shade.png"),
    (3, None, None, None, None, None),
)
"""An opening; a target, whose chain has two rows; an end that the last prompt paints."""


class ToySong:
    """A song in a folder of its own.

    Args:
        folder: where its sheet, images, cache and results lie.
        model: a model's folder.
        rows: of the sheet.
    """

    def __init__(self, folder, model, rows=ROWS):
        self.folder, self.model = folder, model
        self.results = folder / "results" / "song"
        self.cache = folder / "cache"
        self.said = []
        if not (folder / "images").exists():
            self.write_image("moon.png", (40, 60, 200))
            self.write_image("shade.png", (20, 200, 20))
        self.edit(rows)

    def write_image(self, name, colour):
        (self.folder / "images").mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (80, 64), colour).save(self.folder / "images" / name)

    def edit(self, rows=ROWS, title="Song", **sections):
        """Save the sheet and read it, as a run does that begins."""
        settings = [["Title", title], ["SecondsPerFrame", 0.5], ["Zoom", True]]
        write_sheet(self.folder / "song.xlsx", [*settings, HEADINGS, *rows])
        config = {
            "sheet": str(self.folder / "song.xlsx"),
            "model": {"name": str(self.model)},
            "render": {"width": 64, "height": 64, "steps": 2, "seed": 1},
            "cache": {"folder": str(self.cache)},
            **sections,
        }
        self.plan = Songbook(config, self.folder / "results", frozen=False).plan("song")

    def begin(self):
        """Freeze the plan and prepare the images."""
        freeze(self.plan, self.results)
        for name, image in self.plan["images"].items():
            prepared = self.results / "images" / f"{name}.png"
            save_png(prepare_image(Path(image["path"]), 64, 64), prepared)
            note_source(prepared, image["state"], (64, 64))
        return self

    def studio(self):
        return open_studio(self.results, self.said.append, self.plan)

    def render(self):
        """Everything, each row by a job of its own."""
        self.begin()
        with self.studio() as studio:
            render_opening(studio, self.results / "opening.png")
        for segment in self.plan["segments"]:
            self.render_row(segment["start"])

    def render_row(self, start):
        """A row, by a job of its own."""
        with self.studio() as studio:
            render_segment(studio, start)

    def manifest(self, start):
        return read_manifest(self.results / "segments" / start / "keyframes.json")["keyframes"]

    def pictures(self):
        found = sorted(self.results.glob("segments/*/*.png"))
        return {str(path.relative_to(self.results)): path.read_bytes() for path in found}

    @property
    def ledger(self):
        return ledger.read(self.results / "ledger.jsonl")

    def image_path(self, stem):
        name = next(name for name in self.plan["images"] if name.startswith(stem))
        return self.results / "images" / f"{name}.png"

    def image(self, stem):
        return load_png(self.image_path(stem))

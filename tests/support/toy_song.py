"""A song rendered by a model of toy size, without Snakemake: its plan, images and jobs."""

from pathlib import Path

from PIL import Image

from song_sheets import HEADINGS, write_sheet
from songreel.keyframes.chain import render_opening, render_segment
from songreel.keyframes.renderer import open_renderer
from songreel.keyframes.segment import planned_segment, segment_folder
from songreel.media.images import load_png, prepare_image, save_prepared
from songreel.plan.plan_file import PLAN_FILE, RunOptions, write_plan
from songreel.song.song_plans import SongPlans
from songreel.storage import ledger
from songreel.storage.segments import read_manifest

START, TARGET, SECOND = "00000000", "00001000", "00002000"

OPENING = f"openings/{START}.png"

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

    def edit(self, rows=ROWS, title="Song", columns=(), **sections):
        """Save the sheet, with more columns than the usual ones, and read it as a new run does."""
        settings = [["Title", title], ["SecondsPerFrame", 0.5], ["Zoom", True]]
        write_sheet(self.folder / "song.xlsx", [*settings, [*HEADINGS, *columns], *rows])
        config = {
            "sheet": str(self.folder / "song.xlsx"),
            "model": {"name": str(self.model)},
            "render": {"width": 64, "height": 64, "steps": 2, "seed": 1},
            "cache": {"folder": str(self.cache)},
            **sections,
        }
        self.plan = SongPlans(config, self.folder / "results", from_files=False).plan("song")

    def begin(self, renders_alone=False):
        """Write the plan and prepare the images, as a run does that begins."""
        options = RunOptions(renders_alone)
        write_plan(self.plan, self.results / PLAN_FILE, options)
        for name, source in self.plan.images.items():
            image = prepare_image(Path(source.path), 64, 64)
            save_prepared(image, self.results / "images" / f"{name}.png", source.digest)
        return self

    def renderer(self, threads=1):
        """A renderer by the plan that was written."""
        return open_renderer(self.results, self.cache, self.said.append, threads=threads)

    def planning_renderer(self):
        """A renderer by the plan as the sheet now says."""
        return open_renderer(self.results, self.cache, self.said.append, self.plan)

    def render(self):
        """Everything, each row by a job of its own."""
        self.begin()
        self.render_opening()
        for segment in self.plan.segments:
            self.render_row(segment.name)

    def render_opening(self, threads=1):
        with self.renderer(threads) as renderer:
            for name, settings in self.plan.openings.items():
                path = self.results / self.plan.by_name[name].images.init_image
                render_opening(renderer, settings, name, path)

    def segment(self, name):
        """A segment with its images among the results."""
        plan = self.plan.by_name[name]
        return planned_segment(plan, self.results, self.results / plan.images.init_image)

    def render_row(self, name):
        """A row, by a job of its own; whether it loaded the model."""
        with self.renderer() as renderer:
            render_segment(renderer, self.segment(name), segment_folder(self.results, name))
            return renderer.painter.is_loaded

    def manifest(self, name):
        return read_manifest(self.results / "segments" / name / "keyframes.json").keyframes

    def pictures(self):
        found = sorted(self.results.glob("segments/*/*.png"))
        return {str(path.relative_to(self.results)): path.read_bytes() for path in found}

    @property
    def ledger(self):
        return ledger.read(self.results / "ledger.jsonl")

    def image_path(self, stem):
        name = next(name for name in self.plan.images if name.startswith(stem))
        return self.results / "images" / f"{name}.png"

    def image(self, stem):
        return load_png(self.image_path(stem))

"""A song project in a temporary folder, and the real snakemake command run in it."""

import io
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import yaml
from PIL import Image

from songreel.media import ffmpeg
from songreel.storage import ledger

ROOT = Path(__file__).parents[2]
COLUMNS = ("Time", "Prompt", "PromptStyle", "NegativePrompt", "Image", "ShadowImage")


ROWS = (
    {"Time": 0, "Prompt": "a red star"},
    {"Time": 1, "Prompt": "a green boat", "NegativePrompt": "text"},
    {"Time": 2, "Prompt": "a blue moon", "Image": "moon.png"},
    {"Time": 3.5, "Prompt": "a bell", "PromptStyle": "pencil", "ShadowImage": "shade.png"},
    {"Time": 5, "Image": "end.png"},
)
"""Two chains: one grows from a painted opening, one from ``moon.png``; ten keyframes and an end."""


class Project:
    """A folder with a sheet ``song.xlsx``, images, a sound and a configuration.

    Args:
        folder: where it lies; made when missing.
        model: a model folder in diffusers format.
    """

    def __init__(self, folder: Path, model: Path):
        self.folder = folder
        self.model = model
        self.folder.mkdir(parents=True, exist_ok=True)

    def write_sheet(self, rows, name="song", **settings):
        """Write a sheet; a row is a dictionary by column name, or (time, prompt)."""
        workbook = openpyxl.Workbook()
        for key, value in settings.items():
            workbook.active.append([key, value])
        rows = [
            row if isinstance(row, dict) else dict(zip(COLUMNS, row, strict=False)) for row in rows
        ]
        columns = list(dict.fromkeys([*COLUMNS, *(column for row in rows for column in row)]))
        workbook.active.append(columns)
        for row in rows:
            workbook.active.append([row.get(column) for column in columns])
        content = io.BytesIO()
        workbook.save(content)
        (self.folder / f"{name}.xlsx").write_bytes(content.getvalue())

    def write_image(self, name, colour, size=(64, 64)):
        """Write a picture of one colour with a little grain."""
        grain = np.random.default_rng(sum(colour)).integers(-9, 10, (*size[::-1], 3))
        picture = np.clip(np.array(colour) + grain, 0, 255).astype(np.uint8)
        folder = self.folder / "images"
        folder.mkdir(exist_ok=True)
        Image.fromarray(picture).save(folder / name)

    def write_sound(self, seconds, name="song.wav"):
        """Write a tone."""
        ffmpeg.run(
            ["-y", "-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
            + [str(self.folder / name)]
        )

    def write_config(self, songs=None, **sections):
        """Write ``config.yaml`` for the toy model: 64×64, two steps, ten frames a second."""
        config = {
            "songs": songs or {"song": {"sheet": "song.xlsx"}},
            "model": {"name": str(self.model)},
            "render": {"width": 64, "height": 64, "steps": 2, "strength": 0.5, "seed": 1},
            "video": {"fps": 10, "preset": "ultrafast"},
        }
        for section, values in sections.items():
            config[section] = {**config.get(section, {}), **values}
        (self.folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")

    def snakemake(self, *arguments, config="config.yaml"):
        """Run snakemake in the project; ``stdout`` of the finished process has all it said."""
        return subprocess.run(
            self.command(*arguments, config=config),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def command(self, *arguments, config="config.yaml"):
        """The snakemake command of the project."""
        configured = ["--configfile", config] if config else []
        return [
            *(sys.executable, "-m", "snakemake"),
            *("-s", str(ROOT / "Snakefile")),
            *configured,
            *arguments,
        ]

    def render(self, *arguments, **options):
        """Run snakemake and insist that it succeeds."""
        done = self.snakemake(*arguments, **options)
        assert done.returncode == 0, done.stdout[-6000:]
        return done

    def planned(self, *arguments, **options):
        """How many jobs of each rule a dry run lists."""
        output = self.render("-n", *arguments, **options).stdout
        return Counter(re.findall(r"^ *(?:local)?rule (\w+):", output, re.MULTILINE))

    def planned_starts(self, rule):
        """The segments for which a dry run lists a rule."""
        _, *jobs = re.split(r"^ *(?:local)?rule ", self.render("-n").stdout, flags=re.MULTILINE)
        return sorted(
            re.search(r"segment=(\d+)", job)[1] for job in jobs if job.startswith(f"{rule}:")
        )

    def ledger(self, song="song"):
        """What was really diffused so far."""
        return ledger.read(self.folder / "results" / song / "ledger.jsonl")

    def film(self, song="song"):
        """The path of the film."""
        return self.folder / "results" / song / f"{song}.mp4"

    def frames(self, song="song", size=(64, 64)):
        """The film decoded, (frames, height, width, 3) uint8."""
        bt709 = "scale=in_color_matrix=bt709:in_range=tv:flags=accurate_rnd+full_chroma_int"
        decoded = ffmpeg.read_frames(
            ["-i", str(self.film(song)), "-vf", bt709, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
            *size,
        )
        return np.stack(list(decoded))

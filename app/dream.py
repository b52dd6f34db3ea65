"""A dream: a style, prompts and their numbers of frames, written as a song sheet and configuration.

Here ends what the page knows of a dream; from the sheet on it is a song like any other.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from songreel.models.settings import ModelSettings
from songreel.models.source import STORYBOOK, resolve_model

NAME = "dream"
SHEET = f"{NAME}.xlsx"

SECONDS_PER_FRAME = 0.5

MAX_PROMPTS = 12
MAX_FRAMES = 60  # of one prompt

SHAPES = {"square": (1, 1), "wide": (16, 9), "tall": (9, 16)}

STORYBOOK_SIZES = {"square": (256, 256), "wide": (448, 256), "tall": (256, 448)}
"""The sizes that it learned; in smaller pictures it cuts things off."""

SETTING_LINES = 3  # of the sheet, above its headings


@dataclass(frozen=True)
class Passage:
    """One prompt of a dream.

    Attributes:
        prompt: what to paint.
        frames: how many keyframes of it.
    """

    prompt: str
    frames: int


@dataclass(frozen=True)
class Dream:
    """What was asked for.

    Attributes:
        passages: the prompts in order.
        style: added to every prompt; may be empty.
        zoom: the growth in percent per second; 0 for none.
        negative_prompt: what to keep out; may be empty.
        first_image, last_image: names of the files in the folder ``images``, or None.
        seed: another number, another dream.
        shape: one of ``SHAPES``.
        model: its name, as in a configuration.
    """

    passages: Sequence[Passage]
    style: str
    zoom: float
    negative_prompt: str
    first_image: str | None
    last_image: str | None
    seed: int
    shape: str
    model: str


def write_sheet(dream: Dream, path: Path) -> None:
    """Write a dream as a song sheet.

    Args:
        dream: what was asked for.
        path: of the workbook.
    """
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["Style", _text(dream.style)])
    page.append(["SecondsPerFrame", SECONDS_PER_FRAME])
    page.append(["Zoom", dream.zoom / 100 if dream.zoom else False])
    page.append(["Time", "Prompt", "NegativePrompt", "Image"])
    time = 0.0
    for number, passage in enumerate(dream.passages):
        image = dream.first_image if number == 0 else None
        page.append([time, _text(passage.prompt), _text(dream.negative_prompt), image])
        time += passage.frames * SECONDS_PER_FRAME
    page.append([time, None, None, dream.last_image])
    for row in page.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a prompt that begins with "=" is no formula
    page.column_dimensions["B"].width = 50
    book.save(path)


def configuration(dream: Dream) -> dict[str, Any]:
    """Return the configuration of a dream; everything that is not asked for is the default."""
    width, height = size(dream.model, dream.shape)
    return {
        "songs": {NAME: {"sheet": SHEET, "images": "images"}},
        "model": {"name": dream.model},
        "render": {"width": width, "height": height, "seed": dream.seed},
        "video": {"also": ["gif"]},
    }


def size(model: str, shape: str) -> tuple[int, int]:
    """Return width and height of a shape: what the model was made for, or as many pixels.

    Args:
        model: its name, as in a configuration.
        shape: one of ``SHAPES``.
    """
    source = resolve_model(ModelSettings(name=model))
    if source.name == STORYBOOK:
        return STORYBOOK_SIZES[shape]
    reduction = source.family.model_latent_reduction(source.folder) if source.folder else 8
    multiple = math.lcm(8, reduction)
    wide, high = SHAPES[shape]
    longer = math.sqrt(wide / high)
    width, height = (
        multiple * round(side / multiple)
        for side in (source.native_side * longer, source.native_side / longer)
    )
    return width, height


def in_words_of_the_page(line: str, numbers: Sequence[int] = ()) -> str:
    """Turn a line of the checker into one that names the page's fields instead of cells.

    Args:
        line: of the checker.
        numbers: of the prompts that stand in the sheet, from 1; empty where none was left blank.
    """

    def field(match: re.Match) -> str:
        column, line_number = match[1], int(match[2])
        if line_number <= SETTING_LINES:
            return ["Style", "Frames", "Zoom"][line_number - 1]
        number = line_number - SETTING_LINES - 1
        if number <= len(numbers):
            number = numbers[number - 1]
        name = {"A": "Frames of prompt", "B": "Prompt", "C": "Keep out, prompt", "D": "Image of"}
        return f"{name.get(column, 'Prompt')} {number}"

    return re.sub(rf"{re.escape(SHEET)}, cell ([A-Z])(\d+)", field, line)


def _text(text: str) -> str | None:
    return " ".join(text.split()) or None

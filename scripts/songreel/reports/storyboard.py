"""The storyboard: every row of the sheet as a picture with its time and words."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from songreel.reports.typesetting import Type
from songreel.storage.atomic import replacing

PAPER = "#15161a"

EMPTY = "#1f2127"

WHITE = "#f3f1ea"

GREY = "#9a9ba3"

AMBER = "#f2b84b"

THUMBNAIL = 240  # pixels, the wider side

GUTTER = 28

MARGIN = 56

CAPTION_GAP = 12

CORNER = 8

MOST_COLUMNS = 12  # beyond that a screen shows only a part of a line


@dataclass(frozen=True)
class Panel:
    """One row of the sheet.

    Attributes:
        picture: a file that Pillow reads.
        time: when the row starts, as it is to be shown.
        prompt, style: its words; the style may be empty.
        note: anything else worth saying, such as a target; may be empty.
    """

    picture: Path
    time: str
    prompt: str
    style: str
    note: str


@dataclass(frozen=True)
class _Line:
    text: str
    type: Type
    colour: str


def draw_storyboard(panels: Iterable[Panel], title: str, subtitle: str, path: Path) -> None:
    """Lay out all panels as a contact sheet, in reading order, and save it as a PNG.

    The sheet grows in both directions, to about the shape of a screen; hundreds of panels make it
    longer, never wider than ``MOST_COLUMNS``. One picture is in memory at a time.

    Args:
        panels: at least one; their pictures are shown whole.
        title, subtitle: the sheet's heading; one line each.
        path: the PNG; it appears whole or not at all.
    """
    panels = list(panels)
    thumbnail = _thumbnail_size(panels[0].picture)
    captions = [_caption(panel, thumbnail[0]) for panel in panels]
    columns = _columns(len(panels), thumbnail)
    width = 2 * MARGIN + columns * (thumbnail[0] + GUTTER) - GUTTER

    heading = [
        *_lines(title, Type(44), WHITE, width - 2 * MARGIN, 2),
        *_lines(subtitle, Type(20), GREY, width - 2 * MARGIN, 2),
    ]
    top = MARGIN + _height(heading) + GUTTER
    rows = range(0, len(panels), columns)
    row_heights = [
        thumbnail[1] + CAPTION_GAP + max(map(_height, captions[row : row + columns])) + GUTTER
        for row in rows
    ]
    sheet = Image.new("RGB", (width, top + sum(row_heights) - GUTTER + MARGIN), PAPER)
    page = ImageDraw.Draw(sheet)
    mask = _rounded(thumbnail)
    _set(page, MARGIN, MARGIN, heading)
    for row, row_height in zip(rows, row_heights, strict=True):
        for column, index in enumerate(range(row, min(row + columns, len(panels)))):
            left = MARGIN + column * (thumbnail[0] + GUTTER)
            sheet.paste(_fitted(panels[index].picture, thumbnail), (left, top), mask)
            _set(page, left, top + thumbnail[1] + CAPTION_GAP, captions[index])
        top += row_height
    with replacing(path) as temporary:
        sheet.save(temporary)


def _thumbnail_size(picture: Path) -> tuple[int, int]:
    with Image.open(picture) as image:
        width, height = image.size
    scale = THUMBNAIL / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _columns(count: int, thumbnail: tuple[int, int]) -> int:
    """As many as make a sheet of about 3 by 2."""
    panel_width, panel_height = thumbnail[0] + GUTTER, thumbnail[1] + 110
    ideal = math.sqrt(count * 1.5 * panel_height / panel_width)
    return max(1, min(math.ceil(ideal), count, MOST_COLUMNS))


def _caption(panel: Panel, width: int) -> list[_Line]:
    return [
        *_lines(panel.time, Type(15), AMBER, width, 1),
        *_lines(panel.prompt, Type(19), WHITE, width, 3),
        *_lines(panel.style, Type(14), GREY, width, 2),
        *_lines(panel.note, Type(14), AMBER, width, 2),
    ]


def _lines(text: str, type: Type, colour: str, width: int, most: int) -> list[_Line]:
    return [_Line(line, type, colour) for line in type.wrap(text, width, most) if line]


def _height(lines: Sequence[_Line]) -> int:
    """From the top of the first line to some way below the last one's baseline."""
    return _baselines(lines)[-1] + GUTTER // 2


def _set(page: ImageDraw.ImageDraw, left: int, top: int, lines: Sequence[_Line]) -> None:
    for line, baseline in zip(lines, _baselines(lines), strict=True):
        line.type.draw(page, left, top + baseline, line.text, line.colour)


def _baselines(lines: Sequence[_Line]) -> list[int]:
    """Where the lines stand below their top: each needs room above, and leaves some below."""
    baselines, above = [], 0.0
    for line in lines:
        baselines.append(round(above + 0.95 * line.type.size))
        above = baselines[-1] + 0.45 * line.type.size
    return baselines


def _rounded(size: tuple[int, int]) -> Image.Image:
    """A mask with rounded corners, drawn four times larger and shrunk so that they are smooth."""
    mask = Image.new("L", (size[0] * 4, size[1] * 4))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *mask.size), CORNER * 4, 255)
    return mask.resize(size, Image.Resampling.BOX)


def _fitted(picture: Path, size: tuple[int, int]) -> Image.Image:
    """A picture, whole, in a field of that size."""
    with Image.open(picture) as image:
        return ImageOps.pad(image.convert("RGB"), size, Image.Resampling.LANCZOS, EMPTY)

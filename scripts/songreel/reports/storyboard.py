"""The storyboard: a sheet with an image of every row, its time and its prompt."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps
from PIL.PngImagePlugin import PngInfo

from songreel.reports.typesetting import TextFont, missing_letters
from songreel.storage.atomic import replacing
from songreel.storage.labels import KEYWORD

PAPER = "#15161a"

EMPTY = "#1f2127"

WHITE = "#f3f1ea"

GREY = "#9a9ba3"

AMBER = "#f2b84b"

THUMBNAIL = 240  # pixels of the longer side

GUTTER = 28  # pixels between panels

MARGIN = 56  # pixels around the sheet

CAPTION_GAP = 12  # pixels between an image and its caption

CORNER_RADIUS = 8  # pixels

MAX_COLUMNS = 12  # more do not fit on a screen


@dataclass(frozen=True)
class Panel:
    """One row of the song's table.

    Attributes:
        image: a file that Pillow reads.
        time: when the row starts, as text.
        prompt: of the row.
        style: of the row; may be empty.
        note: such as the name of the row's image; may be empty.
    """

    image: Path
    time: str
    prompt: str
    style: str
    note: str


@dataclass(frozen=True)
class _Line:
    text: str
    font: TextFont
    colour: str


def draw_storyboard(
    panels: Iterable[Panel], title: str, subtitle: str, path: Path, inputs: str | None = None
) -> tuple[str, ...]:
    """Draw all panels in rows, in reading order, and save them as a PNG.

    The sheet has about the shape of a screen; hundreds of panels make it longer, but never wider
    than ``MAX_COLUMNS``. Only one image is in memory at a time.

    Args:
        panels: at least one; their images are shown whole.
        title: the sheet's heading, up to two lines.
        subtitle: below the title, up to two lines.
        path: the PNG file; it appears complete or not at all.
        inputs: the digest of what the storyboard is drawn from, which it carries; None for none.

    Returns:
        notes: plain sentences for the user.

    Raises:
        OSError: an image cannot be read, or the file cannot be written.
    """
    panels = list(panels)
    thumbnail = _thumbnail_size(panels[0].image)
    captions = [_caption(panel, thumbnail[0]) for panel in panels]
    columns = _columns(len(panels), thumbnail)
    width = 2 * MARGIN + columns * (thumbnail[0] + GUTTER) - GUTTER

    heading = [
        *_lines(title, TextFont(44), WHITE, width - 2 * MARGIN, 2),
        *_lines(subtitle, TextFont(20), GREY, width - 2 * MARGIN, 2),
    ]
    top = MARGIN + _height(heading) + GUTTER
    rows = range(0, len(panels), columns)
    row_heights = [
        thumbnail[1] + CAPTION_GAP + max(map(_height, captions[row : row + columns])) + GUTTER
        for row in rows
    ]
    sheet = Image.new("RGB", (width, top + sum(row_heights) - GUTTER + MARGIN), PAPER)
    mask = _rounded(thumbnail)
    _draw_lines(sheet, MARGIN, MARGIN, heading)
    for row, row_height in zip(rows, row_heights, strict=True):
        for column, index in enumerate(range(row, min(row + columns, len(panels)))):
            left = MARGIN + column * (thumbnail[0] + GUTTER)
            sheet.paste(_fitted(panels[index].image, thumbnail), (left, top), mask)
            _draw_lines(sheet, left, top + thumbnail[1] + CAPTION_GAP, captions[index])
        top += row_height
    chunks = PngInfo()
    if inputs:
        chunks.add_text(KEYWORD, inputs)
    with replacing(path) as temporary:
        sheet.save(temporary, pnginfo=chunks)
    texts = [text for panel in panels for text in (panel.prompt, panel.style, panel.note)]
    letters = missing_letters([title, subtitle, *texts])
    return (_missing_letters_note(path.name, letters),) if letters else ()


def _missing_letters_note(name: str, letters: str) -> str:
    some = letters if len(letters) <= 20 else letters[:20] + "…"
    return (
        f"{name}: no font on this machine has {some} (shown as boxes); install fontconfig and a "
        "font that has them, such as Noto, and delete the storyboard to have it drawn again"
    )


def _thumbnail_size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        width, height = image.size
    scale = THUMBNAIL / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _columns(count: int, thumbnail: tuple[int, int]) -> int:
    """Return the number of columns for a sheet of about 3 by 2."""
    panel_width, panel_height = thumbnail[0] + GUTTER, thumbnail[1] + 110
    ideal = math.sqrt(count * 1.5 * panel_height / panel_width)
    return max(1, min(math.ceil(ideal), count, MAX_COLUMNS))


def _caption(panel: Panel, width: int) -> list[_Line]:
    return [
        *_lines(panel.time, TextFont(15), AMBER, width, 1),
        *_lines(panel.prompt, TextFont(19), WHITE, width, 3),
        *_lines(panel.style, TextFont(14), GREY, width, 2),
        *_lines(panel.note, TextFont(14), AMBER, width, 2),
    ]


def _lines(text: str, font: TextFont, colour: str, width: int, lines: int) -> list[_Line]:
    return [_Line(line, font, colour) for line in font.wrap(text, width, lines) if line]


def _height(lines: Sequence[_Line]) -> int:
    """Return the height of lines, with the space below the last one, in pixels."""
    return _baselines(lines)[-1] + GUTTER // 2


def _draw_lines(image: Image.Image, left: int, top: int, lines: Sequence[_Line]) -> None:
    for line, baseline in zip(lines, _baselines(lines), strict=True):
        line.font.draw(image, left, top + baseline, line.text, line.colour)


def _baselines(lines: Sequence[_Line]) -> list[int]:
    """Return the lines' baselines in pixels below their top."""
    baselines, above = [], 0.0
    for line in lines:
        baselines.append(round(above + 0.95 * line.font.size))
        above = baselines[-1] + 0.45 * line.font.size
    return baselines


def _rounded(size: tuple[int, int]) -> Image.Image:
    """Return a mask with rounded corners, drawn four times larger and reduced for smooth edges."""
    mask = Image.new("L", (size[0] * 4, size[1] * 4))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *mask.size), CORNER_RADIUS * 4, 255)
    return mask.resize(size, Image.Resampling.BOX)


def _fitted(path: Path, size: tuple[int, int]) -> Image.Image:
    """Return an image file, whole, in a field of a size."""
    with Image.open(path) as image:
        return ImageOps.pad(image.convert("RGB"), size, Image.Resampling.LANCZOS, EMPTY)

"""Write the song sheet of the example: ``python make_sheet.py`` makes ``twinkle.xlsx``.

It is the sheet a musician would have typed, except that the times are counted from the score. The
file holds no date, so that the same sheet is the same file.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from score import LENGTH, LINE, LINE_BEATS, seconds

HEADER: list[tuple[str, object]] = [
    ("Title", "Twinkle, Twinkle, Little Star"),
    ("Style", "watercolour"),
    ("SecondsPerFrame", 0.5),
    ("Zoom", True),
]
COLUMNS = {  # and their widths, in characters
    "Time": 12,
    "Prompt": 58,
    "PromptStyle": 16,
    "NegativePrompt": 18,
    "Image": 24,
    "ShadowImage": 18,
    "Pull": 12,
}


@dataclass(frozen=True)
class Picture:
    """What the film shows during a row; None leaves the cell blank."""

    painting: str | None = None
    style: str | None = None
    negative: str | None = None
    image: str | None = None
    shadow: str | None = None
    pull: str | None = None


INTRODUCTION = Picture("a white moon in the night sky", negative="sun")
# Line by line; each picture has an equal share of its line, whose words begin its prompt.
PICTURES = [
    {
        "Twinkle, twinkle": Picture("a yellow star in the night sky", shadow="starlight.png"),
        "little star": Picture("a pink star at sunset"),
    },
    {
        "How I wonder": Picture("a black cat in the city", style="poster"),
        "what you are": Picture("a purple castle at sunset", style="poster"),
    },
    {
        "Up above the world so high": Picture(
            "a red balloon in the blue sky", style="mosaic", negative="night sky"
        ),
    },
    {
        "Like a diamond": Picture(style="neon", image="diamond.png", pull="ease_in"),
        "in the sky": Picture("a pink butterfly in the night sky", style="neon"),
    },
    {
        "Twinkle, twinkle": Picture("a yellow star over the sea", shadow="starlight.png"),
        "little star": Picture("a white star in the forest"),
    },
    {
        "How I wonder": Picture("a green tree in the snow"),
        "what you are": Picture("a red house in the snow"),
    },
]
END = Picture(image="star_over_village.png", pull="ease_in")


def song_rows() -> list[tuple[Fraction, str | None, Picture]]:
    """The table: when each row starts (seconds), its prompt and its picture."""
    rows: list[tuple[Fraction, str | None, Picture]]
    rows = [(seconds(0), INTRODUCTION.painting, INTRODUCTION)]
    for beat, pictures in zip(LINE_BEATS, PICTURES, strict=True):
        for number, (words, picture) in enumerate(pictures.items()):
            prompt = ", ".join(part for part in (words, picture.painting) if part)
            rows.append((seconds(beat + number * LINE // len(pictures)), prompt, picture))
    return [*rows, (seconds(LENGTH), None, END)]


def as_cell(moment: Fraction) -> time:
    """Seconds since the start as a time of day, which is how a spreadsheet keeps times."""
    since_midnight = timedelta(milliseconds=int(moment * 1000))
    return (datetime.min + since_midnight).time()


def write_rows(page: Worksheet) -> None:
    """Type the header block and the table."""
    for entry in HEADER:
        page.append(entry)
    page.append(list(COLUMNS))
    table = page.max_row
    for moment, prompt, picture in song_rows():
        page.append(
            [
                as_cell(moment),
                prompt,
                picture.style,
                picture.negative,
                picture.image,
                picture.shadow,
                picture.pull,
            ]
        )
        page.cell(page.max_row, 1).number_format = "mm:ss.0"
    format_page(page, table)


def format_page(page: Worksheet, table: int) -> None:
    """Set widths, bold names and a shaded, frozen table header; ``table`` is its row."""
    for column, width in zip(page.iter_cols(max_row=1), COLUMNS.values(), strict=True):
        page.column_dimensions[column[0].column_letter].width = width
    for row in range(1, table):
        page.cell(row, 1).font = Font(bold=True)
        page.cell(row, 2).alignment = Alignment(horizontal="left")
    for cell in page[table]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE9A8")
    page.freeze_panes = page.cell(table + 1, 1)


def save_without_dates(book: Workbook, path: Path) -> None:
    """Save a workbook whose bytes depend on nothing but its cells."""
    draft = io.BytesIO()
    book.save(draft)
    with zipfile.ZipFile(draft) as dated, zipfile.ZipFile(path, "w") as undated:
        for part in dated.namelist():
            content = dated.read(part)
            if part == "docProps/core.xml":
                content = re.sub(rb"<dcterms:(created|modified).*?</dcterms:\1>", b"", content)
            undated.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    book = Workbook()
    book.active.title = "Twinkle"
    write_rows(book.active)
    save_without_dates(book, Path(__file__).with_name("twinkle.xlsx"))

"""Typesetting: lines of text in an image, in whatever script they are written."""

import shutil
import subprocess
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont, features

ELLIPSIS = "…"

MAX_BITMAP_SIZE = 256
"""Pixels; the largest glyphs that bitmap fonts have, those of emoji, are 160 pixels high."""


class TextFont:
    """Text of one size.

    Latin is set in the font that Pillow brings, so that it looks the same everywhere. Letters that
    it lacks are set in a font of the system, which fontconfig finds; where there is none, each is
    shown as a box, and :func:`missing_letters` tells which.

    Args:
        size: in pixels.
    """

    def __init__(self, size: int):
        self.size = size
        self._latin = _Face(_latin_font(size), 1.0)

    def width(self, text: str) -> float:
        """Return the length of a line in pixels."""
        return sum(face.length(run) for face, run in self._runs(text))

    def draw(self, image: Image.Image, x: float, baseline: float, text: str, colour: str) -> None:
        """Draw one line.

        Args:
            image: what to draw on, RGB.
            x: the line's left end, in pixels.
            baseline: in pixels from the top.
            text: the line.
            colour: as Pillow names it; colour emoji have their own.
        """
        for face, run in self._runs(text):
            face.draw(image, x, baseline, run, colour)
            x += face.length(run)

    def wrap(self, text: str, width: float, lines: int) -> list[str]:
        """Break a text into lines.

        Lines break at spaces, or within a word that is too long for a line, as a sentence is in
        scripts without spaces. A text that does not fit ends in an ellipsis.

        Args:
            text: the text.
            width: of a line at most, in pixels.
            lines: their number at most, ≥ 1.

        Returns:
            the lines, without a space at either end.
        """
        wrapped: list[str] = []
        for word in text.split():
            if wrapped and self.width(f"{wrapped[-1]} {word}") <= width:
                wrapped[-1] += f" {word}"
                continue
            while self.width(word) > width:
                wrapped.append(self._beginning(word, width))
                word = word[len(wrapped[-1]) :]
            wrapped.append(word)
        if len(wrapped) > lines:
            last = self._beginning(wrapped[lines - 1], width - self.width(ELLIPSIS))
            wrapped[lines - 1 :] = [last.rstrip() + ELLIPSIS]
        return wrapped

    def _beginning(self, word: str, width: float) -> str:
        """Return as much of a word as fits into the width, one letter at least."""
        length = len(word)
        while length > 1 and self.width(word[:length]) > width:
            length -= 1
        return word[:length]

    def _runs(self, text: str) -> list[tuple["_Face", str]]:
        """Split a text into runs of one font each, as few as possible."""
        foreign = next((letter for letter in text if not self._latin.has(letter)), None)
        faces = [self._latin]
        if foreign:
            # Not in front of Latin if it is a bitmap font: fonts of emoji have digits, but blank.
            face = self._system_face(foreign)
            faces.insert(len(faces) if face.is_bitmap else 0, face)
        runs: list[tuple[_Face, str]] = []
        for letter in text:
            if _is_invisible(letter):
                if not runs or runs[-1][0] == self._latin or not features.check("raqm"):
                    continue  # it would be drawn as a box
                face = runs[-1][0]  # it joins letters of this font, or selects another form
            else:
                face = next((each for each in faces if each.has(letter)), None)
                face = face or self._system_face(letter)
            if runs and runs[-1][0] == face:
                runs[-1] = face, runs[-1][1] + letter
            else:
                runs.append((face, letter))
        return runs

    def _system_face(self, letter: str) -> "_Face":
        file = _system_font(letter)
        return (file and _open(*file, self.size)) or self._latin


def missing_letters(texts: Iterable[str]) -> str:
    """Return the letters, each once and in order, that no font of this machine has."""
    latin = _Face(_latin_font(16), 1.0)
    letters = dict.fromkeys("".join(texts))
    return "".join(
        letter
        for letter in letters
        if not latin.has(letter) and not _is_invisible(letter) and not _system_font(letter)
    )


@dataclass(frozen=True)
class _Face:
    """A font that is opened.

    Attributes:
        font: as Pillow opens it.
        scale: the text's size divided by the font's; not 1 for bitmap fonts, which have few sizes.
    """

    font: ImageFont.FreeTypeFont
    scale: float

    @property
    def is_bitmap(self) -> bool:
        return self.scale != 1

    def has(self, letter: str) -> bool:
        return _has(self.font, letter)

    def length(self, text: str) -> float:
        return self.font.getlength(text) * self.scale

    def draw(self, image: Image.Image, x: float, baseline: float, text: str, colour: str) -> None:
        if not self.is_bitmap:
            drawing = ImageDraw.Draw(image)
            drawing.text((x, baseline), text, fill=colour, font=self.font, anchor="ls")
            return
        # Drawn at the font's own size on an enlarged copy of what is below the text.
        left, top, right, bottom = self.font.getbbox(text, anchor="ls")
        box = (
            round(x + left * self.scale),
            round(baseline + top * self.scale),
            round(x + right * self.scale),
            round(baseline + bottom * self.scale),
        )
        if box[0] == box[2] or box[1] == box[3]:
            return
        enlarged = image.crop(box).resize((round(right - left), round(bottom - top)))
        ImageDraw.Draw(enlarged).text(
            (-left, -top), text, fill=colour, font=self.font, anchor="ls", embedded_color=True
        )
        size = box[2] - box[0], box[3] - box[1]
        image.paste(enlarged.resize(size, Image.Resampling.LANCZOS), box[:2])


@cache
def _latin_font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


@cache
def _open(file: str, index: int, size: int) -> _Face | None:
    """Open a font at a size, or a bitmap font at the nearest size above, else below."""
    for candidate in (size, *range(size + 1, MAX_BITMAP_SIZE), *range(size - 1, 0, -1)):
        try:
            return _Face(ImageFont.truetype(file, candidate, index), size / candidate)
        except OSError:  # a bitmap font of other sizes (Pillow does not list them), or no font
            continue
    return None


@cache
def _has(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """Tell whether a font draws a letter, and not the box for what it does not have."""
    if letter.isspace():
        return True
    font = _without_shaping(font)
    drawn = _draw_letter(font, letter)
    return any(drawn) and drawn != _draw_letter(font, "\U0010ffff")  # never a letter


def _draw_letter(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    left, top, right, bottom = map(round, font.getbbox(letter))
    image = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(image).text((-left, -top), letter, fill=255, font=font)
    return image.tobytes()


@cache
def _without_shaping(font: ImageFont.FreeTypeFont) -> ImageFont.FreeTypeFont:
    """Open a font again so that a lone accent is drawn alone, not on a dotted circle."""
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)


def _is_invisible(letter: str) -> bool:
    """Tell whether a character has no shape of its own: joiners, variation selectors."""
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f"


@cache
def _system_font(letter: str) -> tuple[str, int] | None:
    """Find the file of a system font that has a letter, and its index in that file.

    Fonts that were found for other letters of the script come first: fontconfig takes 10 ms.
    """
    script = unicodedata.name(letter, "").partition(" ")[0]  # such as CYRILLIC, CJK, HEBREW
    found = _fonts_of_script(script)
    for font in found:
        face = _open(*font, 16)
        if face and face.has(letter):
            return font
    font = _match_font(letter)
    if font:
        found.append(font)
    return font


@cache
def _fonts_of_script(script: str) -> list[tuple[str, int]]:
    """Return the list of fonts found so far, which grows."""
    return []


def _match_font(letter: str) -> tuple[str, int] | None:
    """Ask fontconfig for a font with a letter."""
    if not shutil.which("fc-match"):
        return None
    matched = subprocess.run(
        ["fc-match", "--format=%{file}\n%{index}", f"sans-serif:charset={ord(letter):x}"],
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
    )
    file, _, index = matched.stdout.partition("\n")
    face = _open(file, int(index or 0), 16) if file else None
    return (file, int(index or 0)) if face and face.has(letter) else None

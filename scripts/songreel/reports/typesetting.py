"""Lines of text in a picture, in whatever script they are written."""

import shutil
import subprocess
from functools import cache
from itertools import groupby

from PIL import ImageDraw, ImageFont

ELLIPSIS = "…"


class Type:
    """Text of one size.

    Latin is set in the typeface that Pillow brings, so that it looks the same everywhere. Letters
    it lacks are looked for among the system's fonts, through fontconfig; without a font that has
    them they appear as boxes.

    Args:
        size: in pixels.
    """

    def __init__(self, size: int):
        self.size = size
        self._latin = ImageFont.load_default(size)

    def width(self, text: str) -> float:
        """How long a line of it is, in pixels."""
        return sum(font.getlength(run) for run, font in self._runs(text))

    def draw(self, page: ImageDraw.ImageDraw, x: float, baseline: float, text: str, colour: str):
        """Set one line, its left end and baseline given in pixels."""
        for run, font in self._runs(text):
            page.text((x, baseline), run, fill=colour, font=font, anchor="ls")
            x += font.getlength(run)

    def wrap(self, text: str, width: float, lines: int) -> list[str]:
        """Break a text into at most so many lines of at most that width.

        Lines break at spaces, or within a word that is too long for a line, as are all sentences of
        scripts without spaces. A text that does not fit ends in an ellipsis.
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
        """As much of a word as the width holds, one letter at least."""
        length = len(word)
        while length > 1 and self.width(word[:length]) > width:
            length -= 1
        return word[:length]

    def _runs(self, text: str) -> list[tuple[str, ImageFont.FreeTypeFont]]:
        """The text in pieces of one font each, as few as there can be."""
        foreign = next((letter for letter in text if not _has(self._latin, letter)), None)
        fonts = [self._system(foreign), self._latin] if foreign else [self._latin]

        def font_of(letter: str) -> ImageFont.FreeTypeFont:
            having = (font for font in fonts if _has(font, letter))
            return next(having, None) or self._system(letter)

        return [("".join(letters), font) for font, letters in groupby(text, font_of)]

    def _system(self, letter: str) -> ImageFont.FreeTypeFont:
        file = _system_font(letter)
        return _open(file, self.size) if file else self._latin


@cache
def _open(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)


@cache
def _has(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """Whether a font draws something else than the box it draws for what it does not have."""
    if letter.isspace():
        return True
    missing = font.getmask("\U0010ffff")  # never a character
    drawn = font.getmask(letter)
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


@cache
def _system_font(letter: str) -> str | None:
    """The file of a system font that has a letter, the plainest first."""
    if not shutil.which("fc-list"):
        return None
    listed = subprocess.run(
        ["fc-list", f":charset={ord(letter):x}:scalable=True", "file"],
        capture_output=True,
        text=True,
    )
    files = sorted(line.rstrip(": ") for line in listed.stdout.splitlines())
    # Of a family's files the plain one usually has the shortest name.
    return min(files, key=lambda file: ("Sans" not in file, len(file)), default=None)

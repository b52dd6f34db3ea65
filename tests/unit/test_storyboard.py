"""The storyboard: all images are there, in order, with room for their captions, in any script."""

import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from songreel.reports import typesetting
from songreel.reports.storyboard import Panel, draw_storyboard
from songreel.reports.typesetting import TextFont, missing_letters

SCRIPTS = ["Привет, герои!", "英雄たちはどこへ", "שלום עולם", "Ça va où — “être”", "👑 1", "ab"]

NEVER_A_LETTER = "\U0010ffff"  # is always drawn as a box

needs_fontconfig = pytest.mark.skipif(
    not shutil.which("fc-match"), reason="fontconfig is not installed"
)

CROWN = """STARTFONT 2.1
FONT -test-crown-medium-r-normal--24-240-75-75-c-240-iso10646-1
SIZE 24 75 75
FONTBOUNDINGBOX 16 16 0 -2
STARTPROPERTIES 6
PIXEL_SIZE 24
DEFAULT_CHAR 0
FONT_ASCENT 14
FONT_DESCENT 2
CHARSET_REGISTRY "ISO10646"
CHARSET_ENCODING "1"
ENDPROPERTIES
CHARS 2
STARTCHAR box
ENCODING 0
SWIDTH 1000 0
DWIDTH 16 0
BBX 8 4 0 0
BITMAP
FF
81
81
FF
ENDCHAR
STARTCHAR crown
ENCODING 128081
SWIDTH 1000 0
DWIDTH 16 0
BBX 16 8 0 0
BITMAP
8181
C3C3
E7E7
FFFF
FFFF
FFFF
FFFF
FFFF
ENDCHAR
ENDFONT
"""
"""A bitmap font of one size with one character, 👑 (BDF, which FreeType reads)."""


@pytest.fixture
def panels(tmp_path):
    """Make panels, each with a picture of one colour of its own."""

    def make(count: int, **words: str) -> list[Panel]:
        texts = {"time": "0:00", "prompt": "Hero", "style": "oil", "note": ""} | words
        made = []
        for index in range(count):
            picture = tmp_path / f"{index}.png"
            Image.new("RGB", (96, 64), colour(index)).save(picture)
            made.append(Panel(picture, **texts))
        return made

    return make


def colour(index: int) -> tuple[int, int, int]:
    return (40 + index * 3, 255 - index * 3, 7)


def forget_fonts() -> None:
    typesetting._system_font.cache_clear()
    typesetting._fonts_of_script.cache_clear()


@pytest.fixture
def install_fonts(tmp_path, monkeypatch):
    """Let fontconfig find these fonts and no others: file name → content."""

    def install(**fonts: str) -> None:
        folder = tmp_path / "fonts"
        folder.mkdir()
        for name, content in fonts.items():
            (folder / f"{name}.bdf").write_text(content, encoding="utf-8")
        config = tmp_path / "fonts.conf"
        config.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
            f"<dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>",
            encoding="utf-8",
        )
        monkeypatch.setenv("FONTCONFIG_FILE", str(config))
        forget_fonts()

    yield install
    forget_fonts()


def draw(panels, path, title="Title") -> np.ndarray:
    draw_storyboard(panels, title, "subtitle", path)
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def glyph(letter: str, size: int = 32) -> bytes:
    """The pixels of a letter as it is drawn."""
    image = Image.new("RGB", (64, 64))
    TextFont(size).draw(image, 8, 48, letter, "white")
    return image.tobytes()


def is_installed(letter: str) -> bool:
    """Whether fontconfig lists a font with a letter."""
    command = ["fc-list", f":charset={ord(letter):x}"]
    return bool(subprocess.run(command, capture_output=True).stdout)


@pytest.mark.parametrize("count", [1, 2, 19, 40])
def test_every_image_is_shown_once_in_reading_order(panels, tmp_path, count):
    sheet = draw(panels(count), tmp_path / "board.png")
    packed = sheet.astype(np.int32) @ np.int32([65536, 256, 1])
    positions = []
    for index in range(count):
        rows, columns = np.nonzero(packed == colour(index) @ np.int32([65536, 256, 1]))
        assert len(rows) > 0.95 * 240 * 160  # whole, but for its rounded corners
        positions.append((rows.min(), columns.min()))
    assert positions == sorted(positions)
    assert sheet.shape[1] < 4000


def test_long_prompts_take_more_room_up_to_a_limit(panels, tmp_path):
    short = draw(panels(2), tmp_path / "short.png")
    long = draw(panels(2, prompt="a castle " * 5), tmp_path / "long.png")
    endless = draw(panels(2, prompt="a castle " * 500), tmp_path / "endless.png")
    assert short.shape[0] < long.shape[0] <= endless.shape[0] < 1.5 * short.shape[0]


@pytest.mark.parametrize(
    "text", [*SCRIPTS, "a\nb\tc", "👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f", "\u200b", "é"]
)
def test_a_caption_in_any_script_takes_room(panels, tmp_path, text):
    plain = draw(panels(1, prompt="", style=""), tmp_path / "plain.png")
    sheet = draw(panels(1, prompt=text, style=text, note=text), tmp_path / "text.png", title=text)
    assert sheet.shape[0] >= plain.shape[0] + 20 * bool(text.strip("\u200b"))


@needs_fontconfig
@pytest.mark.parametrize("text", SCRIPTS)
def test_letters_are_boxes_only_where_no_font_has_them(text):
    missing = missing_letters([text])
    letters = {letter for letter in text if not letter.isspace()}
    assert not any(is_installed(letter) for letter in missing)
    drawn = {glyph(letter) for letter in letters - set(missing)}
    assert len(drawn) == len(letters - set(missing))  # boxes would be alike
    assert not drawn & {glyph(NEVER_A_LETTER), glyph(" ")}
    assert {glyph(letter) for letter in missing} <= {glyph(NEVER_A_LETTER)}


@needs_fontconfig
@pytest.mark.parametrize("size", [14, 19, 24, 44])
def test_a_bitmap_font_of_another_size_is_scaled(install_fonts, size):
    install_fonts(crown=CROWN)
    image = Image.new("RGB", (64, 64))
    TextFont(size).draw(image, 8, 48, "👑", "white")
    bright = np.asarray(image)[..., 0] > 127
    rows, columns = np.nonzero(bright)
    assert rows.max() == 47
    assert columns.min() == 8
    assert np.ptp(rows) + 1 == pytest.approx(8 * size / 24, abs=1.5)
    assert np.ptp(columns) + 1 == pytest.approx(16 * size / 24, abs=1.5)
    assert bright[(rows.min() + rows.max() * 3) // 4].sum() > np.ptp(columns)  # full below
    assert TextFont(size).width("👑") == pytest.approx(16 * size / 24)


@needs_fontconfig
def test_with_a_font_for_all_letters_there_is_no_note(install_fonts, panels, tmp_path):
    install_fonts(crown=CROWN)
    board = tmp_path / "board.png"
    assert draw_storyboard(panels(1, prompt="Hero 👑\ufe0f"), "Title", "subtitle", board) == ()
    assert board.exists()


@pytest.mark.parametrize("without", ["fonts", "fontconfig"])
def test_letters_that_no_font_has_are_boxes_and_noted(
    install_fonts, panels, tmp_path, monkeypatch, without
):
    install_fonts()
    if without == "fontconfig":
        monkeypatch.setenv("PATH", str(tmp_path))
    assert glyph("👑") == glyph(NEVER_A_LETTER)
    board = tmp_path / "board.png"
    (note,) = draw_storyboard(panels(2, prompt="Hero 👑 英雄"), "Hero", "subtitle", board)
    assert note.startswith("board.png: no font on this machine has 👑英雄 (shown as boxes)")
    assert board.exists()


def test_wrapped_lines_fit_and_keep_all_words():
    font = TextFont(19)
    text = "Whatever happened to all the heroes, and the Shakespearoes?"
    lines = font.wrap(text, 200, 9)
    assert " ".join(lines) == text
    assert len(lines) > 2
    assert all(font.width(line) <= 200 for line in lines)


def test_what_does_not_fit_ends_in_an_ellipsis():
    font = TextFont(19)
    lines = font.wrap("Whatever happened to all the heroes?", 120, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(font.width(line) <= 120 for line in lines)


def test_a_word_longer_than_a_line_is_broken():
    font = TextFont(19)
    lines = font.wrap("a " + "heroes" * 20, 120, 99)
    assert "".join(lines) == "a" + "heroes" * 20
    assert all(font.width(line) <= 120 for line in lines)


def test_no_file_is_written_when_an_image_cannot_be_read(panels, tmp_path):
    made = panels(3)
    made[2].image.write_bytes(b"not a picture")
    board = tmp_path / "out" / "board.png"
    with pytest.raises(OSError):
        draw_storyboard(made, "Title", "subtitle", board)
    assert not board.exists()


def test_the_same_panels_make_the_same_bytes(panels, tmp_path):
    draw(panels(3), tmp_path / "a.png")
    draw(panels(3), tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()

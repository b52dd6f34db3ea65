"""The storyboard: all pictures are there, in order, with room for their words."""

import numpy as np
import pytest
from PIL import Image

from songreel.reports.storyboard import Panel, draw_storyboard
from songreel.reports.typesetting import Type


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


def draw(panels, path, title="Title") -> np.ndarray:
    draw_storyboard(panels, title, "subtitle", path)
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("count", [1, 2, 19, 40])
def test_every_picture_is_shown_once_in_reading_order(panels, tmp_path, count):
    sheet = draw(panels(count), tmp_path / "board.png")
    packed = sheet.astype(np.int32) @ np.int32([65536, 256, 1])
    places = []
    for index in range(count):
        rows, columns = np.nonzero(packed == colour(index) @ np.int32([65536, 256, 1]))
        assert len(rows) > 0.95 * 240 * 160  # whole, but for its rounded corners
        places.append((rows.min(), columns.min()))
    assert places == sorted(places)
    assert sheet.shape[1] < 4000


def test_long_words_take_more_room_but_not_endlessly(panels, tmp_path):
    short = draw(panels(2), tmp_path / "short.png")
    long = draw(panels(2, prompt="a castle " * 5), tmp_path / "long.png")
    endless = draw(panels(2, prompt="a castle " * 500), tmp_path / "endless.png")
    assert short.shape[0] < long.shape[0] <= endless.shape[0] < 1.5 * short.shape[0]


@pytest.mark.parametrize(
    "text",
    ["Привет, герои!", "英雄たちはどこへ", "שלום עולם", "Ça va où — “être”", "👑", "a\nb\tc"],
)
def test_any_script_is_set(panels, tmp_path, text):
    plain = draw(panels(1, prompt="", style=""), tmp_path / "plain.png")
    sheet = draw(panels(1, prompt=text, style=text, note=text), tmp_path / "words.png", title=text)
    assert sheet.shape[0] > plain.shape[0]


def test_wrapped_lines_fit_and_lose_nothing():
    face = Type(19)
    text = "Whatever happened to all the heroes, and the Shakespearoes?"
    lines = face.wrap(text, 200, 9)
    assert " ".join(lines) == text
    assert len(lines) > 2
    assert all(face.width(line) <= 200 for line in lines)


def test_what_does_not_fit_ends_in_an_ellipsis():
    face = Type(19)
    lines = face.wrap("Whatever happened to all the heroes?", 120, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(face.width(line) <= 120 for line in lines)


def test_a_word_longer_than_a_line_is_broken():
    face = Type(19)
    lines = face.wrap("a " + "heroes" * 20, 120, 99)
    assert "".join(lines) == "a" + "heroes" * 20
    assert all(face.width(line) <= 120 for line in lines)


def test_nothing_is_left_when_a_picture_cannot_be_read(panels, tmp_path):
    made = panels(3)
    made[2].picture.write_bytes(b"not a picture")
    board = tmp_path / "out" / "board.png"
    with pytest.raises(OSError):
        draw_storyboard(made, "Title", "subtitle", board)
    assert not board.exists()


def test_the_same_panels_make_the_same_bytes(panels, tmp_path):
    draw(panels(3), tmp_path / "a.png")
    draw(panels(3), tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()

"""The example song: the committed files are what its scripts make, and the sheet keeps the beat."""

import importlib
import runpy
import subprocess
import sys
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from openpyxl import load_workbook
from PIL import Image

SONG = Path(__file__).parents[2] / "config" / "songs" / "twinkle"
RATE = 44_100


@pytest.fixture
def score(monkeypatch):
    monkeypatch.syspath_prepend(str(SONG))
    monkeypatch.delitem(sys.modules, "score", raising=False)
    yield importlib.import_module("score")
    del sys.modules["score"]


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-loglevel",
        "error",
        "-i",
        str(SONG / "twinkle.ogg"),
    ]
    command += ["-f", "f32le", "-ac", "2", "-ar", str(RATE), "pipe:"]
    samples = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(samples, "<f4").reshape(-1, 2)


def table_times() -> list[Fraction]:
    sheet = load_workbook(SONG / "twinkle.xlsx").active
    rows = list(sheet.iter_rows(min_row=6, max_col=1, values_only=True))
    return [
        Fraction((datetime.combine(datetime.min, cell) - datetime.min) / timedelta(milliseconds=1))
        / 1000
        for (cell,) in rows
    ]


def test_every_line_begins_with_its_row_and_the_film_ends_with_the_song(score, sound):
    times = table_times()
    assert {0, *map(score.seconds, score.LINE_BEATS)} < set(times)
    assert times[-1] == score.seconds(score.LENGTH)
    assert len(sound) == times[-1] * RATE


def test_every_note_of_the_tune_sounds_on_its_beat(score, sound):
    length = RATE // 2
    frequencies = np.fft.rfftfreq(1 << 17, 1 / RATE)
    voice = (frequencies > 500) & (frequencies < 920)  # from below C5 to above A5
    for beat, _, note in score.tune():
        start = int(score.seconds(beat) * RATE)
        ringing = sound[start : start + length].mean(axis=1) * np.hanning(length)
        spectrum = np.abs(np.fft.rfft(ringing, 1 << 17))[voice]
        heard = frequencies[voice][spectrum.argmax()]
        cents = 1200 * np.log2(heard / (440 * 2 ** ((score.pitch(note) - 69) / 12)))
        assert abs(cents) < 25, f"beat {beat}: {heard:.1f} Hz instead of {note}"


def test_the_sound_is_neither_clipped_nor_faint(sound):
    assert 0.5 < np.abs(sound).max() < 0.9
    assert 0.05 < np.sqrt((sound**2).mean()) < 0.3


def test_the_sheet_is_what_its_script_writes(score, monkeypatch):
    make_sheet = runpy.run_path(str(SONG / "make_sheet.py"))
    book = make_sheet["Workbook"]()
    make_sheet["write_rows"](book.active)
    committed = load_workbook(SONG / "twinkle.xlsx").active
    assert list(committed.values) == list(book.active.values)


def test_the_sheet_is_written_without_a_date(score, tmp_path):
    make_sheet = runpy.run_path(str(SONG / "make_sheet.py"))
    for name in ("one.xlsx", "two.xlsx"):
        book = make_sheet["Workbook"]()
        book.properties.created = datetime(2000, 1, 1 + len(list(tmp_path.iterdir())))
        make_sheet["write_rows"](book.active)
        make_sheet["save_without_dates"](book, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("star_over_village.png", "draw_village"),
        ("diamond.png", "draw_diamond"),
        ("starlight.png", "draw_starlight"),
    ],
)
def test_the_pictures_are_what_their_script_draws(name, draw):
    drawn = runpy.run_path(str(SONG / "make_images.py"))[draw]()
    committed = Image.open(SONG / "ImageLibrary" / name)
    difference = np.abs(np.asarray(committed, dtype=int) - np.asarray(drawn, dtype=int))
    assert difference.max() <= 2


def test_the_song_is_small_enough_to_carry_along():
    assert sum(path.stat().st_size for path in SONG.rglob("*.*g")) < 1_000_000

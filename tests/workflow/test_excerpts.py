"""Some rows of a song with their sound, and takes of a row: nothing else is painted for them."""

import shutil
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from project import ROWS
from songreel.media import ffmpeg
from songreel.media.images import load_png
from songreel.storage.segments import read_manifest


@pytest.fixture
def song(project):
    project.write_sheet(ROWS, SecondsPerFrame=0.5)
    for name, colour in (("moon", (40, 60, 200)), ("shade", (20, 200, 20)), ("end", (200, 90, 0))):
        project.write_image(f"{name}.png", colour)
    project.write_sound(5)
    project.write_config(songs={"song": {"sheet": "song.xlsx", "audio": "song.wav"}})
    return project


def rows_of(project):
    return {entry["row"] for entry in project.ledger()}


def test_rows_are_rendered_with_what_they_need_and_the_film_then_finds_them(song):
    song.render("--cores", "2", "results/song/rows/1-2.mp4")
    excerpt = song.folder / "results/song/rows/1-2.mp4"
    assert rows_of(song) == {"00000000", "00001000"}
    painted = song.ledger()
    assert frame_count(excerpt) == 20
    header = ffmpeg.run(["-loglevel", "info", "-i", str(excerpt), "-t", "0", "-f", "null", "-"])
    assert "Audio: aac" in header and ffmpeg.header_duration(header) == pytest.approx(2, abs=0.02)

    song.render("--cores", "2")
    assert song.ledger()[: len(painted)] == painted
    keys = [entry["key"] for entry in song.ledger()]
    assert len(keys) == len(set(keys))
    film = song.film().read_bytes()
    for folder in ("results", ".songreel", ".snakemake"):
        shutil.rmtree(song.folder / folder)
    song.render("--cores", "2")
    assert song.film().read_bytes() == film


def test_rows_have_their_place_in_the_sound(song):
    """The tone of a rising loudness tells where a piece is from."""
    ffmpeg.run(
        [
            "-y",
            "-f",
            "lavfi",
            "-i",
            "aevalsrc=0.18*t*sin(2000*t):d=5",
            str(song.folder / "song.wav"),
        ]
    )
    song.render("--cores", "2", "results/song/rows/3-4.mp4")
    excerpt = song.folder / "results/song/rows/3-4.mp4"
    # A chain of their own; of the other one they need the opening, the shadow of all rows.
    assert Counter(entry["row"] for entry in song.ledger())["00000000"] == 1
    assert rows_of(song) == {"00000000", "00002000", "00003500"}
    samples = np.concatenate(
        [
            np.frombuffer(part, np.float32)
            for part in ffmpeg.read_bytes(
                ["-i", str(excerpt), "-ac", "1", "-f", "f32le", "-"], 4 * 441
            )
        ]
    )
    second = len(samples) // 3
    loudness = [np.abs(samples[k * second : (k + 1) * second]).max() for k in range(3)]
    assert loudness == pytest.approx([0.18 * 3, 0.18 * 4, 0.18 * 5], abs=0.07)


def test_an_excerpt_and_takes_of_an_older_sheet_are_made_again_without_notes(song):
    targets = ("results/song/rows/1-2.mp4", "results/song/takes/2.png", "--config", "takes=2")
    song.render("--cores", "2", *targets)
    edited = [ROWS[0], {**ROWS[1], "Prompt": "a grey boat"}, *ROWS[2:]]
    song.write_sheet(edited, SecondsPerFrame=0.5)
    assert song.planned(*targets[1:]) == {"paint_takes": 1}
    song.write_sheet(ROWS, SecondsPerFrame=0.5)
    shutil.rmtree(song.folder / ".snakemake")
    assert sum(song.planned(*targets).values()) == 0
    song.write_sheet(ROWS, SecondsPerFrame=0.5, Title="Another")
    said = song.render("-n", *targets).stdout
    assert "Note: results/song/rows/1-2.mp4, results/song/takes/2.png: made from some" in said
    assert song.planned(*targets)["paint_opening"] == 0


def frame_count(film):
    lines = ffmpeg.read_lines(["-i", str(film), "-map", "0:v:0", "-f", "framemd5", "-"])
    return sum(line[0] != "#" for line in lines)


@pytest.mark.parametrize(
    ("target", "words"),
    [("rows/3-9.mp4", "there are no rows 3-9"), ("takes/7.png", "there is no row 7")],
)
def test_rows_that_do_not_exist_are_told_plainly(song, target, words):
    done = song.snakemake("--cores", "2", f"results/song/{target}")
    assert done.returncode
    assert f"song: {words}; the song has rows 1-4, as the report numbers them" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_seed_that_is_typed_gives_the_picture_of_its_take(song, row):
    """Of an opening, of a row that continues another, of one that starts with an image."""
    song.render("--cores", "2", f"results/song/takes/{row}.png", "--config", "takes=3")
    with Image.open(song.folder / f"results/song/takes/{row}.png") as sheet:
        assert sheet.width > 3 * 64
    assert rows_of(song) <= {"00000000", "00001000", "00002000"}
    takes = [entry for entry in song.ledger() if entry["row"] == name_of(row)][-3:]
    assert len({entry["seed"] for entry in takes}) == 3
    rows = [dict(each) for each in ROWS]
    rows[row - 1]["Seed"] = 3
    before = len(song.ledger())
    song.write_sheet(rows, SecondsPerFrame=0.5)
    song.render("--cores", "2")
    shown = first_painted(song, row)
    wanted = next(song.folder.glob(f".songreel/keyframes/*/{takes[2]['key']}.png"))
    assert np.array_equal(load_png(shown), load_png(wanted))
    assert takes[2]["key"] not in {entry["key"] for entry in song.ledger()[before:]}


def name_of(row):
    return f"{round(1000 * ROWS[row - 1]['Time']):08d}"


def first_painted(song, row):
    if row == 1:
        return song.folder / "results/song/openings/00000000.png"
    folder = song.folder / "results/song/segments" / name_of(row)
    manifest = read_manifest(folder / "keyframes.json")
    number = next(n for n, each in enumerate(manifest.keyframes) if each.key)
    return folder / f"{number:04d}.png"

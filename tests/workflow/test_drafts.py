"""A draft and a preview, before the film and without a trace in it."""

import shutil

import numpy as np
import pytest

from songreel.film.draft import mark_frames
from songreel.media import ffmpeg
from songreel.media.audio import measure_audio
from songreel.plan.plan_file import read_plan
from songreel.storage import ledger


def test_a_draft_has_the_songs_time_and_sound_and_the_film_nothing_of_it(rendered):
    film, entries = rendered.film().read_bytes(), rendered.ledger()
    for folder in ("results", ".songreel", ".snakemake"):
        shutil.rmtree(rendered.folder / folder)
    said = rendered.render("--cores", "2", "draft").stdout
    assert "song/draft: done, 7 keyframes: results/song/draft/song.mp4" in said
    folder = rendered.folder / "results/song/draft"
    assert [path.name for path in folder.parent.iterdir()] == ["draft"]
    draft, plan = folder / "song.mp4", read_plan(folder / "plan.json")[0]
    assert len(ledger.read(folder / "ledger.jsonl")) == 7 < len(entries)
    assert sum(line[0] != "#" for line in ffmpeg.read_lines(frame_hashes(draft))) == 50
    assert abs(measure_audio(draft).stream.duration - 5) < 0.1
    assert (plan.width, plan.height) < (64, 64)
    again = rendered.render("--cores", "2", "draft").stdout
    assert "Nothing to be done" in again

    rendered.render("--cores", "2")
    assert rendered.film().read_bytes() == film
    painted = {entry["key"] for entry in rendered.ledger()}
    assert painted == {entry["key"] for entry in entries}


def frame_hashes(film):
    return ["-i", str(film), "-map", "0:v:0", "-f", "framemd5", "-"]


def test_a_preview_paints_one_keyframe_for_each_row(rendered):
    before = rendered.ledger()
    said = rendered.render("--cores", "2", "preview").stdout
    assert "song/preview: done, 4 keyframes: results/song/preview.png" in said
    folder = rendered.folder / "results/song/preview"
    painted = ledger.read(folder / "ledger.jsonl")
    assert len({entry["row"] for entry in painted}) == 4
    assert not list(folder.rglob("*.mkv")) + list(folder.rglob("*.mp4"))
    assert rendered.ledger() == before
    assert "Nothing to be done" in rendered.render("--cores", "2").stdout


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_the_mark_is_seen_on_every_picture(shade):
    frame = np.full((64, 96, 3), shade, np.uint8)
    (marked,) = mark_frames([frame], 96, 64)
    assert (frame == shade).all()
    difference = np.abs(marked.astype(int) - shade)
    assert difference.max() > 90
    assert not difference[32:].any()

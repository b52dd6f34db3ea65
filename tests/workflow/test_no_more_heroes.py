"""The original author's own workbook renders unchanged, right to the frame."""

import csv
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from project import ROOT, Project
from songreel.keyframes.feedback import mix_input
from songreel.keyframes.keyframe_plan import plan_keyframes
from songreel.keyframes.renderer import open_renderer
from songreel.keyframes.segment import Keyframe
from songreel.media.images import load_png, prepare_image
from songreel.media.similarity import Similarity
from songreel.storage.digests import file_digest
from songreel.storage.segments import image_path, read_manifest

EXAMPLES = Path(os.environ.get("SONGREEL_EXAMPLES", ROOT.parent / "shared" / "examples"))
SONG = EXAMPLES / "no_more_heroes"
RESULTS = Path("results/heroes")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SONG.is_dir(), reason=f"the reference workbook is not at {SONG}"),
]


@pytest.fixture(scope="module")
def heroes(tmp_path_factory, toy_model):
    project = Project(tmp_path_factory.mktemp("heroes"), toy_model)
    project.write_config(
        songs={"heroes": {"sheet": str(SONG / "NoMoreHeroes.xlsx")}},
        render={"width": 128, "height": 128},
        video={"fps": 20},
    )
    project.render("--cores", "2")
    return project


@pytest.fixture
def inside(heroes, monkeypatch):
    monkeypatch.chdir(heroes.folder)


def prepared(name):
    return prepare_image(SONG / "ImageLibrary" / name, 128, 128)


def test_the_film_has_4180_frames_from_hero_to_hero(heroes):
    frames = heroes.frames("heroes", size=(128, 128))
    assert len(frames) == 4180 == 209 * 20
    luma = (0.2126, 0.7152, 0.0722)  # colour is stored at half the size, and has sharp edges here
    for frame in (frames[0], frames[-1]):
        assert np.abs(frame @ luma - prepared("hero.jpeg") @ luma).mean() < 4


def test_208_keyframes_are_diffused(heroes):
    assert len(heroes.ledger("heroes")) == 208


def test_every_row_is_shown_within_half_a_frame(heroes, inside):
    with (RESULTS / "timeline.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    assert len(rows) == 20
    for row in rows[:-1]:
        minutes, seconds = row["time"].split(":")
        asked = 60 * int(minutes) + Fraction(seconds)
        assert abs(Fraction(row["shown"]) - asked) <= Fraction(1, 40)
    assert rows[-1]["first_frame"] == "4179"
    assert sum(int(row["keyframes"]) for row in rows) == 210


def test_one_percent_of_earth_shines_through_from_1_20_to_2_26(heroes, inside):
    """The keys of the stored keyframes are those of pictures painted over exactly this mix."""
    with open_renderer(RESULTS, Path(".songreel"), print) as renderer:
        segments, keys, rule = renderer.plan.segments, renderer.keys, renderer.step_rule
    shadowed = [s for s in segments if "earth2" in s.images.shadow_image]
    assert [s.time for s in shadowed] == ["1:20", "1:35", "1:50", "2:10"]
    for segment in segments[1:]:
        shadow = prepared("earth2.jpeg" if segment in shadowed else "hero.jpeg")
        target = digest = None
        if segment is segments[-1]:
            target = prepared("hero.jpeg")
            digest = file_digest(RESULTS / segment.images.target_image)
        folder = RESULTS / "segments" / segment.name
        entries = read_manifest(folder / "keyframes.json").keyframes
        plans = plan_keyframes(segment.settings, rule)
        previous = load_png(RESULTS / segment.images.init_image)
        for number, (entry, plan) in enumerate(zip(entries, plans, strict=True)):
            share = Fraction(number, len(entries)) if target is not None else 0
            mixed = mix_input(previous, Similarity(1.03), shadow, 0.01, target, share)
            keyframe = Keyframe(segment.settings, plan, mixed, target, digest)
            assert keys.keyframe_key(keyframe) == entry.key
            previous = load_png(image_path(folder, number))


def test_a_changed_prompt_touches_its_row_and_what_follows_in_its_chain(heroes):
    assert "Nothing to be done" in heroes.render("--cores", "1").stdout
    config = heroes.folder / "config.yaml"
    before = config.read_text(encoding="utf-8")
    workbook = openpyxl.load_workbook(SONG / "NoMoreHeroes.xlsx")
    workbook.active["B20"] = "Whatever happened to all the heroines?"
    changed = heroes.folder / "NoMoreHeroes.xlsx"
    workbook.save(changed)
    images = str(SONG / "ImageLibrary")
    heroes.write_config(
        songs={"heroes": {"sheet": "NoMoreHeroes.xlsx", "images": images}},
        render={"width": 128, "height": 128},
        video={"fps": 20},
    )
    try:
        assert heroes.planned_starts("render_segment") == [
            "00130000",
            "00146000",
            "00156000",
            "00158000",
            "00162000",
            "00174000",
        ]
    finally:
        config.write_text(before, encoding="utf-8")
        changed.unlink()

"""The workflow as its users run it: from a sheet to a film, again, and after an edit."""

import csv
import re
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from project import ROWS, Project
from songreel.keyframes.feedback import mix_input
from songreel.keyframes.keyframe_plan import plan_keyframes
from songreel.keyframes.renderer import open_renderer
from songreel.keyframes.segment import Keyframe
from songreel.media.audio import measure_audio
from songreel.media.images import load_png
from songreel.media.similarity import Similarity
from songreel.storage.digests import file_digest
from songreel.storage.segments import image_path, read_manifest

SETTINGS = {"Title": "Test", "Style": "watercolour", "SecondsPerFrame": 0.5, "Zoom": True}


def edited(number, **cells):
    return [{**row, **cells} if i == number else row for i, row in enumerate(ROWS)]


def keyframes(project, start):
    folder = project.folder / "results/song/segments" / start
    count = len(read_manifest(folder / "keyframes.json").keyframes)
    return [load_png(image_path(folder, number)) for number in range(count)]


def image(project, stem):
    (path,) = (project.folder / "results/song/images").glob(f"{stem}-*.png")
    return load_png(path)


def test_the_film_has_its_frames_its_sound_and_its_images(rendered):
    frames = rendered.frames()
    assert len(frames) == 50
    assert np.abs(frames[20].astype(int) - image(rendered, "moon")).mean() < 8
    assert np.abs(frames[49].astype(int) - image(rendered, "end")).mean() < 8
    assert abs(measure_audio(rendered.film()).stream.duration - 5) < Fraction(1, 10)


def test_every_keyframe_was_diffused_once_and_the_images_never(rendered):
    entries = rendered.ledger()
    assert sorted(Fraction(entry["time"]) for entry in entries) == [
        Fraction(time) / 2 for time in (0, 1, 2, 3, 5, 6, 7, 8, 9)
    ]
    assert len({entry["seed"] for entry in entries}) == len(entries)
    assert np.array_equal(keyframes(rendered, "00002000")[0], image(rendered, "moon"))


def test_one_gpu_loads_the_model_once_for_all_chains(rendered):
    for folder in ("results", ".songreel", ".snakemake"):
        shutil.rmtree(rendered.folder / folder)
    said = rendered.render("--cores", "2").stdout
    assert len(re.findall(r"^song: loading ", said, re.MULTILINE)) == 1
    assert len(rendered.ledger()) == 9


def test_the_timeline_tells_when_each_row_is_shown(rendered):
    with (rendered.folder / "results/song/timeline.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    assert [row["cell"] for row in rows] == ["A6", "A7", "A8", "A9", "A10"]
    assert [row["first_frame"] for row in rows] == ["0", "10", "20", "35", "49"]
    assert [row["keyframes"] for row in rows] == ["2", "2", "3", "3", "1"]
    assert rows[1]["prompt"] == "a green boat"


def test_a_second_run_has_nothing_to_do(rendered):
    assert "Nothing to be done" in rendered.render("--cores", "1").stdout
    assert len(rendered.ledger()) == 9


def test_jobs_say_how_many_threads_they_use(rendered):
    """The first one that paints has one for clips; the film encodes as many clips as it may."""
    rendered.write_config(model={"threads": 2})
    said = rendered.render("-n", "--forceall", "--cores", "6").stdout
    jobs = re.findall(r"^ *(?:local)?rule (\w+):\n((?:    .*\n)+)", said, re.MULTILINE)
    threads = {rule: re.findall(r"^    threads: (\d+)", body, re.MULTILINE) for rule, body in jobs}
    several = {"paint_opening": ["5"], "render_segment": ["2"], "assemble_video": ["4"]}
    assert threads == {rule: several.get(rule, []) for rule in threads}
    assert several.keys() < threads.keys()


def test_a_dry_run_writes_nothing(rendered):
    rendered.write_sheet(edited(1, Prompt="a golden boat"), **SETTINGS)
    before = (rendered.folder / "results/song/plan.json").read_text(encoding="utf-8")
    rendered.planned()
    assert (rendered.folder / "results/song/plan.json").read_text(encoding="utf-8") == before


def test_a_row_is_mixed_from_its_history_its_shadow_and_its_target(rendered, monkeypatch):
    """The keys of the stored keyframes are those of pictures painted over exactly this input."""
    monkeypatch.chdir(rendered.folder)
    with open_renderer(Path("results/song"), Path(".songreel"), print) as renderer:
        segment, keys = renderer.plan.segments[3], renderer.keys
        plans = list(plan_keyframes(segment.settings, renderer.step_rule))
    manifest = read_manifest(Path("results/song/segments/00003500/keyframes.json")).keyframes
    history = [keyframes(rendered, "00002000")[-1], *keyframes(rendered, "00003500")]
    digest = file_digest(Path("results/song", segment.images.target_image))
    target = image(rendered, "end")
    for number, entry in enumerate(manifest):
        mixed = mix_input(
            history[number],
            Similarity(1.03**0.5),
            image(rendered, "shade"),
            0.01,
            target,
            Fraction(number, 3),
        )
        keyframe = Keyframe(segment.settings, plans[number], mixed, target, digest)
        assert keys.keyframe_key(keyframe) == entry.key


@pytest.mark.parametrize(
    ("rows", "starts", "diffused"),
    [
        # The change to a prompt begins in the row before it: one keyframe, here.
        pytest.param(edited(3, Prompt="a gong"), ["00002000", "00003500"], 4, id="the last prompt"),
        pytest.param(edited(1, Prompt="a raft"), ["00001000"], 2, id="a prompt before a target"),
        pytest.param(
            edited(2, Prompt="a sun"), ["00002000", "00003500"], 5, id="a target's prompt"
        ),
        # A keyframe that comes out on the same input as before is found again: here, at 0:02.5 …
        pytest.param(edited(3, Time=3), ["00002000", "00003000"], 4, id="a time"),
        pytest.param(
            [*ROWS[:4], {"Time": 4.5, "Prompt": "a harp"}, ROWS[4]],
            ["00003500", "00004500"],
            2,  # … and here at 0:03.5, where the pull begins with nothing
            id="a row inserted in the second chain",
        ),
    ],
)
def test_an_edit_renders_what_it_touches_and_nothing_else(rendered, rows, starts, diffused):
    rendered.write_sheet(rows, **SETTINGS)
    assert rendered.planned_starts("render_segment") == starts
    rendered.render("--cores", "2")
    assert len(rendered.ledger()) == 9 + diffused
    assert "Nothing to be done" in rendered.render("--cores", "1").stdout


COLUMNS = {
    **{"Strength": 0.8, "GuidanceScale": 3, "Steps": 3, "Seed": 7, "Shadow": 0.2},
    **{"SecondsPerFrame": 0.25, "Zoom": 0.2, "PanX": 0.1, "PanY": -0.1, "Rotate": 12},
    **{"Ease": "both", "Interpolation": "crossfade", "Note": "the bell"},
}


def test_a_row_that_sets_everything_is_rendered_as_in_a_fresh_render(rendered, tmp_path):
    rows = edited(3, **COLUMNS)
    rendered.write_sheet(rows, **SETTINGS)
    assert rendered.planned_starts("render_segment") == ["00003500"]
    rendered.render("--cores", "2")
    assert len(rendered.ledger()) == 9 + 6
    assert "Nothing to be done" in rendered.render("--cores", "1").stdout
    fresh = Project(tmp_path / "fresh", rendered.model)
    for name in ("images", "song.wav", "config.yaml", "song.xlsx"):
        copy = shutil.copytree if name == "images" else shutil.copyfile
        copy(rendered.folder / name, fresh.folder / name)
    fresh.render("--cores", "2")
    assert fresh.film().read_bytes() == rendered.film().read_bytes()


def test_another_image_touches_its_row_and_the_pull_before_it(rendered):
    rendered.write_image("moon.png", (250, 250, 0))
    assert rendered.planned()["render_segment"] == 3
    rendered.render("--cores", "2")
    assert np.array_equal(keyframes(rendered, "00002000")[0], image(rendered, "moon"))
    assert np.abs(rendered.frames()[20].astype(int) - image(rendered, "moon")).mean() < 8
    # 1:00's first keyframe has no share of the target yet.
    assert len(rendered.ledger()) == 9 + 1 + 2 + 3


def test_an_edit_undone_diffuses_nothing(rendered):
    film = rendered.film().read_bytes()
    rendered.write_sheet(edited(3, Prompt="a gong"), **SETTINGS)
    rendered.render("--cores", "2")
    assert rendered.film().read_bytes() != film
    rendered.write_sheet(ROWS, **SETTINGS)
    rendered.render("--cores", "2")
    assert len(rendered.ledger()) == 9 + 4
    assert rendered.film().read_bytes() == film


def test_fps_quality_and_title_diffuse_nothing(rendered):
    rendered.write_sheet(ROWS, **{**SETTINGS, "Title": "Another"})
    rendered.write_config(
        songs={"song": {"sheet": "song.xlsx", "audio": "song.wav"}}, video={"fps": 12, "crf": 30}
    )
    planned = rendered.planned()
    assert (planned["render_segment"], planned["interpolate_segment"]) == (0, 4)
    rendered.render("--cores", "2")
    assert len(rendered.frames()) == 60
    assert len(rendered.ledger()) == 9


def test_a_lost_segment_comes_back_from_the_cache(rendered):
    film = rendered.film().read_bytes()
    for path in (rendered.folder / "results/song/segments/00001000").iterdir():
        path.unlink()
    rendered.film().unlink()
    rendered.render("--cores", "2", "--forcerun", "render_segment")
    assert rendered.film().read_bytes() == film
    assert len(rendered.ledger()) == 9

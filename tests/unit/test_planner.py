"""Plans: what the original author's workbook becomes, and what keyframe settings must not hold."""

import hashlib
import json
import os
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from song_sheets import HEADINGS, write_sheet
from songreel.errors import InputError
from songreel.plan.conversion import from_builtins, to_builtins
from songreel.plan.plan import KeyframeSettings, SongPlan
from songreel.plan.plan_file import RunOptions, read_plan, write_plan
from songreel.song import planner
from songreel.song.song_plans import SongPlans

GOLDEN = Path(__file__).with_name("no_more_heroes_plan.json")
BESIDE = Path(__file__).parents[3] / "shared" / "examples"
EXAMPLES = Path(os.environ.get("SONGREEL_EXAMPLES", BESIDE))
SHEET = EXAMPLES / "no_more_heroes" / "NoMoreHeroes.xlsx"

ROWS = (
    (0, "a star", None, "rain", None, None),
    (1, "a moon", "pencil", None, None, None),
    (2, None, None, None, None, None),
)


def masked(value, key=None):
    """The plan without the author's words, without the model's digest and without paths."""
    if key in ("model", "provenance", "path"):
        return "…"
    if isinstance(value, dict):
        return {key: masked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item, key) for item in value]
    if key in ("prompt", "style", "negative_prompt", "title") and value:
        return hashlib.sha256(value.encode()).hexdigest()[:12]
    if isinstance(value, str) and "images/" in value:
        return value.rpartition("-")[0]  # the name ends in a hash of the path
    return value


def masked_heroes(results):
    config = {"sheet": str(SHEET), "cache": {"folder": str(results / "cache")}}
    plan = to_builtins(SongPlans(config, results, from_files=False).plan("NoMoreHeroes"))
    plan["images"] = sorted(image["digest"] for image in plan["images"].values())
    return masked(plan)


@pytest.mark.skipif(not SHEET.exists(), reason=f"the reference workbook is not at {SHEET.parent}")
def test_the_plan_of_no_more_heroes_is_the_golden_one(tmp_path):
    """``python tests/unit/test_planner.py`` writes it anew where a change is wanted."""
    assert masked_heroes(tmp_path) == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.fixture
def plan_with(tmp_path, toy_model, monkeypatch):
    """Plan a small song with changes of its configuration, in a folder of one's choice."""

    def make(folder="here", **sections):
        project = tmp_path / folder
        project.mkdir(exist_ok=True)
        monkeypatch.chdir(project)
        name = sections.pop("name", "song")
        write_sheet(project / f"{name}.xlsx", [["SecondsPerFrame", 0.5], HEADINGS, *ROWS])
        config = {
            "sheet": f"{name}.xlsx",
            "model": {"name": str(toy_model), **sections.pop("model", {})},
            "render": {"width": 64, "height": 64, **sections.pop("render", {})},
            **sections,
        }
        return SongPlans(config, project / "results", from_files=False).plan(name)

    return make


def settings_of(plan):
    return [to_builtins(segment.settings) for segment in plan.segments]


def test_keyframe_settings_hold_no_path_no_device_and_no_frame_rate(plan_with):
    usual = settings_of(plan_with())
    assert settings_of(plan_with("elsewhere")) == usual
    assert settings_of(plan_with(model={"device": "cpu"})) == usual
    assert settings_of(plan_with(video={"fps": 30, "crf": 30})) == usual
    assert settings_of(plan_with(cache={"folder": "other"})) == usual
    assert settings_of(plan_with(interpolation={"method": "none"})) == usual
    assert settings_of(plan_with(render={"seed": 7})) != usual
    assert settings_of(plan_with(model={"threads": 2})) != usual
    assert {field.name for field in fields(KeyframeSettings)}.isdisjoint(
        ("path", "device", "fps", "folder", "cache")
    )


def test_a_mended_step_has_its_results_made_anew_and_no_others(plan_with, monkeypatch):
    before = plan_with()
    monkeypatch.setattr(planner, "CLIP_VERSION", planner.CLIP_VERSION + 1)
    clips = plan_with()
    assert [segment.clip for segment in clips.segments] != [s.clip for s in before.segments]
    assert (settings_of(clips), clips.film) == (settings_of(before), before.film)
    monkeypatch.setattr(planner, "FILM_VERSION", planner.FILM_VERSION + 1)
    assert plan_with().film != before.film
    monkeypatch.setattr(planner, "STORYBOARD_VERSION", planner.STORYBOARD_VERSION + 1)
    changed = plan_with()
    assert changed.storyboard != before.storyboard
    assert changed.timeline == before.timeline


@pytest.mark.parametrize(
    ("length", "also", "excess"),
    [(246, [], 0), (247, [], 1), (245, ["webp"], 0), (246, ["gif", "webp"], 1), (123, [], 0)],
)
def test_names_are_as_long_as_what_is_made_of_the_song_allows(plan_with, length, also, excess):
    """While a file is written its name is longer."""
    letter = "a" if length > 123 else "é"  # which has two bytes
    name, video = letter * length, {"also": also}
    if excess:
        with pytest.raises(InputError, match=f"{excess} bytes too long.*; rename the sheet"):
            plan_with(name=name, video=video)
    else:
        assert plan_with(name=name, video=video).song == name


def test_a_plan_survives_its_file(plan_with, tmp_path):
    plan, options = plan_with(), RunOptions(renders_alone=True)
    write_plan(plan, tmp_path / "plan.json", options)
    assert read_plan(tmp_path / "plan.json") == (plan, options)


def test_a_plan_becomes_builtins_and_nothing_else(plan_with):
    plan = plan_with()

    def kinds(value):
        if isinstance(value, dict):
            return {dict, *map(type, value)}.union(*map(kinds, value.values()))
        if isinstance(value, list):
            return {list}.union(*map(kinds, value))
        return {type(value)}

    assert kinds(to_builtins(plan)) <= {dict, list, str, int, float, bool, type(None)}
    again = from_builtins(SongPlan, to_builtins(plan))
    assert again == plan and is_dataclass(again.segments[0].settings)
    assert again.segments[1].settings.previous_time == Fraction(1, 2)


def test_a_segment_knows_the_rest_of_its_chain(plan_with):
    plan = plan_with()
    first, second = plan.segments
    assert plan.chains == [[first, second]]
    assert plan.rest_of_chain(first.name) == [second]
    assert plan.rest_of_chain(second.name) == []


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        text = json.dumps(masked_heroes(Path(folder)), indent=1, ensure_ascii=False)
    GOLDEN.write_text(text + "\n", encoding="utf-8")

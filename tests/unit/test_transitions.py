"""How a row begins, and how its image is come to: the columns Transition and Pull."""

import shutil
from fractions import Fraction

import numpy as np
import pytest

from songreel.film.clips import interpolate_clip
from songreel.media.ffmpeg import read_frames
from songreel.media.images import load_png
from songreel.plan.plan import PromptChange
from toy_song import ToySong

COLUMNS = ("Transition", "Pull")


def row(time, prompt, image=None, transition=None, pull=None):
    return (time, prompt, None, None, image, None, transition, pull)


def rows(second=None, target_pull=None, target_transition=None):
    """Two rows of four keyframes, a target, and an end."""
    return [
        row(0, "a star"),
        row(2, "a boat", transition=second),
        row(4, "a moon", "moon.png", target_transition, target_pull),
        row(5, None),
    ]


@pytest.fixture
def plan_of(tmp_path, toy_model):
    song = ToySong(tmp_path, toy_model)

    def plan(rows, **sections):
        song.edit(rows, columns=COLUMNS, **sections)
        return song.plan

    return plan


def changes(plan):
    return [(s.settings.change_before, s.settings.change_after) for s in plan.segments]


def test_the_prompt_changes_within_three_seconds_and_half_of_each_row(plan_of):
    (none, after), (before, none_more), (last, no_more) = changes(plan_of(rows()))
    assert after == PromptChange("a boat", "", Fraction(2))  # half of four keyframes
    assert before == PromptChange("a star", "", Fraction(2))
    assert none is none_more is last is no_more is None


def test_three_seconds_are_the_most(plan_of):
    long = [row(0, "a star"), row(60, "a boat"), row(120, None)]
    render = {"width": 64, "height": 64, "steps": 2}
    (_, after), (before, _) = changes(plan_of(long, render=render))
    assert after.keyframes + before.keyframes == 6  # 3 s at half a second each
    assert after.keyframes / before.keyframes == Fraction(5, 3)


@pytest.mark.parametrize("value", ["switch", "Switch", 0])
def test_a_switch_changes_the_prompt_at_once(plan_of, value):
    assert changes(plan_of(rows(second=value))) == [(None, None)] * 3


def test_the_seconds_of_a_morph_may_be_said(plan_of):
    (_, after), (before, _), _ = changes(plan_of(rows(second=1.5)))
    assert after.keyframes == Fraction(5, 8) * 3
    assert before.keyframes == Fraction(3, 8) * 3


def test_the_configuration_says_it_for_all_rows(plan_of):
    render = {"width": 64, "height": 64, "steps": 2, "transition": "switch"}
    assert changes(plan_of(rows(), render=render)) == [(None, None)] * 3
    (_, after), *_ = changes(plan_of(rows(second="morph"), render=render))
    assert after


def test_a_row_of_one_keyframe_shows_its_own_prompt(plan_of):
    short = [row(0, "a star"), row(2, "a boat"), row(2.5, "a tree"), row(4, None)]
    (_, _), (before, after), _ = changes(plan_of(short))
    assert before is after is None


def test_another_time_touches_the_row_before_and_no_third_one(plan_of):
    before = plan_of([row(0, "a star"), row(2, "a boat"), row(4, "a tree"), row(6, None)])
    after = plan_of([row(0, "a star"), row(2, "a boat"), row(4.5, "a tree"), row(6, None)])
    assert before.segments[0].settings == after.segments[0].settings


def test_a_cut_begins_a_chain_with_a_picture_of_its_own(plan_of):
    plan = plan_of(rows(second="cut"))
    assert [[s.prompt for s in chain] for chain in plan.chains] == [
        ["a star"],
        ["a boat"],
        ["a moon"],
    ]
    assert list(plan.openings) == ["00000000", "00002000"]
    assert plan.openings["00002000"].prompt == "a boat"
    second = plan.segments[1]
    assert second.images.init_image == "openings/00002000.png"
    assert second.images.shadow_image == "openings/00000000.png"
    assert changes(plan)[:2] == [(None, None)] * 2
    assert plan.segments[0].following is None


def test_before_a_cut_to_an_image_nothing_is_pulled(plan_of):
    plan = plan_of(rows(target_transition="cut"))
    assert plan.segments[1].settings.target_curve is None
    assert plan.segments[1].following is None
    assert list(plan.openings) == ["00000000"]
    assert plan.segments[2].settings.starts_chain


def test_a_cut_in_the_first_row_cuts_nothing(plan_of):
    cut = rows()
    cut[0] = row(0, "a star", transition="cut")
    plan, usual = plan_of(cut), plan_of(rows())
    assert (plan.segments, plan.openings) == (usual.segments, usual.openings)


@pytest.mark.parametrize("pull", ["ease_in", "Ease out", "linear"])
def test_a_pull_names_its_curve(plan_of, pull):
    curve = pull.lower().replace(" ", "_")
    assert plan_of(rows(target_pull=pull)).segments[1].settings.target_curve == curve


def test_without_a_pull_the_image_is_shown_and_not_led_to(plan_of):
    plan = plan_of(rows(target_pull="none"))
    before = plan.segments[1]
    assert before.images.target_image is before.settings.target_curve is None
    assert before.following == plan.segments[2].images.init_image


def test_an_end_image_without_a_pull_still_ends_the_film(plan_of):
    ends = [*rows()[:3], row(5, None, "shade.png", pull="none")]
    last = plan_of(ends).segments[-1]
    assert last.settings.target_curve is last.settings.end_time is None
    assert last.following.startswith("images/shade")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("G", "wipe", "'wipe' is no transition; write morph, switch, cut or the seconds"),
        ("G", -1, "'-1' is no transition"),
        ("H", "hard", "'hard' is no pull; write one of none, linear, ease_in"),
    ],
)
def test_what_is_neither_is_named_by_its_cell(tmp_path, toy_model, column, value, message):
    song = ToySong(tmp_path, toy_model)
    wrong = rows()
    wrong[1] = row(2, "a boat", transition=value if column == "G" else None)
    if column == "H":
        wrong[1] = row(2, "a boat", pull=value)
    with pytest.raises(Exception, match=f"cell {column}6: {message}"):
        song.edit(wrong, columns=COLUMNS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, toy_model):
    song = ToySong(tmp_path_factory.mktemp("whole"), toy_model)
    song.edit(rows(), columns=COLUMNS)
    song.render()
    return song


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param(rows(second="switch"), id="switch"),
        pytest.param(rows(second=0.5), id="seconds"),
        pytest.param(rows(second="cut"), id="cut"),
        pytest.param(rows(target_pull="none"), id="no pull"),
        pytest.param(rows(target_pull="ease_in"), id="curve"),
        pytest.param(rows(target_transition="cut"), id="cut to an image"),
    ],
)
def test_after_an_edit_keyframes_are_those_of_a_fresh_render(whole, tmp_path, toy_model, edited):
    song = ToySong(shutil.copytree(whole.folder, tmp_path / "edited"), toy_model)
    fresh = ToySong(tmp_path / "fresh", toy_model)
    for each in (song, fresh):
        each.edit(edited, columns=COLUMNS)
        each.render()
    assert song.pictures() == fresh.pictures()
    assert song.pictures() != whole.pictures()
    assert len(song.ledger) - len(whole.ledger) < len(fresh.ledger)


def test_a_row_holds_its_last_keyframe_until_the_cut(whole, tmp_path, toy_model):
    song = ToySong(tmp_path / "cut", toy_model)
    song.edit(rows(second="cut"), columns=COLUMNS, video={"fps": 8})
    song.render()
    segment = song.plan.segments[0]
    images = sorted((song.results / "segments" / segment.name).glob("0*.png"))
    assert (segment.clip.frame_count, segment.clip.held_frames) == (16, 3)
    clip = tmp_path / "clip.mkv"
    interpolate_clip(images, segment.clip, clip)
    raw = ["-i", str(clip), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    frames = list(read_frames(raw, 64, 64))
    assert len(frames) == 16
    assert all(np.array_equal(frame, frames[12]) for frame in frames[13:])
    assert not np.array_equal(frames[11], frames[12])
    opening = load_png(song.results / "openings/00002000.png")
    assert np.array_equal(load_png(song.results / "segments" / "00002000" / "0000.png"), opening)

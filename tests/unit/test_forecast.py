"""What is said before a run, held against what the run then really paints."""

import os
import shutil

import pytest

from songreel.keyframes.renderer import open_renderer, workload
from songreel.models.environment import device_words
from songreel.reports.forecast import Forecast, announce_cost, explain, forecast, list_rows
from songreel.reports.progress import begin_log
from songreel.run import VARIABLE
from songreel.storage import progress_log
from toy_song import ROWS, SECOND, ToySong


def edited(number, **cells):
    columns = ("time", "prompt", "style", "negative", "image", "shadow")
    rows = [list(row) for row in ROWS]
    for column, value in cells.items():
        rows[number][columns.index(column)] = value
    return rows


def foretold(song):
    with song.planning_renderer() as renderer:
        return forecast(renderer)


def said(song, ledger):
    with song.planning_renderer() as renderer:
        return explain(renderer, ledger)


def rendered_as_told(song):
    """The forecast, after a render that painted just as much."""
    expected = foretold(song)
    before = len(song.ledger)
    song.render()
    assert len(song.ledger) - before == expected.to_paint
    assert foretold(song) == Forecast((), (), 0, expected.kept + expected.to_paint)
    return expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(ROWS, Forecast((), (), 0, 6), id="nothing"),
        pytest.param(edited(2, prompt="a raft"), Forecast((3,), (), 3, 3), id="the last prompt"),
        pytest.param(edited(1, prompt="a sun"), Forecast((2, 3), (), 4, 2), id="a target's prompt"),
        pytest.param(
            edited(0, prompt="a comet"), Forecast((1, 2, 3), (), 6, 0), id="the opening's prompt"
        ),
        pytest.param(
            [*ROWS[:2], (1.5, "a sun", *[None] * 4), *ROWS[2:]],
            Forecast((2, 4), (3,), 4, 2),
            id="a row inserted after a target",
        ),
        pytest.param(edited(1, image=None), Forecast((1, 2, 3), (), 6, 1), id="no target any more"),
    ],
)
@pytest.mark.slow
def test_an_edit_paints_what_is_told(rendered_song, rows, expected):
    rendered_song.edit(rows)
    assert rendered_as_told(rendered_song) == expected


def test_the_pixels_of_a_shadow_paint_its_row(rendered_song):
    rendered_song.write_image("shade.png", (200, 0, 200))
    os.utime(rendered_song.folder / "images" / "shade.png", (1_000_000_000,) * 2)
    rendered_song.edit()
    assert rendered_as_told(rendered_song) == Forecast((3,), (), 3, 3)


def test_an_edit_undone_paints_nothing(rendered_song):
    rendered_song.edit(edited(1, prompt="a sun"))
    rendered_song.render()
    rendered_song.edit()
    assert rendered_as_told(rendered_song) == Forecast((2, 3), (), 0, 6)


def test_title_and_film_paint_nothing(rendered_song):
    rendered_song.edit(title="Another", video={"fps": 12, "crf": 30, "preset": "ultrafast"})
    assert rendered_as_told(rendered_song) == Forecast((), (), 0, 6)


def test_a_render_that_was_cut_off_keeps_what_it_painted(rendered_song):
    lost = rendered_song.manifest(SECOND)[1].key
    (rendered_song.cache / "keyframes" / lost[:2] / f"{lost}.png").unlink()
    shutil.rmtree(rendered_song.results / "segments")
    expected = foretold(rendered_song)
    assert expected == Forecast((), (1, 2, 3), 2, 4)
    before = len(rendered_song.ledger)
    rendered_song.render()
    # The keyframe after the lost one is found again: painted anew, the lost one is the same.
    assert len(rendered_song.ledger) - before == 1


def test_finished_rows_stay_whatever_becomes_of_the_cache(rendered_song):
    shutil.rmtree(rendered_song.cache)
    assert foretold(rendered_song) == Forecast((), (), 0, 6)


def test_songs_that_share_keyframes_paint_them_once(tmp_path, rendered_song):
    """Two songs of one run with a common cache, and the same edit; the second one goes on."""
    other = ToySong(tmp_path / "other", rendered_song.model)
    other.cache = rendered_song.cache
    rendered_song.edit(edited(1, prompt="a sun"))
    other.edit([*edited(1, prompt="a sun")[:3], (3, "a bell", *[None] * 4), (4, *[None] * 5)])
    before = set()
    with rendered_song.planning_renderer() as renderer:
        assert forecast(renderer, before).to_paint == 4
    with other.planning_renderer() as renderer:
        expected = forecast(renderer, before)
        assert (expected.to_paint, expected.kept) == (2 + 1, 5)
        assert forecast(renderer, before).to_paint == 0
    rendered_song.render()
    other.render()
    assert len(other.ledger) == 3


def test_two_songs_of_a_run_announce_the_keyframes_that_they_share_once(
    tmp_path, rendered_song, monkeypatch
):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "results" / "run"))
    other = ToySong(tmp_path / "other", rendered_song.model)
    other.cache = rendered_song.cache
    other.results = rendered_song.results.parent / "other"
    for song in (rendered_song, other):
        song.edit(edited(1, prompt="a sun"))
        song.begin()
        begin_log(song.results, song.plan, {"render_segment": song.plan.by_name}, cores=1)
    told = []
    for song in (rendered_song, other):
        plan = song.plan
        with open_renderer(song.results, song.cache, song.said.append, plan) as renderer:
            announce_cost(renderer)
        told += [event for event in progress_log.read(song.results) if event["event"] == "cost"]
    assert ["4 of 6" in told[0]["text"], "0 of 6" in told[1]["text"]] == [True, True]


def test_a_first_render_paints_everything(tmp_path, rendered_song):
    shutil.rmtree(rendered_song.cache)
    shutil.rmtree(rendered_song.results)
    assert foretold(rendered_song) == Forecast((), (1, 2, 3), 6, 0)
    assert not rendered_song.results.exists()


def test_it_is_said_in_words_with_the_time_it_takes(rendered_song):
    work = workload(rendered_song.plan.segments[0].settings)
    rendered_song.edit([*edited(1, prompt="a sun")[:3], (2.5, "a bell", *[None] * 4), ROWS[3]])
    ledger = [{"seconds": 20.5, "work": work}] * 3 + [{"seconds": 900, "work": [512, 512, 30, 0.5]}]
    assert said(rendered_song, ledger) == (
        "song: rows 2–3 changed, row 4 not rendered yet; 4 of 6 keyframes to paint, 2 kept; "
        f"{rendered_song.model} on {device_words('auto')}; 1 MB of disk at most, about 1:22"
    )
    unknown = said(rendered_song, ledger[3:])
    assert unknown.endswith("at most, time known after the first keyframes")
    rendered_song.edit()
    assert said(rendered_song, ledger) == (
        "song: no row changed; 0 of 6 keyframes to paint, 6 kept"
    )


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([3], "row 3"), ([1, 2], "rows 1–2"), ([1, 3, 4, 5, 9], "rows 1, 3–5, 9")],
)
def test_rows_are_listed_as_people_do(numbers, words):
    assert list_rows(numbers) == words

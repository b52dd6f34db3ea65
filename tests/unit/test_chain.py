"""Rows and chains, rendered by a real pipeline of toy size."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import toy_models
from png_files import save_png
from songreel.errors import SongreelError
from songreel.keyframes import chain
from songreel.keyframes.chain import render_opening, render_segment
from songreel.keyframes.feedback import mix_input
from songreel.keyframes.renderer import ATTEMPTS
from songreel.keyframes.segment import iterate_keyframes, segment_folder
from songreel.media.images import load_png
from songreel.media.pixels import InvalidImage
from songreel.media.similarity import Similarity
from songreel.models.painter import Painter
from songreel.models.settings import ModelSettings
from songreel.plan.plan_file import PLAN_FILE, write_plan
from songreel.storage import ledger
from songreel.storage.cache import KeyframeCache
from songreel.storage.disk_space import check_disk_space
from songreel.storage.segments import read_keyframe, read_keyframes
from toy_song import OPENING, ROWS, SECOND, START, TARGET, ToySong

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def song(tmp_path, toy_model):
    return ToySong(tmp_path / "song", toy_model).begin()


def forget(song, *keys):
    """Take keyframes, and all finished rows, out of the cache."""
    shutil.rmtree(song.cache / "rows")
    for key in keys:
        (song.cache / "keyframes" / key[:2] / f"{key}.png").unlink()


def test_a_given_image_is_its_rows_first_keyframe_as_it_is(rendered_song_once):
    first, *others = rendered_song_once.manifest(TARGET)
    assert first.key is None
    assert all(keyframe.key for keyframe in others)
    assert np.array_equal(
        load_png(rendered_song_once.results / "segments" / TARGET / "0000.png"),
        rendered_song_once.image("moon"),
    )


def test_the_last_prompt_paints_the_end(rendered_song_once):
    times = [[k.time for k in rendered_song_once.manifest(start)] for start in (START, SECOND)]
    assert times == [["0", "1/2"], ["2", "5/2", "3"]]


def test_the_ledger_has_every_diffused_keyframe_once(rendered_song_once):
    entries = rendered_song_once.ledger
    assert [(e["row"], e["time"]) for e in entries] == [
        (START, "0"),
        (START, "1/2"),
        (TARGET, "3/2"),
        (SECOND, "2"),
        (SECOND, "5/2"),
        (SECOND, "3"),
    ]
    assert all(e["seconds"] > 0 and e["rejected"] == [] for e in entries)
    assert {e["key"] for e in entries if e["time"] != "0"} == {
        k.key for s in (START, TARGET, SECOND) for k in rendered_song_once.manifest(s) if k.key
    }


@pytest.mark.parametrize("start", [START, SECOND])
def test_keyframes_are_painted_over_what_the_plan_says(rendered_song_once, start):
    """Zoomed for the time since the one before, exactly 1 % of the shadow, the target's share."""
    segment, inputs = rendered_song_once.segment(start), []

    with rendered_song_once.renderer() as renderer:

        def get_image(key, keyframe):
            inputs.append(keyframe.input_image)
            return renderer.cache.find(key)

        keyframes = iterate_keyframes(
            segment, renderer.step_rule, renderer.keys.keyframe_key, get_image
        )
        pictures = [load_png(image) for _, image in keyframes]
    if start == START:
        befores, shadow = pictures[:-1], load_png(rendered_song_once.results / OPENING)
        target, shares = rendered_song_once.image("moon"), [Fraction(1, 2)]
    else:
        befores, shadow = (
            [load_png(segment.init_image), *pictures[:-1]],
            rendered_song_once.image("shade"),
        )
        target, shares = None, [0, 0, 0]
    expected = [
        mix_input(before, Similarity(1.03**0.5), shadow, 0.01, target, share)
        for before, share in zip(befores, shares, strict=True)
    ]
    assert len(inputs) == len(expected)
    assert all(np.array_equal(one, other) for one, other in zip(inputs, expected, strict=True))


RENDER_BY_NAMES = """
import sys
from pathlib import Path
from songreel.keyframes.chain import render_opening, render_segment
from songreel.keyframes.renderer import open_renderer
from songreel.keyframes.segment import planned_segment, segment_folder

folder, cache = map(Path, sys.argv[1:3])
with open_renderer(folder, cache, print) as renderer:
    plan = renderer.plan
    for name, settings in plan.openings.items():
        render_opening(renderer, settings, name, folder / plan.by_name[name].images.init_image)
for name in sys.argv[3:]:
    with open_renderer(folder, cache, print) as renderer:
        plan = renderer.plan.by_name[name]
        segment = planned_segment(plan, folder, folder / plan.images.init_image)
        render_segment(renderer, segment, segment_folder(folder, name))
"""


def test_hits_need_neither_torch_nor_numpy(rendered_song):
    segments = rendered_song.results / "segments"
    before = rendered_song.pictures()
    shutil.rmtree(segments)
    code = RENDER_BY_NAMES + "print({'torch', 'numpy', 'PIL', 'diffusers'} & sys.modules.keys())"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            rendered_song.results,
            rendered_song.cache,
            START,
            TARGET,
            SECOND,
        ],
        env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.endswith("set()\n"), done.stderr
    assert rendered_song.pictures() == before
    assert len(rendered_song.ledger) == 6


def test_while_the_model_is_loaded_the_chain_goes_on_into_the_cache(song):
    save_png(song.image("shade"), song.results / OPENING)
    song.render_row(TARGET)
    assert [entry["row"] for entry in song.ledger] == [TARGET, SECOND, SECOND, SECOND]
    assert not (song.results / "segments" / SECOND).exists()
    assert not song.render_row(SECOND)
    assert len(song.ledger) == 4


def test_a_job_that_renders_alone_goes_on_with_the_other_chains(song):
    """Also the ones before it; what the results hold already is not painted again."""
    song.render_opening()
    song.begin(renders_alone=True)
    song.render_row(TARGET)
    rows = [entry["row"] for entry in song.ledger]
    assert rows == [START, TARGET, SECOND, SECOND, SECOND, START]
    for start in (START, SECOND):
        song.render_row(start)
    shutil.rmtree(song.cache)
    song.edit([*ROWS[:3], (3.5, None, None, None, None, None)])
    song.begin(renders_alone=True)
    song.render_row(SECOND)
    assert {entry["row"] for entry in song.ledger[6:]} == {SECOND}


@pytest.mark.slow
def test_alone_an_opening_is_followed_by_the_whole_song(song):
    song.begin(renders_alone=True)
    song.render_opening()
    assert [e["row"] for e in song.ledger] == [START, START, TARGET, SECOND, SECOND, SECOND]


CUTS = [(0, "a star"), *((t, f"a moon {t}", "cut") for t in range(1, 6)), (6, None)]
"""Six chains of one row, each with an opening of its own."""


def test_alone_the_openings_of_other_chains_are_painted_too(tmp_path, toy_model):
    rows = [(time, words, None, None, None, None, *cut) for time, words, *cut in CUTS]
    song = ToySong(tmp_path, toy_model)
    song.edit(rows, columns=["Transition"])
    song.begin(renders_alone=True)
    first, *others = song.plan.openings
    assert len(others) == 5
    with song.renderer() as renderer:
        render_opening(
            renderer, song.plan.openings[first], first, song.results / "openings" / f"{first}.png"
        )
    painted = len(song.ledger)
    song.render()
    assert len(song.ledger) == painted == 13


def test_chains_that_are_rendered_at_once_are_those_rendered_one_by_one(tmp_path, toy_model):
    rows = [(time, words, None, None, None, None, *cut) for time, words, *cut in CUTS]
    pictures, orders = [], []
    for threads in (1, 3):
        song = ToySong(tmp_path / str(threads), toy_model)
        song.edit(rows, columns=["Transition"])
        song.begin(renders_alone=True)
        with song.renderer(threads) as renderer:
            assert renderer.chains_at_once == threads
            first = next(iter(song.plan.openings))
            path = song.results / "openings" / f"{first}.png"
            render_opening(renderer, song.plan.openings[first], first, path)
        orders.append([entry["row"] for entry in song.ledger])
        song.render()
        pictures.append(song.pictures())
    assert pictures[0] == pictures[1]
    assert sorted(orders[0]) == orders[0] and sorted(orders[1]) == orders[0]
    assert orders[1] != orders[0]


def test_other_threads_end_with_the_job(tmp_path, toy_model, monkeypatch):
    rows = [(time, words, None, None, None, None, *cut) for time, words, *cut in CUTS]
    song = ToySong(tmp_path, toy_model)
    song.edit(rows, columns=["Transition"])
    song.begin(renders_alone=True)
    record = chain.record_keyframe

    def interrupted(renderer, row, number, seconds):
        record(renderer, row, number, seconds)
        if threading.current_thread() is threading.main_thread() and number == 1:
            raise KeyboardInterrupt

    others = threading.active_count()
    with song.renderer(threads=2) as renderer:
        first = next(iter(song.plan.openings))
        renderer.load_painter()
        monkeypatch.setattr(chain, "record_keyframe", interrupted)
        own = song.plan.by_name[first]
        with pytest.raises(KeyboardInterrupt):
            chain._render_ahead(renderer, own, [own], [song.results / OPENING])
    assert threading.active_count() == others
    assert 1 <= len(song.ledger) < 6


def test_rendering_ahead_stops_at_an_image_that_is_another_than_planned(song):
    save_png(song.image("shade"), song.results / OPENING)
    song.write_image("shade.png", (200, 20, 20))
    song.edit()
    write_plan(song.plan, song.results / PLAN_FILE)
    song.render_row(TARGET)
    assert [entry["row"] for entry in song.ledger] == [TARGET]


def test_rendering_ahead_stops_at_an_image_that_is_not_there_yet(song):
    save_png(song.image("shade"), song.results / OPENING)
    song.image_path("shade").unlink()
    song.render_row(TARGET)
    assert [entry["row"] for entry in song.ledger] == [TARGET]


def test_a_render_continued_from_disk_is_the_same_as_one_never_stopped(rendered_song):
    whole = rendered_song.pictures()
    lost = [rendered_song.manifest(SECOND)[number].key for number in (1, 2)]
    forget(rendered_song, *lost)
    shutil.rmtree(rendered_song.results / "segments")
    rendered_song.render()
    assert rendered_song.pictures() == whole
    assert [entry["key"] for entry in rendered_song.ledger[6:]] == lost


DIES_AT_A_RENAME = """
import os, signal, sys
left = int(sys.argv.pop())
rename = os.replace

def replace(*paths):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    rename(*paths)

os.replace = replace
"""


def test_a_kill_while_a_rows_files_are_laid_loses_nothing(rendered_song):
    """Before the first link gets its name, before the second, … and before the last file."""
    place, whole = rendered_song.results / "segments" / SECOND, rendered_song.pictures()
    script = DIES_AT_A_RENAME + RENDER_BY_NAMES
    code = [sys.executable, "-c", script, rendered_song.results, rendered_song.cache, SECOND]
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    for done in range(1, 6):  # after the opening: three keyframes, the manifest, the last one
        shutil.rmtree(place)
        killed = subprocess.run([*code, str(done)], env=environment)
        assert killed.returncode == -signal.SIGKILL
        assert len(list(place.glob(".*"))) == 1
        subprocess.run([*code, "99"], env=environment, check=True)
        assert list(place.glob(".*")) == []
        assert rendered_song.pictures() == whole
    assert len(rendered_song.ledger) == 6


def test_a_damaged_keyframe_is_put_back_from_the_cache(rendered_song):
    manifest = rendered_song.results / "segments" / SECOND / "keyframes.json"
    whole = rendered_song.pictures()
    cache = KeyframeCache(rendered_song.cache)
    for name, content in (("0000.png", b""), ("0001.png", None)):
        (manifest.parent / name).unlink()  # a link: the cache keeps its own
        if content is not None:
            (manifest.parent / name).write_bytes(content)
    read_keyframes(manifest, cache)
    assert read_keyframe(manifest, 0, cache) == manifest.parent / "0000.png"
    assert rendered_song.pictures() == whole


def test_a_keyframe_that_is_lost_for_good_is_named_with_the_remedy(rendered_song):
    manifest = rendered_song.results / "segments" / SECOND / "keyframes.json"
    whole = rendered_song.pictures()
    shutil.rmtree(rendered_song.cache / "keyframes")
    (manifest.parent / "0001.png").unlink()
    cache = KeyframeCache(rendered_song.cache)
    with pytest.raises(SongreelError, match=r"0001\.png.*delete .*keyframes\.json and run"):
        read_keyframes(manifest, cache)
    manifest.unlink()  # as it says
    rendered_song.render_row(SECOND)
    assert read_keyframes(manifest, cache)
    assert rendered_song.pictures() == whole


def test_a_row_with_fewer_keyframes_drops_the_old_ones(rendered_song):
    rows = [list(row) for row in ROWS]
    rows[3][0] = 2.5
    rendered_song.edit(rows)
    rendered_song.render_row(SECOND)
    names = {path.name for path in (rendered_song.results / "segments" / SECOND).iterdir()}
    assert names == {"0000.png", "0001.png", "keyframes.json", "last.png"}


class Moody(Painter):
    """A painter whose first result of all is black."""

    painted = 0

    def image_to_image(self, image, **settings):
        self.painted += 1
        if self.painted == 1:
            raise InvalidImage("black")
        return super().image_to_image(image, **settings)


def test_a_spoiled_keyframe_is_painted_with_another_seed_and_noted(
    song, rendered_song_once, toy_model
):
    save_png(load_png(rendered_song_once.results / OPENING), song.results / OPENING)
    with song.renderer() as renderer:
        renderer.painter._painter = Moody(toy_model, ModelSettings(name="", device="cpu"))
        render_segment(renderer, song.segment(START), segment_folder(song.results, START))
    (entry,) = song.ledger
    (usual,) = [e for e in rendered_song_once.ledger if e["time"] == "1/2"]
    assert entry["rejected"] == ["black"]
    assert entry["seed"] != usual["seed"]


def test_a_row_that_stays_spoiled_is_named_and_keeps_what_it_has(tmp_path):
    model = toy_models.save_stable_diffusion(tmp_path / "model", blanks_everything=True)
    song = ToySong(tmp_path, model).begin()
    save_png(song.image("shade"), song.results / OPENING)
    with pytest.raises(SongreelError) as failure:
        song.render_row(TARGET)
    assert f"row A6 at 0:01 (a moon): {ATTEMPTS} tries were spoiled" in str(failure.value)
    assert "safety checker" in str(failure.value)
    assert "change the prompt or render.seed" in str(failure.value)
    assert song.ledger == []
    assert not (song.results / "segments" / TARGET).exists()


def test_words_that_the_model_does_not_read_are_told_once(tmp_path, toy_model):
    rows = [list(row) for row in ROWS]
    rows[2][1] = "a boat " + "x" * toy_models.WORDS_TAKEN + " under the stars"
    song = ToySong(tmp_path, toy_model, rows).begin()
    save_png(song.image("shade"), song.results / OPENING)
    song.render_row(TARGET)
    (told,) = [line for line in song.said if "does not read" in line]
    assert "row A7 at 0:02" in told
    assert told.endswith("under the stars")


def test_a_disk_too_small_is_told(song):
    needs = {song.cache: 10**15, song.results: 10**13}
    with pytest.raises(SongreelError, match=r"5 keyframes need .* 1,010,000,000 MB, .* free"):
        check_disk_space(needs, "5 keyframes")
    check_disk_space({song.cache: 1000, song.results: 1000}, "5 keyframes")


RENDER = """
import os, sys
from pathlib import Path
from songreel.keyframes import chain
from songreel.keyframes.chain import render_opening, render_segment
from songreel.keyframes.renderer import open_renderer
from songreel.keyframes.segment import planned_segment, segment_folder

folder, cache, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
with open_renderer(folder, cache, print) as renderer:
    print("ready", flush=True)
    sys.stdin.readline()
    plan = renderer.plan.by_name[name]
    segment = planned_segment(plan, folder, folder / plan.images.init_image)
    render_segment(renderer, segment, segment_folder(folder, name))
    print("gpu", os.environ["CUDA_VISIBLE_DEVICES"])
"""


@pytest.mark.slow
def test_two_jobs_on_two_cards_never_paint_the_same_keyframe(song):
    """Two songs that are alike, on cards that this machine need not have."""
    save_png(song.image("shade"), song.results / OPENING)
    twin = song.results.with_name("twin")
    shutil.copytree(song.results, twin)
    jobs = [
        subprocess.Popen(
            [sys.executable, "-c", RENDER, folder, song.cache, TARGET],
            env={**os.environ, "PYTHONPATH": str(SCRIPTS), "CUDA_VISIBLE_DEVICES": "7,8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for folder in (song.results, twin)
    ]
    for job in jobs:
        assert job.stdout.readline() == "ready\n"
    for job in jobs:
        job.stdin.write("\n")
        job.stdin.flush()
    said = [job.communicate() for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0], said
    assert {out.split()[-1] for out, _ in said} == {"7", "8"} or any(
        "loading" not in out for out, _ in said
    )
    both = song.ledger + ledger.read(twin / "ledger.jsonl")
    assert len(both) == len({entry["key"] for entry in both}) == 4
    for path in song.results.glob("segments/*/*.png"):
        assert path.read_bytes() == (twin / path.relative_to(song.results)).read_bytes()
    cache = song.cache
    assert not list((cache / "locks").iterdir())


def test_the_manifest_tells_what_the_row_is_made_of(rendered_song):
    manifest = rendered_song.results / "segments" / SECOND / "keyframes.json"
    before = json.loads(manifest.read_text(encoding="utf-8"))["input_digest"]
    shade = rendered_song.image_path("shade")
    save_png(255 - load_png(shade), shade)
    rendered_song.render_row(SECOND)
    assert json.loads(manifest.read_text(encoding="utf-8"))["input_digest"] != before

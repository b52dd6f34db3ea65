"""Clips made while the chain is still painted: the same, sooner, and nobody is left over."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from songreel.film.prefetch import make_clips
from songreel.film.ready_clips import clear_ahead, obtain_clip
from songreel.keyframes.row import recipe, row_of
from songreel.media.images import load_png, save_png
from songreel.storage.digests import file_digest
from toy_song import SECOND, START, TARGET

SCRIPTS = Path(__file__).parents[2] / "scripts"


def segment_of(song, start):
    return next(each for each in song.plan["segments"] if each["start"] == start)


def clip_of(song, start):
    """Obtain a row's clip, as its job does."""
    segment = segment_of(song, start)
    clip = song.results / "clips" / f"{start}.mkv"
    obtain_clip(
        song.results / "segments" / start / "keyframes.json",
        [song.results / segment["next"]] if segment["next"] else [],
        segment["clip"],
        clip,
    )
    return clip.read_bytes()


def finished(song):
    """All rows, as the one that paints passes them on."""
    studio = song.studio()
    for segment in song.plan["segments"]:
        row = row_of(studio, segment, song.results / segment["inputs"]["start"])
        yield segment["start"], recipe(studio, row)


@pytest.fixture
def ahead(rendered_song):
    """Where clips lie that nobody has taken yet."""
    clear_ahead(rendered_song.results)
    return rendered_song.results / "ahead"


def test_a_clip_made_ahead_is_the_one_its_job_would_have_made(rendered_song, ahead):
    by_their_jobs = [clip_of(rendered_song, start) for start in (START, TARGET, SECOND)]
    make_clips(rendered_song.results, finished(rendered_song))
    made = sorted(ahead.iterdir())
    assert [path.name[:8] for path in made] == [START, TARGET, SECOND]
    assert [path.read_bytes() for path in made] == by_their_jobs


def test_a_job_takes_what_was_made_ahead_and_it_is_new(rendered_song, ahead):
    make_clips(rendered_song.results, finished(rendered_song))
    for path in ahead.iterdir():
        path.write_bytes(b"made ahead")
        os.utime(path, (0, 0))
    manifest = rendered_song.results / "segments" / TARGET / "keyframes.json"
    assert clip_of(rendered_song, TARGET) == b"made ahead"
    clip = rendered_song.results / "clips" / f"{TARGET}.mkv"
    assert clip.stat().st_mtime >= manifest.stat().st_mtime
    assert [path.name[:8] for path in sorted(ahead.iterdir())] == [START, SECOND]


@pytest.mark.parametrize("what", ["a keyframe", "the picture after them", "the frame rate"])
def test_a_clip_of_other_pictures_or_another_plan_is_not_taken(rendered_song, ahead, what):
    make_clips(rendered_song.results, finished(rendered_song))
    if what == "the frame rate":
        rendered_song.edit(video={"fps": 10})
        rendered_song.begin()
    else:
        start = SECOND if what == "the picture after them" else TARGET
        manifest = rendered_song.results / "segments" / start / "keyframes.json"
        entry = rendered_song.manifest(start)[0]
        picture = manifest.parent / entry["file"]
        save_png(255 - load_png(picture), picture)
        text = manifest.read_text().replace(entry["sha256"], file_digest(picture))
        manifest.write_text(text)
    count = len(list(ahead.iterdir()))
    assert len(clip_of(rendered_song, TARGET)) > 100
    assert len(list(ahead.iterdir())) == count


def test_a_row_that_the_cache_lost_is_left_to_its_job(rendered_song, ahead):
    key = rendered_song.manifest(SECOND)[-1]["key"]
    (rendered_song.cache / "keyframes" / key[:2] / f"{key}.png").unlink()
    make_clips(rendered_song.results, finished(rendered_song))
    assert [path.name[:8] for path in ahead.iterdir()] == [START]


PAINTS = """
import sys, time
from pathlib import Path
from songreel.film.prefetch import ClipsAhead
with ClipsAhead(Path(sys.argv[1])) as clips:
    for start, recipe in (line.split() for line in sys.argv[2:]):
        clips.follow(start, recipe)
    print(clips._process.pid, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def painting(rendered_song, ahead):
    """A process that has finished all rows and is still alive, and the one that makes its clips."""
    orders = [" ".join(order) for order in finished(rendered_song)]
    with subprocess.Popen(
        [sys.executable, "-c", PAINTS, rendered_song.results, *orders],
        env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process, int(process.stdout.readline())


def wait_until(come_true):
    deadline = time.monotonic() + 60
    while not come_true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_clips_are_made_beside_the_painting_and_the_process_ends_with_it(painting, ahead):
    process, maker = painting
    wait_until(lambda: len(list(ahead.glob("[0-9]*.mkv"))) == 3)
    assert is_alive(maker)
    process.communicate("\n")
    assert process.returncode == 0
    assert not is_alive(maker)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_painting_leaves_no_process_and_no_half_clip(painting, ahead, number):
    process, maker = painting
    wait_until(lambda: list(ahead.glob("*")))
    process.send_signal(number)
    process.wait()
    wait_until(lambda: not is_alive(maker))
    assert not list(ahead.glob(".*"))

"""What a run shows while it works, on a terminal and where there is none."""

import os
import pty
import re
import subprocess

import pytest

from songreel.reports.progress import read_progress

ROWS = [(0, "a star"), (1, "a boat"), (2, "a moon"), (3,)]


@pytest.fixture
def song(project):
    project.write_sheet(ROWS, SecondsPerFrame=0.5)
    project.write_config(render={"steps": 50})  # a keyframe takes as long as one can watch it
    return project


def on_a_terminal(command, folder):
    """Run a command on a terminal of its own; all that it wrote there."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "110"}
    with subprocess.Popen(
        command, cwd=folder, stdin=follower, stdout=follower, stderr=follower, env=environment
    ) as process:
        os.close(follower)
        said = b""
        while True:
            try:
                read = os.read(leader, 4096)
            except OSError:  # the last one that could write has ended
                break
            if not read:
                break
            said += read
    os.close(leader)
    assert process.returncode == 0, said.decode()[-6000:]
    return said.decode()


def log_file(project):
    (log,) = sorted((project.folder / ".snakemake/log").glob("*.log"))[-1:]
    return log.read_text(encoding="utf-8")


@pytest.mark.lowest
def test_a_run_says_what_it_costs_how_far_it_is_and_where_the_film_is(song):
    said = song.render("--cores", "2").stdout
    lines = [line for line in said.splitlines() if line.startswith("song: ")]
    assert lines[0].startswith("song: rows 1–3 not rendered yet; 7 of 7 keyframes to paint, 0 kept")
    assert any(
        re.match(r"song: .*keyframe \d of 7, .* s each, 0:\d\d left$", line) for line in lines
    )
    assert lines[-1] == "song: done, 7 keyframes: results/song/song.mp4"
    assert "rule render_segment" not in said and "jobid" not in said
    assert len(said.splitlines()) < 15
    assert log_file(song).count("rule render_segment:") == 3
    assert lines[0] in log_file(song)
    progress = read_progress(song.folder / "results/song")
    assert (progress.stage, progress.painted, progress.ended) == ("done", 7, True)

    song.write_sheet([*ROWS[:2], (2, "a raft"), (3,)], SecondsPerFrame=0.5)
    explained = song.render("--cores", "1", "explain").stdout
    told = next(line for line in explained.splitlines() if line.startswith("song: "))
    assert told.startswith("song: row 3 changed; 3 of 7 keyframes to paint, 4 kept; ")
    said = song.render("--cores", "2", "--verbose").stdout
    assert told.rpartition(",")[0] in said
    assert "rule render_segment" in said  # the one flag


def test_a_terminal_shows_a_bar_and_errors_above_it(song):
    longer = [(6 * time, *words) for time, *words in ROWS]  # than the time between two looks
    song.write_sheet(longer, SecondsPerFrame=0.5)
    said = on_a_terminal(song.command("--cores", "2"), song.folder)
    assert re.search(
        r"song  row \d of 3 .*━.* keyframe \d+ of 37, \d\.\d\d s each, 0:\d\d left", said
    )
    assert "song: done, 37 keyframes: results/song/song.mp4" in said
    assert "jobid" not in said
    assert said.endswith("\x1b[?25h")  # the cursor is back


def test_a_failure_is_shown_with_its_log(song):
    song.write_config(model={"dtype": "float16"})
    said = song.snakemake("--cores", "1")
    assert said.returncode != 0
    assert "Error in rule paint_opening" in said.stdout
    assert "float16 needs a GPU" in said.stdout
    assert read_progress(song.folder / "results/song").ended

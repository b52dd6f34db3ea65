"""How far a run is, by what its jobs have said."""

import logging
import threading
import time

import pytest

from songreel.reports import run_display
from songreel.reports.progress import SongProgress, begin_log, describe, read_progress
from songreel.reports.run_display import RunDisplay, TerminalFilter
from songreel.storage import progress_log
from songreel.storage.progress_log import LATEST_IMAGE, PROGRESS_LOG, opening_row, record

NAMES = {"00000000": 2, "00001000": 4}
OPENING = opening_row("00000000")


def begin(folder, rendered=(OPENING, *NAMES), clips=10, frames=20, openings=(OPENING,)):
    """The log of a run: an opening, two rows of 2 and 4 keyframes."""
    progress_log.begin(
        folder,
        song="song",
        keyframes={**dict.fromkeys(openings, 1), **NAMES},
        rendered=list(rendered),
        clips={name: clips for name in NAMES if name in rendered},
        frames=frames,
        cores=2,
        result=None,
        frame_seconds={"clip": 0.1, "film": 0.05},
    )


def paint(folder, row, number, seconds=2.0):
    record(folder, "keyframe", row=row, number=number, seconds=seconds)


def in_sequence(monkeypatch, step):
    """Let the clock of the log go on by ``step`` seconds at every event."""
    clock = iter(range(1_000_000, 2_000_000))
    monkeypatch.setattr(time, "time", lambda: next(clock) * step)


def test_there_is_no_progress_before_a_run(tmp_path):
    assert read_progress(tmp_path) is None
    record(tmp_path, "note", text="a job without a run")
    assert read_progress(tmp_path) is None


def test_the_whole_run_is_counted_from_its_first_keyframe(tmp_path, monkeypatch):
    in_sequence(monkeypatch, 2)
    begin(tmp_path)
    assert read_progress(tmp_path) == SongProgress(
        "song", "painting", 0, 2, 0, 7, 0, None, None, 0, 2, None, (), False
    )
    for row, number in ((OPENING, 1), ("00000000", 1), ("00000000", 2)):
        paint(tmp_path, row, number)
    progress = read_progress(tmp_path)
    assert (progress.row, progress.keyframe, progress.keyframes) == (1, 3, 7)
    assert progress.seconds_each == 2
    # 4 keyframes of 2 s; 3 jobs and 2 clips of 10 frames on 2 cores, 0.5 s a job; a film.
    assert progress.seconds_left == pytest.approx(
        4 * 2 + 3 * 0.5 + (2 * 1 + 2 * 0.5) / 2 + 20 * 0.05
    )
    assert describe(progress) == "song: row 1 of 2, keyframe 3 of 7, 2.00 s each, 0:12 left"


def test_rows_that_the_run_does_not_render_are_there_already(tmp_path):
    begin(tmp_path, rendered=["00001000"])
    progress = read_progress(tmp_path)
    assert (progress.keyframe, progress.clips) == (3, 1)


def test_an_opening_belongs_to_the_row_that_it_opens(tmp_path):
    later = opening_row("00001000")
    begin(tmp_path, rendered=[OPENING, later, *NAMES], openings=[OPENING, later])
    paint(tmp_path, later, 1)
    progress = read_progress(tmp_path)
    assert (progress.row, progress.keyframe, progress.keyframes) == (2, 1, 8)
    assert describe(progress).startswith("song: row 2 of 2, keyframe 1 of 8, ")


def test_what_is_kept_is_not_waited_for(tmp_path):
    begin(tmp_path)
    kept = {OPENING: 1, "00000000": 2, "00001000": 1}
    record(tmp_path, "cost", text="song: 3 to paint", kept=kept, seconds_each=1.5)
    progress = read_progress(tmp_path)
    assert (progress.keyframe, progress.painted, progress.seconds_each) == (4, 0, 1.5)
    assert progress.seconds_left > 3 * 1.5
    assert progress.notes == ("song: 3 to paint",)


def test_two_nodes_halve_the_time_that_is_left(tmp_path, monkeypatch):
    for step in (2, 1):
        in_sequence(monkeypatch, step)
        begin(tmp_path, frames=0, clips=0)
        for number in (1, 2, 3):
            paint(tmp_path, "00001000", number, 2.0)
        each_alone = read_progress(tmp_path).seconds_left
        if step == 2:
            alone = each_alone
    # Of two nodes, one keyframe comes every second, though each takes two.
    assert alone - each_alone == pytest.approx(4 * 2 * (1 - 4 / 6))


def test_in_betweens_and_the_film_are_timed_when_they_are_made(tmp_path):
    begin(tmp_path)
    for row, number in {OPENING: 1, **NAMES}.items():
        paint(tmp_path, row, number, None)
        record(tmp_path, "row", row=row)
    assert describe(read_progress(tmp_path)) == "song: in-betweens 0 of 2 rows, 0:02 left"
    record(tmp_path, "clip", row="00000000", frames=10, seconds=30.0)
    assert read_progress(tmp_path).seconds_left == pytest.approx((10 * 3 + 0.5) / 2 + 20 * 0.05)
    record(tmp_path, "clip", row="00001000", frames=10, seconds=30.0)
    assert read_progress(tmp_path).stage == "film"
    record(tmp_path, "film", frames=20, seconds=1.0)
    record(tmp_path, "end")
    progress = read_progress(tmp_path)
    assert (progress.stage, progress.seconds_left, progress.ended) == ("done", 0, True)
    assert describe(progress) == "song: done, 7 keyframes"


def test_a_run_knows_how_long_frames_took_the_last_one(rendered_song):
    folder, plan = rendered_song.results, rendered_song.plan
    jobs = {"interpolate_segment": {row.name for row in plan.segments}}
    begin_log(folder, plan, jobs, cores=1)
    guessed = read_progress(folder).seconds_left
    record(folder, "clip", row=plan.segments[0].name, frames=1, seconds=60.0)
    begin_log(folder, plan, jobs, cores=1)
    assert read_progress(folder).seconds_left > guessed + 60


def test_a_log_that_cannot_be_written_spoils_nothing(tmp_path):
    (tmp_path / PROGRESS_LOG).mkdir()
    record(tmp_path, "note", text="lost")
    progress_log.show_latest(tmp_path, tmp_path / "missing.png")
    assert not (tmp_path / LATEST_IMAGE).exists()


def test_a_line_break_of_unicode_in_a_prompt_breaks_no_line(tmp_path):
    begin(tmp_path)
    record(tmp_path, "note", text="song: a\u2028star")
    assert read_progress(tmp_path).notes == ("song: a\u2028star",)


@pytest.mark.parametrize("left", [-1, -2, -3, -4])
def test_a_line_that_was_cut_within_a_letter_is_left_out(tmp_path, left):
    log = tmp_path / PROGRESS_LOG
    record(tmp_path, "note", text="whole")
    record(tmp_path, "note", text="星")
    log.write_bytes(log.read_bytes()[: -len(b'"}') + left])
    record(tmp_path, "note", text="is lost with it")
    record(tmp_path, "note", text="whole again")
    assert [event["text"] for event in progress_log.read(tmp_path)] == ["whole", "whole again"]


def test_the_newest_keyframe_lies_beside_the_film(rendered_song):
    painted = {path.read_bytes() for path in rendered_song.cache.glob("keyframes/*/*.png")}
    latest = (rendered_song.results / LATEST_IMAGE).read_bytes()
    assert latest in painted
    assert latest == (rendered_song.results / "segments/00002000/last.png").read_bytes()


@pytest.fixture
def log():
    """A log with a handler that keeps what would stand on the terminal."""
    log = logging.Logger("runner")
    handler = logging.StreamHandler()
    handler.lines = []
    handler.emit = lambda record: handler.lines.append(record.getMessage())
    log.addHandler(handler)
    return log


def happens(log, event, text="", level=logging.INFO):
    log.log(level, text, extra={"event": event})


def test_the_terminal_has_lines_of_songs_and_errors_and_no_lines_of_jobs(tmp_path, log):
    (terminal,) = log.handlers

    display = RunDisplay(log, has_terminal=False)
    terminal.addFilter(
        TerminalFilter(terminal, display, {"job_info", "job_finished"}, ("Execute",))
    )
    log.addHandler(display)
    log.info("Execute 1 jobs...")
    log.info("a download")
    begin(tmp_path)
    display.begin([tmp_path])
    happens(log, "job_info", "rule paint")
    record(tmp_path, "cost", text="song: 7 to paint", kept={}, seconds_each=None)
    paint(tmp_path, OPENING, 1)
    happens(log, "job_finished", "Finished")
    happens(log, "job_error", "Error in rule paint", logging.ERROR)
    display.close()
    assert terminal.lines[:2] == ["a download", "song: 7 to paint"]
    assert terminal.lines[2].startswith("song: the opening, keyframe 1 of 7, 2.00 s each, 0:")
    assert terminal.lines[3:] == ["Error in rule paint"]
    assert read_progress(tmp_path).ended


def test_a_run_without_songs_shows_nothing(log):
    display = RunDisplay(log, has_terminal=True)
    log.addHandler(display)
    display.begin([])
    happens(log, "job_info", "rule prune_cache")
    assert not display.has_bars
    display.close()


def test_the_end_of_a_job_and_a_look_of_the_display_do_not_wait_for_each_other(
    tmp_path, log, monkeypatch
):
    """Two threads that log at once: the run's, and the display's own."""
    begin(tmp_path)
    paint(tmp_path, OPENING, 1)
    monkeypatch.setattr(run_display, "POLL_SECONDS", 0)
    monkeypatch.setattr(run_display._Song, "is_due", lambda *_: True)
    display = RunDisplay(log, has_terminal=False)
    log.addHandler(display)
    display.begin([tmp_path])

    def end_jobs():
        for _ in range(300):
            happens(log, "job_finished")

    run = threading.Thread(target=end_jobs, daemon=True)
    run.start()
    run.join(timeout=30)
    assert not run.is_alive()
    display.close()

"""Several runs in one folder: each renders what it began with, and none writes into another."""

import os
import signal
import time

import pytest

from chaos import Run, leftovers

SETTINGS = {"SecondsPerFrame": 0.5}


def sheet(project, name, *prompts):
    project.write_sheet([*enumerate(prompts), (len(prompts),)], name=name, **SETTINGS)


def wait_for_keyframes(run, song, count):
    while len(run.project.ledger(song)) < count:
        assert run.process.poll() is None, run.output.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.05)


@pytest.fixture
def two_songs(project):
    sheet(project, "one", "a star", "a boat", "a bell", "a moon")
    sheet(project, "two", "a tree")
    project.write_config(
        songs={name: {"sheet": f"{name}.xlsx"} for name in ("one", "two")},
        render={"steps": 6},
    )
    return project


def test_a_run_renders_what_it_began_with_whatever_other_runs_are_started(two_songs):
    first = Run(two_songs, ("--cores", "1", "results/one/one.mp4")).start()
    wait_for_keyframes(first, "one", 2)
    (painter,) = [pid for pid in first.processes() if pid != first.process.pid]
    os.kill(painter, signal.SIGSTOP)
    sheet(two_songs, "one", "a star", "a boat", "a gong", "a harp")
    two_songs.planned()
    two_songs.render("--cores", "1", "results/two/two.mp4")
    sheet(two_songs, "one", "a star", "a boat", "a bell", "a moon")
    locks = list((two_songs.folder / ".snakemake/locks").glob("*"))
    assert len(locks) == 2  # the second run has left them to the first
    refused = two_songs.snakemake("--cores", "1", "results/one/one.mp4")
    assert refused.returncode != 0 and "cannot be locked" in refused.stdout
    assert list((two_songs.folder / ".snakemake/locks").glob("*")) == locks
    os.kill(painter, signal.SIGCONT)
    assert first.process.wait() == 0, first.output.read_text(encoding="utf-8")[-3000:]

    assert len(two_songs.ledger("one")) == 9  # the opening, four rows, the end
    assert "one: no row changed; 0 of 9" in two_songs.render("--cores", "1", "explain").stdout
    assert leftovers(two_songs) == []


@pytest.mark.parametrize("is_moved", [False, True])
def test_the_command_of_a_killed_run_simply_works_again(two_songs, is_moved):
    """Only Snakemake is killed, as by a system that is short of memory; its job ends by itself."""
    command = ("--cores", "1", "results/one/one.mp4")
    run = Run(two_songs, command).start()
    wait_for_keyframes(run, "one", 3)
    os.kill(run.process.pid, signal.SIGKILL)
    run.process.wait()
    assert list((two_songs.folder / ".snakemake/locks").glob("*"))
    two_songs.planned()
    assert list((two_songs.folder / ".snakemake/locks").glob("*"))  # a dry run removes none
    if is_moved:
        deadline = time.monotonic() + 30
        while run.processes() and time.monotonic() < deadline:
            time.sleep(0.1)
        two_songs.folder = two_songs.folder.rename(two_songs.folder.with_name("moved"))
    said = two_songs.render(*command).stdout
    assert "Note: a run that was killed had left its lock; it is removed" in said
    assert run.processes() == {}
    keys = [entry["key"] for entry in two_songs.ledger("one")]
    # A job that ends between storing a keyframe and noting it leaves the note out.
    assert 9 - 1 <= len(keys) == len(set(keys)) <= 9
    assert leftovers(two_songs) == []

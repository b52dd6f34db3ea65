"""Locks and graphics cards: only one job has each, and a killed job has none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from songreel.models.gpus import VISIBLE, reserve_gpu
from songreel.storage.locks import lock, release_lock, try_lock

SCRIPTS = Path(__file__).parents[2] / "scripts"

HOLD = """
import sys
from pathlib import Path
from songreel.storage.locks import try_lock
print(try_lock(Path(sys.argv[1])) is not None, flush=True)
sys.stdin.readline()
"""

USE_CARD = """
import os, sys
from pathlib import Path
from songreel.models.gpus import reserve_gpu
with reserve_gpu(sys.argv[2], Path(sys.argv[1]), lambda line: print(line, flush=True)) as device:
    print(device, os.environ.get("CUDA_VISIBLE_DEVICES"), flush=True)
    sys.stdin.readline()
"""


def start(code, *arguments, **variables):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(SCRIPTS), **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def test_a_lock_is_held_by_one(tmp_path):
    descriptor = try_lock(tmp_path / "it")
    assert try_lock(tmp_path / "it") is None
    release_lock(tmp_path / "it", descriptor)
    assert list(tmp_path.iterdir()) == []
    with lock(tmp_path / "it", lambda: pytest.fail("nobody holds it")):
        assert try_lock(tmp_path / "it") is None


def test_a_killed_process_holds_no_lock(tmp_path):
    with start(HOLD, tmp_path / "it") as holder:
        assert holder.stdout.readline() == "True\n"
        assert try_lock(tmp_path / "it") is None
        holder.kill()
    assert try_lock(tmp_path / "it") is not None


def test_a_process_that_waits_gets_the_lock_next(tmp_path):
    calls = []
    with start(HOLD, tmp_path / "it") as holder:
        holder.stdout.readline()

        def on_wait():
            calls.append("wait")
            holder.kill()

        with lock(tmp_path / "it", on_wait):
            assert calls == ["wait"]
            assert try_lock(tmp_path / "it") is None
    assert list(tmp_path.iterdir()) == []


def test_two_jobs_take_two_cards_and_a_third_waits_for_one(tmp_path):
    cards = {VISIBLE: "3,GPU-7f"}
    with (
        start(USE_CARD, tmp_path, "auto", **cards) as first,
        start(USE_CARD, tmp_path, "cuda", **cards) as second,
    ):
        taken = {first.stdout.readline(), second.stdout.readline()}
        assert taken == {"auto 3\n", "cuda GPU-7f\n"} or taken == {"auto GPU-7f\n", "cuda 3\n"}
        with start(USE_CARD, tmp_path, "auto", **cards) as third:
            assert "waiting" in third.stdout.readline()
            first.kill()
            assert third.stdout.readline().split()[1] in ("3", "GPU-7f")
            third.communicate("\n")
        second.communicate("\n")


@pytest.mark.parametrize(
    ("device", "visible", "seen"),
    [
        ("cpu", "0,1", ("cpu", "0,1")),
        ("auto", "5", ("auto", "5")),
        ("cuda:1", "4,6", ("cuda", "6")),
    ],
)
def test_without_a_choice_nothing_is_locked(tmp_path, monkeypatch, device, visible, seen):
    monkeypatch.setenv(VISIBLE, visible)
    with reserve_gpu(device, tmp_path, print) as asked:
        assert (asked, os.environ[VISIBLE]) == seen
        assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_two_chains_are_painted_at_once_each_on_its_own_gpu(rendered, monkeypatch):
    """The whole workflow, on cards that this machine need not have."""
    frames = rendered.frames()
    for folder in ("results", ".songreel", ".snakemake"):
        shutil.rmtree(rendered.folder / folder)
    monkeypatch.setenv(VISIBLE, "7,8")
    rendered.render("--cores", "2", "--resources", "gpu=2")
    assert np.array_equal(rendered.frames(), frames)
    entries = rendered.ledger()
    assert len(entries) == len({entry["key"] for entry in entries}) == 9
    cards = {entry["row"]: entry["gpu"] for entry in entries}
    assert {cards["00001000"], cards["00003500"]} == {"7", "8"}

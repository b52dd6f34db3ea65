"""Interrupted renders: killed, stopped with Ctrl-C, or told to end, and run again.

The long form, with 50 kills and more, is ``python tests/support/chaos.py --kills 50 --seed 1``.
"""

import os
import signal
import time

import pytest

from chaos import Run, chaos, decoded, leftovers


def painting(run, keyframes):
    """Wait until the ledger has so many keyframes."""
    while len(run.project.ledger()) < keyframes:
        assert run.process.poll() is None, run.output.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.05)


@pytest.mark.slow
def test_a_killed_render_goes_on_as_if_nothing_had_happened(tmp_path, toy_model):
    tally = chaos(tmp_path, toy_model, kills=3, seed=7)
    assert tally.problems == []
    assert tally.kills == 3


@pytest.mark.slow
def test_ctrl_c_and_sigterm_need_nothing_but_the_same_command(rendered):
    expected = decoded(rendered)
    for folder in ("results", ".songreel", ".snakemake", "logs"):
        os.rename(rendered.folder / folder, rendered.folder / f"before-{folder}")

    run = Run(rendered).start()
    painting(run, 2)
    os.killpg(run.process.pid, signal.SIGINT)  # as a terminal does
    assert run.process.wait() != 0
    assert run.processes() == {}
    assert "Traceback" not in run.output.read_text(encoding="utf-8")

    kept = {entry["key"] for entry in rendered.ledger()}
    run = Run(rendered).start()
    painting(run, len(kept) + 1)
    run.process.send_signal(signal.SIGTERM)
    run.process.wait()
    assert run.processes() == {}

    rendered.render("--cores", "2")
    assert decoded(rendered) == expected
    keys = [entry["key"] for entry in rendered.ledger()]
    # An interruption that comes between storing a keyframe and noting it leaves the note out.
    assert 9 - 2 <= len(keys) == len(set(keys)) <= 9
    assert leftovers(rendered) == []

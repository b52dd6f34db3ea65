"""A film is the film of its sheet, whatever became of Snakemake's own notes on what it did."""

import json
import re
import shutil
from base64 import b64decode

import numpy as np
import pytest

from project import ROWS
from songreel.storage.labels import read_label

SETTINGS = {"Title": "Test", "Style": "watercolour", "SecondsPerFrame": 0.5, "Zoom": True}
GONG = [*ROWS[:3], {**ROWS[3], "Prompt": "a gong"}, ROWS[4]]


def remove_notes(project):
    shutil.rmtree(project.folder / ".snakemake")


def empty_notes(project):
    for note in metadata(project):
        note.write_bytes(b"")


def cut_notes(project):
    """As a full disk leaves them."""
    for note in metadata(project):
        note.write_bytes(note.read_bytes()[:60])


def cut_half_of_the_notes(project):
    """Of the two results of a row's job, the note on one; Snakemake then compares neither."""
    for note in metadata(project):
        if b64decode(note.name).endswith(b"last.png"):
            note.write_bytes(note.read_bytes()[:60])


def falsify_notes(project):
    """As if a run had been noted that never made its results."""
    project.render("--touch", "--cores", "1")


def metadata(project):
    found = [path for path in (project.folder / ".snakemake/metadata").rglob("*") if path.is_file()]
    assert found
    return found


LOSSES = [remove_notes, empty_notes, cut_notes, cut_half_of_the_notes, falsify_notes]


@pytest.mark.parametrize("lose", LOSSES)
def test_a_dry_run_tells_of_an_edit_whatever_became_of_the_notes(rendered, lose):
    rendered.write_sheet(GONG, **SETTINGS)
    lose(rendered)
    said = rendered.render("-n").stdout
    note = next(line for line in said.splitlines() if line.startswith("Note: results/song/"))
    assert "results/song/segments/00003500/keyframes.json" in note
    assert "a run makes them again" in note
    assert len(re.findall(r"^rule (?:render|interpolate)_segment:", said, re.MULTILINE)) == 4


def test_results_of_an_older_sheet_are_made_again_without_notes(rendered):
    """A song is copied without its hidden folders; then results of before get into it."""
    results = rendered.film().parent
    old = {
        path: path.read_bytes()
        for path in (rendered.film(), results / "clips/00003500.mkv", results / "storyboard.png")
    }
    before = rendered.frames()
    rendered.write_sheet(GONG, **SETTINGS)
    remove_notes(rendered)
    rendered.render("--cores", "2")
    assert len(rendered.ledger()) == 9 + 4
    frames = rendered.frames()
    assert not np.array_equal(frames[35:], before[35:])
    again = rendered.render("-n").stdout
    assert "Nothing to be done" in again
    assert "Note: results" not in again

    for path, content in old.items():
        path.write_bytes(content)
    (results / "timeline.tsv").write_text("row\tcell\r\n1\tA1\r\n", encoding="utf-8")
    remove_notes(rendered)
    rendered.render("--cores", "2")
    assert np.array_equal(rendered.frames(), frames)
    assert all(path.read_bytes() != content for path, content in old.items())
    assert "a gong" in (results / "timeline.tsv").read_text(encoding="utf-8")
    assert len(rendered.ledger()) == 9 + 4


def test_every_result_says_what_it_was_made_from(rendered):
    results = rendered.film().parent
    labelled = [
        *results.glob("clips/*.mkv"),
        *results.glob("openings/*.png"),
        results / "storyboard.png",
    ]
    labels = [read_label(path) for path in [*labelled, rendered.film()]]
    assert None not in labels and len(set(labels)) == len(labels)
    for manifest in results.glob("segments/*/keyframes.json"):
        assert len(json.loads(manifest.read_text(encoding="utf-8"))["input_digest"]) == 64

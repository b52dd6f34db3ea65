"""The walk-through: its commands in order, as they stand on the page."""

import sys

import pytest

from project import ROOT
from songreel.media.images import load_png
from songreel.storage import ledger

sys.path.append(str(ROOT / "docs"))

import make_walkthrough


@pytest.mark.slow
def test_the_walk_through_can_be_walked(tmp_path):
    make_walkthrough.walk(tmp_path / "clone")
    results = tmp_path / "clone/results/twinkle"
    for name in ("draft/twinkle.mp4", "takes/4.png", "rows/4-5.mp4", "comparison.html"):
        assert (results / name).stat().st_size
    painted = [entry["key"] for entry in ledger.read(results / "ledger.jsonl")]
    assert len(painted) == len(set(painted))  # what the takes and the rows painted is found again
    # The seed that was typed gives the picture of its take.
    first = load_png(results / "segments/00007200/0000.png")
    takes = [entry for entry in ledger.read(results / "ledger.jsonl") if entry["row"] == "00007200"]
    cache = tmp_path / "clone/.songreel/keyframes"
    chosen = load_png(next(cache.glob(f"*/{takes[8]['key']}.png")))
    assert (first == chosen).all()


def test_its_pictures_are_there_and_small():
    text = make_walkthrough.PAGE.read_text(encoding="utf-8")
    pictures = list(make_walkthrough.PICTURES.iterdir())
    assert pictures and all(f"(walkthrough/{path.name})" in text for path in pictures)
    assert sum(path.stat().st_size for path in pictures) < 1_000_000

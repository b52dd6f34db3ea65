"""Edits while bookkeeping is lost give the film of the sheet.

The long form, with 30 edits, is ``python tests/support/lost_notes.py --edits 30 --seed 1``.
"""

import pytest

from lost_notes import half_write_notes, lose, lose_labels


def half_write_notes_and_lose_labels(project, chance):
    half_write_notes(project, chance)
    lose_labels(project, chance)


@pytest.mark.slow
def test_an_edit_with_lost_notes_and_labels_gives_the_fresh_film(tmp_path, toy_model):
    losses = [half_write_notes_and_lose_labels]
    tally = lose(tmp_path, toy_model, edits=1, seed=4, losses=losses)
    assert tally.problems == []
    assert sum(tally.edits.values()) == 1

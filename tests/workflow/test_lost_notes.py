"""Edits while bookkeeping is lost give the film of the sheet.

The long form, with 30 edits, is ``python tests/support/lost_notes.py --edits 30 --seed 1``.
"""

import pytest

from lost_notes import half_write_notes, lose, lose_labels


@pytest.mark.slow
def test_edits_with_lost_notes_and_labels_give_the_fresh_film(tmp_path, toy_model):
    tally = lose(tmp_path, toy_model, edits=2, seed=4, losses=(half_write_notes, lose_labels))
    assert tally.problems == []
    assert sum(tally.edits.values()) == 2

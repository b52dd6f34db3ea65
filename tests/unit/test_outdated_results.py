"""Results that are not what the plan and the files say are found, whatever their times are."""

import pytest

from songreel.plan.outdated import outdated_results
from songreel.storage.digests import file_digest
from toy_song import OPENING, SECOND, TARGET


def outdated(song):
    return outdated_results(song.plan, song.results, file_digest)


@pytest.mark.parametrize("name", [TARGET, SECOND])
def test_a_last_image_of_another_version_of_its_row_is_found(rendered_song, name):
    """Restored from a copy, as a part of the row."""
    song = rendered_song
    assert outdated(song) == []
    last = song.results / f"segments/{name}/last.png"
    last.write_bytes((song.results / OPENING).read_bytes())
    assert f"segments/{name}/keyframes.json" in outdated(song)
    last.unlink()  # Snakemake sees that
    assert outdated(song) == []


def test_another_image_of_the_sheet_is_found(rendered_song):
    song = rendered_song
    song.write_image("moon.png", (250, 250, 0))
    song.edit()
    assert [path.split("-")[0] for path in outdated(song)] == ["images/moon"]
    song.begin()
    found = outdated(song)
    assert f"segments/{TARGET}/keyframes.json" in found

"""Results that are not what the plan and the files say are found, whatever their times are."""

import re

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


def test_what_a_power_cut_has_emptied_is_found(rendered_song):
    """A file system may keep a new name and lose the content."""
    song = rendered_song
    song.edit(video={"also": ["gif"]})
    made = [path for path in song.results.glob("*s/**/*") if path.is_file()]
    others = (
        *(f"clips/{segment.name}.mkv" for segment in song.plan.segments),
        *("song.mp4", "song.gif", "storyboard.png", "timeline.tsv", "rows/1-1.mp4"),
        *("takes/1.png", "report.html", "telemetry.tsv", "timeline.svg"),
    )
    for path in [*made, *map(song.results.joinpath, others)]:
        path.parent.mkdir(exist_ok=True)
        content = path.read_bytes() if path.exists() else b"made otherwise"
        path.write_bytes(b"")
        found = outdated(song)
        path.write_bytes(content)
        name = str(path.relative_to(song.results))
        if path.name == "last.png":
            name = name.replace("last.png", "keyframes.json")
        if not re.fullmatch(r"\d{4}\.png", path.name):  # a keyframe is put back from the cache
            assert name in found, name


def test_another_image_of_the_sheet_is_found(rendered_song):
    song = rendered_song
    song.write_image("moon.png", (250, 250, 0))
    song.edit()
    assert [path.split("-")[0] for path in outdated(song)] == ["images/moon"]
    song.begin()
    found = outdated(song)
    assert f"segments/{TARGET}/keyframes.json" in found

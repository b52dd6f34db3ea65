"""The commands about finished films: the report, comparing two renders, verifying a film."""

import shutil

from project import ROWS
from songreel.film.provenance import read_provenance

SETTINGS = {"Title": "Test", "Style": "watercolour", "SecondsPerFrame": 0.5, "Zoom": True}


def edited(number, **cells):
    return [{**row, **cells} if i == number else row for i, row in enumerate(ROWS)]


def test_a_film_says_what_made_it(rendered):
    provenance, (environment,) = read_provenance(rendered.film())
    assert provenance["sheet"] == "song.xlsx"
    assert len(provenance["sheet digest"]) == 64
    assert "a green boat" in provenance["rows"]
    assert '"steps":2' in provenance["settings"]
    assert environment["packages"]["torch"]
    assert str(rendered.folder) not in str(provenance)


def test_saving_the_sheet_as_it_is_makes_no_other_film(rendered):
    rendered.write_sheet(ROWS, **SETTINGS)
    assert "Nothing to be done" in rendered.render("--cores", "1").stdout


def test_a_film_is_verified_by_rendering_it_again(rendered):
    before = rendered.film().read_bytes()
    # The film's own settings count, and not those of today.
    rendered.write_config(
        songs={"song": {"sheet": "song.xlsx", "audio": "song.wav"}}, render={"seed": 5}
    )
    said = rendered.render("--cores", "2", "--", "verify").stdout
    assert "song: all 50 frames are the same, bit for bit" in said
    assert rendered.film().read_bytes() == before
    assert not list(rendered.film().parent.glob(".verify-*"))

    rendered.write_sheet(edited(1, Prompt="a raft"), **SETTINGS)
    refused = rendered.snakemake("--cores", "2", "--", "verify")
    assert refused.returncode != 0
    assert "made from something else: the sheet differs in row 2" in refused.stdout


def test_a_film_of_someone_else_cannot_be_verified(rendered):
    shutil.copyfile(rendered.folder / "song.wav", rendered.film())
    refused = rendered.snakemake("--cores", "1", "--", "verify")
    assert refused.returncode != 0
    assert "this film does not say what made it" in refused.stdout
    assert "Traceback" not in refused.stdout


def test_two_renders_are_compared_on_a_page(rendered):
    refused = rendered.snakemake("--cores", "1", "--", "compare")
    assert refused.returncode != 0
    assert "say which render to compare with" in refused.stdout
    shutil.copytree(rendered.folder / "results", rendered.folder / "before")
    compare = ("--cores", "2", "--config", "compare_with=before", "--", "compare")
    page = rendered.folder / "results/song/comparison.html"
    assert "song: 0 of 4 rows differ" in rendered.render(*compare).stdout
    assert "the same keyframes, bit for bit" in page.read_text(encoding="utf-8")
    rendered.write_sheet(edited(3, Prompt="a gong"), **SETTINGS)
    rendered.render("--cores", "2", "--", "results/song/storyboard.png")
    assert "song: 2 of 4 rows differ; see results/song/comparison.html" in (
        rendered.render(*compare).stdout
    )
    assert "prompt: a bell, pencil → a gong, pencil" in page.read_text(encoding="utf-8")
    # The row before is on its way to the other prompt at its end.
    assert "change to the prompt after: a bell, pencil" in page.read_text(encoding="utf-8")
    nowhere = ("--cores", "1", "--config", "compare_with=nowhere", "--", "compare")
    assert "nowhere/song: no song was rendered here" in rendered.snakemake(*nowhere).stdout


def test_the_pieces_stand_in_the_report_of_snakemake(rendered):
    rendered.render("--cores", "1", "--report", "report.html")
    page = (rendered.folder / "report.html").read_text(encoding="utf-8")
    for piece in ("storyboard.png", "report.html", "timeline.svg"):
        assert f"results/song/{piece}" in page
    assert "A picture of every row" in page

"""A song in the browser: its sheet as a table, checked while it is typed, and its film."""

import re

from conftest import barriers
from playwright.sync_api import expect

from app.song import Table, read_table, rows_of_lines, write_sheet
from project import ROOT
from songreel.media import ffmpeg
from songreel.plan.plan_file import PLAN_FILE, read_plan
from songreel.plan.timecode import format_time
from songreel.song.song_sheet import read_sheet

TWINKLE = ROOT / "config" / "songs" / "twinkle"


def open_song(visitor, address):
    page = visitor(address)
    page.get_by_role("tab", name="Song").click()
    page.locator("#song-go").wait_for()
    return page


def says(page, pattern):
    expect(page.locator("#song-forecast")).to_contain_text(re.compile(pattern))


def wait_until_done(page):
    """Wait as long as a film takes on a busy machine."""
    expect(page.locator("#song-status")).to_contain_text("Done", timeout=240_000)


def type_into(page, row, into):
    """Type into the time of a row of the table."""
    cell = page.locator(f"#song-table [data-testid=cell-{row - 1}-0]").locator("visible=true")
    cell.dblclick()
    page.get_by_label("Edit cell").locator("visible=true").fill(into)
    page.keyboard.press("Enter")


def test_a_song_is_checked_while_it_is_typed_and_becomes_a_film(server, visitor, tmp_path):
    sound = tmp_path / "Lärm & more.wav"
    ffmpeg.run(["-y", "-f", "lavfi", "-i", "sine=frequency=440:duration=2", str(sound)])
    page = open_song(visitor, server.address)
    page.locator("#song-audio input[type=file]").set_input_files(sound)
    page.locator("#song-audio #waveform").wait_for()
    page.get_by_role("button", name="Paste lines").click()
    page.locator("#song-lines textarea").fill("0:00 a red boat\n0:01 a yellow star\n0:02")
    page.locator("#song-put").click()  # nobody has edited the table: it asks for nothing
    says(page, r"Rows 1–2 not rendered yet; 5 of 5 keyframes")
    type_into(page, 2, "0:03")
    says(page, r"Row 3 \(cell A\d+\): 0:02 does not come after 0:03")
    page.locator("#song-go").click()
    says(page, r"Row 3 \(cell A\d+\): 0:02 does not come after 0:03")
    assert "#song" not in page.url, "nothing was started"
    assert barriers(page) == []
    type_into(page, 2, "1")
    says(page, "5 of 5 keyframes")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.locator("#song-put").click()
    page.locator("#song-draft").click()
    assert len(asked) == 1 and "table was edited" in asked[0]
    page.locator("#song-film video").wait_for()
    assert not page.locator("#song-film video").evaluate("film => film.loop"), "it has sound"
    wait_until_done(page)
    with page.expect_download() as started:
        page.locator("#song-get-film").click()
    assert started.value.suggested_filename == "song-draft.mp4"
    project = server.project(page)
    assert project.film("draft").exists() and not project.film().exists()
    page.locator("#song-go").click()
    expect(page.locator("#song-stop")).to_be_visible()
    expect(page.locator("#song-film-note")).to_have_text("The draft")
    wait_until_done(page)
    expect(page.locator("#song-get-storyboard")).to_be_visible()
    plan, _ = read_plan(project.results / PLAN_FILE)
    assert plan.audio == "audio.wav"
    assert [row.prompt for row in plan.segments] == ["a red boat", "a yellow star"]
    page.reload()
    page.locator("#song-film video").wait_for()
    expect(page.locator("#song-audio #waveform")).to_be_visible()


def test_the_example_sheet_is_opened_and_misses_its_images(server, visitor):
    page = open_song(visitor, server.address)
    sheet = page.locator("input[data-testid='Open a song sheet-upload-button']")
    sheet.set_input_files(TWINKLE / "twinkle.xlsx")
    says(page, r"Row 2 \(cell F\d+\): image 'starlight.png' not found")
    expect(page.locator("#song-title input")).to_have_value("Twinkle, Twinkle, Little Star")
    page.get_by_role("button", name="Images, shape").click()
    images = sorted((TWINKLE / "ImageLibrary").glob("*.png"))
    page.locator("#song-images input[type=file]").set_input_files(images)
    says(page, "keyframes to paint")


def test_an_opened_sheet_is_written_as_it_was_read(tmp_path):
    table, _ = read_table(TWINKLE / "twinkle.xlsx")
    write_sheet(table, tmp_path / "song.xlsx")
    assert read_table(tmp_path / "song.xlsx") == (table, "")
    plan, problems = read_sheet(TWINKLE / "twinkle.xlsx")
    assert plan and not problems
    assert [row[0] for row in table.rows[:-1]] == [format_time(row.time_ms) for row in plan.rows]
    write_sheet(Table({"Title": "=1+1"}, ("Time", "Prompt"), [["0", "=A1"]]), tmp_path / "f.xlsx")
    assert read_table(tmp_path / "f.xlsx")[0].rows == [["0:00", "=A1"]]


def test_pasted_lines_become_times_and_prompts():
    text = "0:00 a lighthouse\n\n  at night\n[1:20.5] 1999 ships\n3:29\n"
    assert rows_of_lines(text) == [
        ["0:00", "a lighthouse at night"],
        ["1:20.5", "1999 ships"],
        ["3:29", ""],
    ]

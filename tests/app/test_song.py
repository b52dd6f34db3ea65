"""A song in the browser: its sheet as a table, checked while it is typed, and its film."""

import re

import pytest
from conftest import barriers
from playwright.sync_api import expect

from app.song import Table, in_words_of_the_page, read_table, rows_of_lines, write_sheet
from project import ROOT
from songreel.errors import InputError
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


def time_cell(page, row):
    """The cell of the time of a row of the table."""
    return page.locator(f"#song-table [data-testid=cell-{row - 1}-0]").locator("visible=true")


def select_time(page, row):
    time_cell(page, row).click()
    expect(time_cell(page, row)).to_be_focused()


def wait_until_done(page):
    """Wait as long as a film takes on a busy machine."""
    expect(page.locator("#song-status")).to_contain_text("Done", timeout=240_000)


def type_into(page, row, into):
    """Type into the time of a row of the table."""
    time_cell(page, row).dblclick()
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


def test_typing_on_a_selected_cell_replaces_its_text_which_is_checked_when_the_cell_is_left(
    server, visitor
):
    page = open_song(visitor, server.address)
    says(page, "Rows 1–3 not rendered yet")
    select_time(page, 2)
    page.keyboard.type("0:07")
    page.keyboard.press("Enter")
    says(page, r"Row 3 \(cell A\d+\): 0:06 does not come after 0:07")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("1:99")
    page.get_by_role("heading", name="Songreel").click()
    says(page, r"Row 2 \(cell A\d+\): '1:99' is not a time")
    select_time(page, 2)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Edit cell").locator("visible=true")).to_be_focused()
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("02")
    time_cell(page, 1).click()
    says(page, r"Row 3 \(cell A\d+\): 0:06 does not come after 1:02")


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
    assert rows_of_lines("0 two boats\n2.5 red boats\n\n80") == [
        ["0", "two boats"],
        ["2.5", "red boats"],
        ["80", ""],
    ]
    assert rows_of_lines("0:00 on the sea\n2 red boats\n(storm:1.4) and rain\n1:00") == [
        ["0:00", "on the sea 2 red boats (storm:1.4) and rain"],
        ["1:00", ""],
    ]


@pytest.mark.parametrize(
    "line, row",
    [
        ("1:99 a moon", ["1:99", "a moon"]),
        ("1:3O a moon", ["1:3O", "a moon"]),
        ("(1:30) a moon", ["1:30", "a moon"]),
        ("[01:20.50]a moon", ["01:20.50", "a moon"]),
        ("[01:20.50] a moon", ["01:20.50", "a moon"]),
        ("01:20: a moon", ["01:20", "a moon"]),
        ("[01:20]: a moon", ["01:20", "a moon"]),
        ("1:20 - a half-moon", ["1:20", "a half-moon"]),
        ("1:20 – a moon", ["1:20", "a moon"]),
        ("1:20- a moon", ["1:20", "a moon"]),
    ],
)
def test_a_pasted_time_begins_a_row_however_it_is_written(line, row):
    assert rows_of_lines(f"0:00 a storm\n{line}") == [["0:00", "a storm"], row]


def test_pasted_lines_that_begin_without_a_time_are_refused():
    with pytest.raises(InputError, match="'a boat' has no time; begin the line with one"):
        rows_of_lines("a boat\n0:02 a moon")
    assert rows_of_lines(" \n") == []


def test_more_rows_than_the_table_holds_are_refused(tmp_path):
    says = "The sheet has 601 rows; 500 fit here: render it on the command line"
    rows = [[str(second), "a boat"] for second in range(600)] + [["600", ""]]
    sheet = tmp_path / "song.xlsx"
    write_sheet(Table({}, ("Time", "Prompt"), rows), sheet)
    with pytest.raises(InputError, match=says):
        read_table(sheet)
    with pytest.raises(InputError, match=says):
        rows_of_lines("\n".join(map(" ".join, rows)))
    write_sheet(Table({}, ("Time", "Prompt"), rows[-500:]), sheet)
    assert len(read_table(sheet)[0].rows) == 500


def test_the_checker_names_settings_headings_and_rows_as_the_page_shows_them(tmp_path):
    sheet = tmp_path / "song.xlsx"
    settings = {"SecondsPerFrame": "zero", "Pull": "hard"}
    rows = [["0:00", "a boat"], ["1:99", "a moon"], ["2:00", ""]]
    write_sheet(Table(settings, ("Time", "Prompt"), rows), sheet)
    first, second, third = map(in_words_of_the_page, read_sheet(sheet)[1])
    assert first.startswith("SecondsPerFrame: 'zero' is no spacing")
    assert second.startswith("Pull: 'hard' is no pull")
    assert re.match(r"Row 2 \(cell A\d+\): '1:99' is not a time", third)
    write_sheet(Table({}, ("Time", "Prompt"), []), sheet)
    (empty,) = map(in_words_of_the_page, read_sheet(sheet)[1])
    assert empty.startswith("The headings: the table is empty; write times and prompts below it")

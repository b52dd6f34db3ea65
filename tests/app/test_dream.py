"""A dream in the browser, from a blank page to a playing film, and what may happen on the way."""

import io
import re

import numpy as np
import openpyxl
import pytest
from conftest import barriers
from PIL import Image
from playwright.sync_api import expect

from app import jobs
from app.dream import in_words_of_the_page
from app.duration import about
from app.jobs import State, read_job
from songreel.plan.plan_file import PLAN_FILE, read_plan
from songreel.reports.progress import read_progress

PATIENCE = 240_000  # milliseconds for a film on a busy machine; benchmarks/first_dream.py times it


def wait_for_film(page):
    expect(page.locator("#dream-status")).to_contain_text("Done", timeout=PATIENCE)
    page.wait_for_function("document.querySelector('#dream-film video').currentTime > 0.2")


def forecast_of(page, pattern):
    expect(page.locator("#dream-forecast")).to_contain_text(re.compile(pattern))
    return page.locator("#dream-forecast").inner_text()


def watch_bar(page):
    """Note how much of the bar is filled, whenever that changes."""
    page.evaluate(
        """() => {
          window.bars = [];
          const status = document.getElementById("dream-status");
          new MutationObserver(() => {
            const bar = status.querySelector("progress");
            if (bar) window.bars.push(bar.value);
          }).observe(status, { subtree: true, childList: true, attributes: true });
        }"""
    )


def keyframes_of(page):
    return page.locator("#dream-keyframes .grid-container img")


def download(page, name):
    with page.expect_download() as started:
        page.locator(f"#dream-get-{name}").click()
    with open(started.value.path(), "rb") as file:
        return file.read()


def test_one_click_makes_a_film_and_a_changed_prompt_paints_only_what_it_touches(server, visitor):
    page = visitor(server.address)
    forecast_of(page, "16 of 16 keyframes to paint")
    watch_bar(page)
    page.locator("#dream-go").click()
    expect(keyframes_of(page).first).to_be_visible()
    assert page.locator("#dream-film video").count() == 0, "keyframes appear before the film"
    wait_for_film(page)
    bars = page.evaluate("bars")
    assert bars == sorted(bars) and bars[-1] < 100, "it grows, and is full when all is done"
    expect(keyframes_of(page)).to_have_count(16)
    project = server.project(page)
    plan, _ = read_plan(project.results / PLAN_FILE)
    assert [row.settings.prompt for row in plan.segments] == [
        "a yellow star in the night sky, watercolour",
        "a red boat on the sea, watercolour",
        "a purple castle at sunset, watercolour",
    ]
    assert plan.segments[0].settings.camera.zoom == 0.05

    assert download(page, "film") == project.film().read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(download(page, "sheet"))).active
    assert sheet and [cell.value for cell in sheet[6]][:2] == [2.5, "a red boat on the sea"]
    assert Image.open(io.BytesIO(download(page, "storyboard"))).format == "PNG"
    assert Image.open(io.BytesIO(download(page, "gif"))).n_frames == 90  # of 7.5 s
    assert b"<html" in download(page, "report")
    assert barriers(page) == []
    expect(page.locator("body > [role=status]").first).to_have_text("Done.")  # is read out

    page.locator("#dream-prompt-3 textarea").fill("a red house in the snow")
    forecast_of(page, "8 of 16 keyframes to paint, of prompts 2–3; .* with the film")
    page.locator("#dream-go").click()
    expect(page.locator("#dream-stop")).to_be_visible()
    expect(page.locator("#dream-film-note")).to_have_text("The film before this change")
    expect(page.locator("#dream-film video")).to_be_visible()
    expect(page.locator("#dream-status")).to_contain_text("Painting")
    expect(keyframes_of(page)).to_have_count(16)
    wait_for_film(page)
    expect(page.locator("#dream-film-note")).to_be_hidden()
    assert server.project(page) == project
    progress = read_progress(project.results)
    assert progress and progress.painted == 8
    expect(keyframes_of(page)).to_have_count(16)


def test_stop_reload_and_go_on_while_another_visitor_waits(server, visitor):
    first = visitor(server.address)
    for number in (1, 2, 3):
        first.locator(f"#dream-frames-{number} input").fill("30")
    first.locator("#dream-go").click()
    expect(keyframes_of(first).first).to_be_visible()

    second = visitor(server.address)
    assert second.locator("#dream-keyframes").count() == 0, "it does not see the first's dream"
    second.locator("#dream-go").click()
    expect(second.locator("#dream-status")).to_contain_text("1 other is before this one")
    second.locator("#dream-stop").click()
    expect(second.locator("#dream-status")).to_contain_text("Stopped")
    assert jobs.is_alive(server.project(first)), "it does not stop the first's dream"

    first.locator("#dream-go").click()
    forecast_of(first, "It is being painted; stop it first")
    first.locator("#dream-new").click()
    forecast_of(first, "This dream is being painted; stop it first")
    first.locator("#dream-stop").click()
    expect(first.locator("#dream-status")).to_contain_text("Stopped")
    forecast_of(first, "keyframes to paint, of prompt")
    project = server.project(first)
    job = read_job(project)
    assert job and job.state == State.STOPPED and not jobs.is_alive(project)
    painted = keyframes_of(first).count()
    assert 0 < painted < 91

    first.goto("about:blank")
    first.goto(f"{server.address}/#dream={'0' * 32}")
    expect(first.locator("#dream-status")).to_contain_text("This dream is no longer kept")
    first.wait_for_url(f"{server.address}/")
    first.goto("about:blank")
    first.goto(server.address)
    expect(first.locator("#dream-status")).to_contain_text("Stopped")
    expect(keyframes_of(first).nth(painted - 1)).to_be_visible()
    expect(first.locator("#dream-frames-2 input")).to_have_value("30")

    first.locator("#dream-frames-3 input").fill("31")
    first.locator("#dream-go-on").click()
    expect(first.locator("#dream-stop")).to_be_visible()
    assert keyframes_of(first).count() >= painted, "what was painted is shown on"
    expect(first.locator("#dream-forecast")).to_be_empty()
    assert project.request["frames2"] == 31, "it goes on with what the fields say now"
    expect(keyframes_of(first).nth(painted)).to_be_visible()
    first.reload()
    expect(first.locator("#dream-stop")).to_be_visible()
    first.locator("#dream-stop").click()
    expect(first.locator("#dream-go-on")).to_be_visible()


def test_what_cannot_be_painted_is_told_in_sentences_at_its_field(server, visitor):
    page = visitor(server.address)
    page.locator("#dream-prompt-2 textarea").fill("x" * 2100)
    forecast_of(page, "Prompt 2: is 2,100 characters long; shorten it to 2,000")
    page.locator("#dream-go").click()
    expect(page.locator("#dream-forecast")).to_contain_text("Prompt 2: is 2,100 characters")
    assert barriers(page) == []
    page.locator("#dream-prompt-2 textarea").fill("a boat")
    page.locator("#dream-frames-2 input").fill("0")
    forecast_of(page, "Prompt 2 needs 1 to 60 frames")
    page.locator("#dream-frames-2 input").fill("3")
    forecast_of(page, "14 of 14 keyframes")
    assert "#dream" not in page.url, "nothing was started"
    page.reload()
    forecast_of(page, "14 of 14 keyframes")
    expect(page.locator("#dream-prompt-2 textarea")).to_have_value("a boat")


def test_more_prompts_shapes_and_images(server, visitor, tmp_path):
    picture = tmp_path / "photo.jpg"
    Image.fromarray(np.full((90, 60, 3), 120, np.uint8)).save(picture)
    page = visitor(server.address)
    page.locator("#dream-add").click()
    page.locator("#dream-prompt-4 textarea").fill("a bell")
    forecast_of(page, "21 of 21 keyframes")
    page.locator("#dream-remove").click()
    expect(page.locator("#dream-prompt-4")).to_be_hidden()
    forecast_of(page, "16 of 16 keyframes")
    page.locator("#dream-more > button").click()
    page.locator("#dream-first input[type=file]").set_input_files(picture)
    forecast_of(page, "15 of 15 keyframes")
    page.locator("#dream-last input[type=file]").set_input_files(picture)
    forecast_of(page, "14 of 14 keyframes")
    page.locator("#dream-seed input").fill("-3")
    forecast_of(page, "seed must be a whole number from 0")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    page.locator("#dream-go").wait_for()
    assert asked == ["beforeunload"], "uploads are not kept"


def test_own_words_and_no_style_take_the_place_of_a_picture(server, visitor):
    page = visitor(server.address)
    forecast_of(page, "keyframes to paint")
    picked = page.locator("#dream-style input:checked")
    page.locator("#dream-own-style input").fill("in crayons")
    expect(picked).to_have_count(0)
    page.locator("#dream-style label", has_text="no style").click()
    expect(picked).to_have_count(1)
    expect(page.locator("#dream-own-style input")).to_have_value("")
    page.locator("#dream-zoom input").uncheck()
    expect(page.locator("#dream-speed input[type=range]")).to_be_disabled()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_both_tabs_fit_the_screen_and_have_no_barriers(server, visitor, width, colours):
    # High enough to show all: what is below the bar at a phone's foot would count as hidden.
    size = {"width": width, "height": 3000}
    page = visitor(server.address, viewport=size, color_scheme=colours, has_touch=width < 640)
    assert page.evaluate("document.body.classList.contains('dark')") == (colours == "dark")
    forecast_of(page, "keyframes to paint")
    page.locator("#dream-more > button").click()
    expect(page.locator("#dream-seed")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert barriers(page) == []
    page.get_by_role("tab", name="Song").click()
    for name in ("Paste lines", "More settings", "Images, shape"):
        page.get_by_role("button", name=name).click()
    expect(page.locator("#song-images")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert barriers(page) == []


def test_on_a_phone_the_button_is_at_hand_and_shows_what_it_did(server, visitor):
    page = visitor(server.address, viewport={"width": 390, "height": 844}, has_touch=True)
    page.locator("#dream-frames-1 input").fill("0")
    forecast_of(page, "Prompt 1 needs 1 to 60 frames")
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator("#dream-go")).to_be_in_viewport()
    expect(page.locator("#dream-forecast")).not_to_be_in_viewport()
    page.locator("#dream-go").tap()
    expect(page.locator("#dream-forecast")).to_be_in_viewport()


def test_a_dream_can_be_told_by_keyboard_alone(server, visitor):
    page = visitor(server.address)
    page.locator("#dream-style input[name=dream-style]").nth(7).wait_for(state="attached")
    page.locator("#dream-style input").nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#dream-style input").nth(2)).to_be_checked()
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#dream-prompt-1') !== null")
    page.keyboard.press("Control+A")
    page.keyboard.type("a pink flower in the meadow")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "dream-go":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#dream-stop")).to_be_visible()
    project = server.project(page)
    assert project.request["style"] == "mosaic"
    assert project.request["prompt0"] == "a pink flower in the meadow"
    page.locator("#dream-stop").click()
    expect(page.locator("#dream-go-on")).to_be_visible()


@pytest.mark.parametrize(
    "seconds, words",
    [
        (0, "a few seconds"),
        (26, "about 30 seconds"),
        (70, "about a minute"),
        (1000, "about 17 minutes"),
        (4000, "about an hour"),
        (9000, "about 2 hours"),
    ],
)
def test_a_duration_is_said_in_round_words(seconds, words):
    assert about(seconds) == words


def test_a_prompt_is_named_by_its_place_on_the_page():
    assert in_words_of_the_page("dream.xlsx, cell B6: is long", [1, 3]) == "Prompt 3: is long"

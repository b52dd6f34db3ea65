"""The report of a rendered song, opened in Chromium from the disk."""

import csv
import re
from pathlib import Path

import pytest

CONTRASTS = Path(__file__).with_name("contrasts.js")
"""Finds the contrast of every text with what is behind it."""


@pytest.fixture(scope="module")
def results(rendered_project):
    return rendered_project.folder / "results/song"


@pytest.fixture(scope="module")
def report(results):
    return results / "report.html"


def wait_until_at(page, seconds):
    """Wait until the film has come to a moment and shows it."""
    page.wait_for_function(
        "s => { const v = document.querySelector('video');"
        " return v.readyState >= 2 && !v.seeking && Math.abs(v.currentTime - s) < 0.06; }",
        arg=seconds,
    )


def test_the_film_in_the_page_plays(open_page, report):
    page = open_page(report)
    page.evaluate("document.querySelector('video').muted = true")
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function("document.querySelector('video').currentTime > 0.3")
    duration, width = page.evaluate(
        "(v => [v.duration, v.videoWidth])(document.getElementById('player'))"
    )
    assert duration == pytest.approx(5, abs=0.1)
    assert width == 64


def test_the_film_is_linked_beside_the_page(open_page, report):
    page = open_page(report)
    link = page.locator("figcaption a")
    assert link.get_attribute("href") == "song.mp4"
    assert (report.parent / "song.mp4").exists()


def test_a_picture_of_the_storyboard_leads_to_its_moment(open_page, report):
    page = open_page(report)
    assert page.locator(".storyboard img").count() == 4
    page.get_by_role("link", name="a bell").click()
    wait_until_at(page, 3.5)
    page.get_by_role("link", name="a green boat").press("Enter")
    wait_until_at(page, 1)
    assert "row 2, keyframe 1" in page.locator(".reading").first.inner_text()


def test_the_address_of_the_page_can_name_a_moment(open_page, report):
    wait_until_at(open_page(report, fragment="#t=2.5"), 2.5)


@pytest.mark.parametrize("width", [1100, 390])
def test_a_click_in_a_chart_leads_to_its_moment(open_page, report, width):
    page = open_page(report, width)
    chart = page.locator("#timeline-chart")
    left, field = page.evaluate(
        "(() => { const f = fieldOf(document.getElementById('timeline-chart'));"
        " return [f.left, f.width]; })()"
    )
    chart.click(position={"x": left + field / 2, "y": 40})
    wait_until_at(page, 2.5)
    head = page.locator("#telemetry-chart .playhead").bounding_box()
    box = page.locator("#telemetry-chart").bounding_box()
    assert head["x"] - box["x"] == pytest.approx(left + field / 2, abs=4)


@pytest.mark.parametrize("width", [390, 1100])
def test_nothing_is_wider_than_the_window(open_page, report, width):
    page = open_page(report, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    drawn = page.locator(".chart svg:visible")
    assert drawn.count() == 2
    for drawing in drawn.all():
        assert drawing.bounding_box()["width"] <= width
    small = page.evaluate(
        "[...document.querySelectorAll('.chart svg')].filter(s => s.clientWidth)"
        ".map(s => s.clientWidth / s.viewBox.baseVal.width)"
    )
    assert min(small) > 0.85  # so that the axes' labels can be read


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page, report, colour_scheme):
    page = open_page(report, colour_scheme=colour_scheme)
    ratios = page.evaluate(CONTRASTS.read_text(encoding="utf-8"))
    assert len(ratios) > 60
    assert {text: ratio for text, ratio in ratios.items() if ratio < 4.5} == {}
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    channels = [int(channel) for channel in re.findall(r"\d+", ground)]
    assert (max(channels) < 60) == (colour_scheme == "dark")


def test_who_sees_or_points_otherwise_can_read_it(open_page, report):
    page = open_page(report)
    assert page.locator("html").get_attribute("lang") == "en"
    images = page.locator("img").all()
    assert all(re.match(r"Row \d at [\d:.]+: \w", image.get_attribute("alt")) for image in images)
    charts = page.locator("[role=img]").all()
    assert len(charts) == 2
    assert all(len(chart.get_attribute("aria-label")) > 40 for chart in charts)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    regions = page.locator(".scroll").all()
    assert all(region.get_attribute("tabindex") == "0" for region in regions)
    assert page.locator("th:not([scope])").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_without_scripts_all_but_the_film_is_there(open_page, report):
    page = open_page(report, scripts=False)
    assert page.locator(".chart svg:visible").count() == 2
    assert page.get_by_role("link", name="song.mp4").is_visible()


def test_it_prints(open_page, report):
    page = open_page(report)
    assert page.pdf().startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator("video").is_visible()
    assert page.locator(".chart .wide svg").first.is_visible()
    assert page.get_by_role("link", name="song.mp4").is_visible()


def test_the_numbers_are_those_of_the_keyframes(results, report):
    with (results / "telemetry.tsv").open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file, dialect="excel-tab"))
    assert [line["row"] for line in lines] == ["1", "1", "2", "2", "3", "3", "3", "4", "4", "4"]
    assert [line["origin"] for line in lines].count("image") == 1
    assert [line["shown"] for line in lines][-1] == "4.5"
    assert lines[0]["change"] == ""
    assert [bool(line["similarity"]) for line in lines] == [False] * 2 + [True] * 2 + [
        False
    ] * 3 + [True] * 3
    assert all(float(line["seconds"]) > 0 for line in lines if line["origin"] == "painted")
    assert all((results / line["file"]).exists() for line in lines)


def test_it_says_what_made_the_film(report, rendered_project):
    text = report.read_text(encoding="utf-8")
    for fact in (
        "render.guidance_scale",
        "torch 2",
        "song.xlsx",
        "Digest of the model",
        "render_segment",
    ):
        assert fact in text
    assert str(rendered_project.folder) not in text


def test_the_timeline_is_a_drawing_of_its_own(open_page, results):
    page = open_page(results / "timeline.svg")
    assert page.evaluate("document.documentElement.tagName") == "svg"
    assert page.evaluate("document.querySelectorAll('text').length") > 8

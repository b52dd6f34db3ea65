"""A plugin of pytest: a real browser, which pages are opened in."""

import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window. CI has it; elsewhere its tests are skipped where it is missing."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser):
    """Open a file in a window of its own; at the end of the test nothing may have gone wrong."""
    contexts, complaints, requests = [], [], []

    def open_file(path, width=1100, colour_scheme="light", fragment="", scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=colour_scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.resolve().as_uri() + fragment)
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert not complaints
    assert not [address for address in requests if address.startswith(("http", "ws"))]

"""How long the first dream takes: from the click on the page to the film that plays.

    python benchmarks/first_dream.py

Starts the front end as ``make app`` does, with an empty folder, opens its page in Chromium and
clicks once. Prints when the page can be used, when the first keyframe is seen, and when the film
plays, in seconds.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
PORT = "7861"
PATIENCE = 600_000  # milliseconds


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, "-m", "app", "--port", PORT, "--folder", folder]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
        assert server.stdout
        address = re.search(r"http://\S+", server.stdout.readline())
        assert address
        page = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        ).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address[0])
        page.locator("#dream-go").wait_for()
        print(f"the page can be used {time.monotonic() - began:.1f} s after the start")
        clicked = time.monotonic()
        page.locator("#dream-go").click()
        page.locator("#dream-keyframes .grid-container img").first.wait_for()
        print(f"the first keyframe is seen {time.monotonic() - clicked:.1f} s after the click")
        page.locator("#dream-film video").wait_for()
        page.wait_for_function("document.querySelector('#dream-film video').currentTime > 0")
        print(f"the film plays {time.monotonic() - clicked:.1f} s after the click")
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()

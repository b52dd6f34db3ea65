"""Gives the commands of walkthrough.md in a copy of this repository, and makes its pictures.

    python docs/make_walkthrough.py

The report's picture needs Chromium; where there is none it stays as it is.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "walkthrough.md"
PICTURES = ROOT / "docs" / "walkthrough"
PARTS = ("Snakefile", "rules", "scripts", "config", "profiles", "envs", "report")
WIDTH = 960
"""Pixels of a picture."""
SHAPE = 448, 256
"""Width and height of the example's film, in any unit."""


def code_blocks() -> Iterator[tuple[str, str]]:
    """The page's blocks in order: ``python`` or an empty word, and the code."""
    fenced = r"^```(\w+)\n(.*?)^```$"
    indented = r"(?:^    [^\n]*\n|^\n(?=    ))+"
    for block in re.finditer(
        f"{fenced}|(?P<commands>{indented})", PAGE.read_text("utf-8"), re.M | re.S
    ):
        if block["commands"]:
            yield "", re.sub(r"^    ", "", block["commands"], flags=re.M).strip()
        else:
            yield block[1], block[2]


def walk(folder: Path) -> None:
    """Give all commands of the page, in order.

    Args:
        folder: for a copy of the repository; made.

    Raises:
        CalledProcessError: one of them failed.
    """
    folder.mkdir(exist_ok=True)
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, folder / part)
    (folder / "models").symlink_to(ROOT / "models")
    (folder / ".venv").symlink_to(sys.prefix)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for language, code in code_blocks():
        program = [sys.executable, "-c"] if language == "python" else ["bash", "-euc"]
        subprocess.run([*program, code], cwd=folder, env={**os.environ, "PATH": path}, check=True)


def strip_of(film: Path, seconds: list[float], path: Path) -> None:
    """Save moments of a film side by side."""
    from PIL import Image

    from songreel.media import ffmpeg

    wide, high = SHAPE
    width = WIDTH // len(seconds)
    height = width * high // wide
    strip = Image.new("RGB", (WIDTH, height))
    for number, second in enumerate(seconds):
        scaled = f"scale={width}:{height}:flags=lanczos:in_color_matrix=bt709"
        arguments = ["-ss", str(second), "-i", str(film), "-map", "0:v:0", "-vf", scaled]
        arguments += ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        (frame,) = ffmpeg.read_frames(arguments, width, height)
        strip.paste(Image.fromarray(frame), (number * width, 0))
    strip.save(path, quality=85)


def picture_of_report(page: Path, path: Path) -> None:
    """Save the beginning of the report as a browser shows it."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        window = browser.new_page(viewport={"width": 900, "height": 1650})
        window.goto(page.resolve().as_uri())
        window.evaluate(
            """() => new Promise(seeked => {
                const film = document.querySelector("video");
                film.onseeked = () => seeked();
                film.currentTime = 8;
            })"""
        )
        window.wait_for_timeout(1000)
        window.screenshot(path=f"{folder}/report.png")
        browser.close()
        with Image.open(f"{folder}/report.png") as image:
            image.convert("RGB").save(path, quality=80)


def main() -> None:
    """Walk, and make the pictures."""
    from PIL import Image

    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        walk(Path(folder) / "songreel")
        results = Path(folder) / "songreel" / "results" / "twinkle"
        strip_of(results / "draft/twinkle.mp4", [1, 4, 11.5, 28], PICTURES / "draft.webp")
        strip_of(results / "rows/4-5.mp4", [0.5, 1.9, 2.6, 4.2], PICTURES / "rows.webp")
        with Image.open(results / "takes/4.png") as sheet:
            sheet.thumbnail((WIDTH, WIDTH))
            sheet.convert("RGB").save(PICTURES / "takes.webp", quality=85)
        picture_of_report(results / "report.html", PICTURES / "report.webp")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "scripts"))
    main()

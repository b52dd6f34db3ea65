"""The front end as it is started, and a real browser that looks at it."""

import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.jobs import read_job, stop
from app.projects import Project, Projects
from project import ROOT

PATIENCE = 60_000  # milliseconds, for a busy machine

expect.set_options(timeout=PATIENCE)


@dataclass
class Server:
    """A running server.

    Args:
        process: it.
        address: of its page.
        folder: of its projects.
        said: what it has said so far.
    """

    process: subprocess.Popen
    address: str
    folder: Path
    said: str

    @property
    def projects(self) -> Projects:
        return Projects(self.folder / "projects")

    def project(self, page: Page) -> Project:
        """The project that a page shows."""
        page.wait_for_url(re.compile("=[0-9a-f]{32}$"))
        found = self.projects.find(page.url.rpartition("=")[2])
        assert found
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(folder: Path, *arguments: str, program=("-m", "app"), **variables) -> Server:
    """Start a server and wait until its page can be opened."""
    process = subprocess.Popen(
        [sys.executable, *program, "--port", str(free_port()), "--folder", str(folder), *arguments],
        cwd=ROOT,
        env={**os.environ, "HF_HUB_OFFLINE": "1", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        found = re.match(r"Songreel is at (http://\S+)", line)
        if found:
            return Server(process, found[1], folder, said)
    raise AssertionError(f"the server has ended: {said}")


def end_server(server: Server) -> None:
    """End a server and all that was started in it."""
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    for project in server.projects:
        if read_job(project):
            stop(project)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server with what ``make app`` offers."""
    server = start_server(tmp_path_factory.mktemp("app") / "dreams")
    yield server
    end_server(server)


def barriers(page: Page) -> list[str]:
    """What keeps people from using a page: what axe-core finds in it, but for one of Gradio's own.

    The heading over the numbers of a table's rows is empty, and nothing of ours can fill it.
    """
    found = Axe().run(page, options={"rules": {"empty-table-header": {"enabled": False}}})
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


LEAVING = "the page is left"


@pytest.fixture
def visitor(browser):
    """A function that opens a page as a visitor of its own; none may log an error."""
    errors, contexts = [], []

    def watch(page: Page) -> None:
        """Note what goes wrong, but for what Gradio says of answers that a page did not await."""
        left = False

        def hear(said) -> None:
            nonlocal left
            left = left or said.text == LEAVING
            if said.type == "error" and not left:
                errors.append(said.text)

        def arrive() -> None:
            nonlocal left
            left = False

        page.add_init_script(f"addEventListener('beforeunload', () => console.log('{LEAVING}'))")
        page.on("console", hear)
        page.on("domcontentloaded", arrive)
        page.on("pageerror", lambda error: errors.append(str(error)))

    def open_page(address: str, **options) -> Page:
        def ask(request) -> None:
            if not request.url.startswith((address, "data:", "blob:")):
                errors.append(request.url)

        options = {"viewport": {"width": 1280, "height": 900}, **options}
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        watch(page)
        page.on("request", ask)
        page.goto(address)
        page.locator("#dream-go").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []

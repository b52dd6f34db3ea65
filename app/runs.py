"""From what a visitor asks for to a run: checked, forecast, written into its project, started."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app import jobs
from app.forecast import Check, Outlook, cache_of, check, look_ahead
from app.projects import Project, Projects
from songreel.errors import SongreelError

Write = Callable[[Path], dict[str, Any]]
"""Writes the sheet and the files of a request into a folder, and returns its configuration."""


class Refused(Exception):
    """What was asked for cannot be rendered.

    Args:
        problems: a sentence each.
    """

    def __init__(self, problems: Sequence[str]):
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def examine(projects: Projects, write: Write) -> Check:
    """Check a request without touching its project.

    Args:
        projects: of the server.
        write: writes the request.

    Raises:
        Refused: a value of the page cannot be used at all.
    """
    with TemporaryDirectory(dir=projects.folder.parent) as name:
        folder = Path(name)
        config = write(folder)
        return check(config, folder, cache_of(config, folder))


def foresee(projects: Projects, project: Project | None, write: Write) -> tuple[Outlook, Check]:
    """Find out what a run would paint.

    Args:
        projects: of the server.
        project: the visitor's, where there is one.
        write: writes the request.

    Returns:
        what it would paint, and the check of the request.

    Raises:
        Refused: it cannot be rendered.
    """
    with TemporaryDirectory(dir=projects.folder.parent) as name:
        folder = Path(name)
        config = write(folder)
        home = project.folder if project else folder
        cache = cache_of(config, home)
        checked = check(config, folder, cache)
        if checked.plan is None:
            raise Refused(checked.problems)
        results = home / "results" / checked.plan.song
        try:
            return look_ahead(checked.plan, results, cache, projects), checked
        except SongreelError as error:
            raise Refused([str(error)]) from error


def paints(project: Project, request: Mapping[str, Any]) -> bool:
    """Whether a project's run waits or runs, and for this very request.

    Args:
        project: the visitor's.
        request: what the page's fields hold.
    """
    return jobs.is_alive(project) and project.request == dict(request)


def start(
    projects: Projects,
    project: Project | None,
    write: Write,
    request: Mapping[str, Any],
    target: str | None = "",
) -> Project:
    """Write a request into its project and start its run.

    Args:
        projects: of the server.
        project: the visitor's; None to make a new one.
        write: writes the request.
        request: what the page's fields hold, to be shown again.
        target: what Snakemake is asked for; empty for all, None for what it was asked for last.

    Returns:
        the project.

    Raises:
        Refused: it cannot be rendered, or its run is going on.
    """
    if project and jobs.is_alive(project):
        raise Refused(["It is being painted; stop it first"])
    problems = examine(projects, write).problems  # no project holds what cannot be rendered
    if problems:
        raise Refused(problems)
    project = project or projects.create()
    project.write(write(project.folder), request)
    if target is None:
        last = jobs.read_job(project)
        target = last.target if last else ""
    jobs.start(project, target)
    return project


def keep(uploaded: str, kept: Path) -> None:
    """Put an uploaded file into a folder of ours.

    Args:
        uploaded: its path in the server's temporary folder.
        kept: where to put it, under a name of ours.

    Raises:
        Refused: it is there no more.
    """
    kept.parent.mkdir(exist_ok=True)
    kept.unlink(missing_ok=True)
    try:
        os.link(uploaded, kept)
    except FileNotFoundError:
        raise Refused(["An upload has expired; upload it again"]) from None
    except OSError:  # another file system
        shutil.copyfile(uploaded, kept)


def listed(lines: Sequence[str]) -> str:
    """Return lines as a list in Markdown, each shown as it is."""
    return "\n".join(f"- {plain(line)}" for line in lines)


def plain(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>$~&" else c for c in text)

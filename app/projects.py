"""Projects: one folder each for a dream or a song, with everything that belongs to it.

    request.json   what was asked for, as the page shows it again
    NAME.xlsx      the song sheet
    config.yaml    the configuration
    images/        uploaded images, under names of ours
    results/, .songreel/, logs/   what the workflow makes
    job.json, job.lock, run.log   the run

A project is known by its token alone, which is a secret of its visitor.
"""

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from songreel.storage.atomic import replacing

TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)

DRAFT = "draft"
"""The target of Snakemake that makes a draft, and the folder of what it makes."""

CONFIG_FILE = "config.yaml"
REQUEST_FILE = "request.json"
USED = "used"


@dataclass(frozen=True)
class Project:
    """A dream or a song in a folder of its own.

    Attributes:
        folder: its name is the project's token.
    """

    folder: Path

    @property
    def token(self) -> str:
        """What the visitor knows it by."""
        return self.folder.name

    @property
    def request(self) -> dict[str, Any]:
        """What was asked for last, as the page's fields held it."""
        return json.loads((self.folder / REQUEST_FILE).read_text(encoding="utf-8"))

    @property
    def name(self) -> str:
        """The song's name in the configuration, which its results have, too."""
        return next(iter(self.config["songs"]))

    @cached_property
    def config(self) -> dict[str, Any]:
        """The configuration as written."""
        return yaml.safe_load((self.folder / CONFIG_FILE).read_text(encoding="utf-8"))

    @property
    def results(self) -> Path:
        """The folder of the results."""
        return self.folder / "results" / self.name

    @property
    def sheet(self) -> Path:
        """The song sheet."""
        return self.folder / self.config["songs"][self.name]["sheet"]

    def run_folder(self, target: str = "") -> Path:
        """Return the folder in which a run keeps its keyframes and its progress.

        Args:
            target: what Snakemake is asked for: ``DRAFT``, or empty for the film.
        """
        return self.results / DRAFT if target == DRAFT else self.results

    def film(self, target: str = "") -> Path:
        """Return the film that a run makes.

        Args:
            target: what Snakemake is asked for: ``DRAFT``, or empty for the film.
        """
        return self.run_folder(target) / f"{self.name}.mp4"

    def write(self, config: Mapping[str, Any], request: Mapping[str, Any]) -> None:
        """Write what is asked for; the sheet is written by the caller.

        Args:
            config: the configuration; its paths are below the project's folder.
            request: what the page's fields hold.
        """
        self.__dict__.pop("config", None)
        with replacing(self.folder / CONFIG_FILE) as temporary:
            temporary.write_text(yaml.safe_dump(dict(config), allow_unicode=True), "utf-8")
        with replacing(self.folder / REQUEST_FILE) as temporary:
            temporary.write_text(json.dumps(request, ensure_ascii=False), "utf-8")

    def touch(self) -> None:
        """Note that the project was used just now."""
        (self.folder / USED).touch()

    @property
    def last_used(self) -> float:
        """When it was used last, in seconds since the epoch."""
        used = self.folder / USED
        return (used if used.exists() else self.folder).stat().st_mtime


@dataclass(frozen=True)
class Projects:
    """All projects of a server.

    Attributes:
        folder: that holds a folder for each of them.
    """

    folder: Path

    def create(self) -> Project:
        """Make a project with a new token of 128 random bits."""
        project = Project(self.folder / secrets.token_hex(16))
        (project.folder / "images").mkdir(parents=True)
        project.touch()
        return project

    def find(self, token: object) -> Project | None:
        """Find a visitor's project; None for anything that is no token of one."""
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            return None
        project = Project(self.folder / token)
        return project if (project.folder / REQUEST_FILE).is_file() else None

    def __iter__(self) -> Iterator[Project]:
        """Yield all projects."""
        if self.folder.is_dir():
            for folder in sorted(self.folder.iterdir()):
                if TOKEN.fullmatch(folder.name) and folder.is_dir():
                    yield Project(folder)


def size_of(folder: Path) -> int:
    """Bytes on the disk below a folder; what is linked several times counts once."""
    files = {}
    for path in folder.rglob("*"):
        try:
            status = path.lstat()
        except FileNotFoundError:  # a run works there
            continue
        files[status.st_ino] = status.st_blocks * 512
    return sum(files.values())


def remove(project: Project) -> None:
    """Remove a project with everything in it."""
    shutil.rmtree(project.folder, ignore_errors=True)


def age_days(project: Project) -> float:
    """Days since a project was used last."""
    return (time.time() - project.last_used) / 86_400

"""What a visitor sees of a project's run: a sentence, how far it is, its keyframes and files."""

from dataclasses import dataclass, field
from pathlib import Path

from app import served
from app.jobs import Job, State, read_job
from app.progress import keyframes
from app.projects import DRAFT, Project, Projects
from app.status import status

FILES = (
    ("sheet", "Song sheet"),
    ("film", "Film"),
    ("storyboard", "Storyboard"),
    ("gif", "GIF"),
    ("report", "Report"),
)
"""What can be downloaded, by name and label."""


@dataclass(frozen=True)
class View:
    """What the page shows of a project.

    Attributes:
        status: HTML: a sentence and how far the run is.
        run: changes when a run starts or ends.
        alive: whether the run waits or runs.
        can_go_on: whether it was cut off, and can be continued.
        film: the film that was finished last.
        film_note: what it is where it is not what was asked for last; else empty.
        loops: whether it is played over and over.
        pictures: small copies of the keyframes, in order.
        files: what can be downloaded, by name in ``FILES``.
    """

    status: str = ""
    run: str = ""
    alive: bool = False
    can_go_on: bool = False
    film: str | None = None
    film_note: str = ""
    loops: bool = True
    pictures: list[str] = field(default_factory=list)
    files: dict[str, str | None] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """Changes when anything but the status has changed."""
        files = tuple(self.files.values())
        return f"{hash((self.run, self.film, self.film_note, *self.pictures, *files)):x}"


def look(projects: Projects, project: Project | None) -> View:
    """Find out what the page shows of a project.

    Args:
        projects: all of the server, for its place in the queue.
        project: the visitor's; None for one who has none.
    """
    job = read_job(project) if project else None
    if project is None or job is None:
        return View()
    film, note = _film(project, job)
    files = {name: served.copy(project, path) for name, path in _files(project, film).items()}
    if film:
        draft = f"{project.name}-{DRAFT}{film.suffix}"
        is_draft = film == project.film(DRAFT)
        files["film"] = served.copy(project, film, draft if is_draft else film.name)
    pictures = (served.thumbnail(project, image) for _, image in keyframes(project, job))
    return View(
        status=status(projects, project, job),
        run=f"{job.state} {job.ticket}",
        alive=job.is_alive,
        can_go_on=job.is_cut_off,
        film=files.get("film"),
        film_note=note,
        loops=not project.config["songs"][project.name].get("audio"),
        pictures=[picture for picture in pictures if picture],
        files=files,
    )


def _film(project: Project, job: Job) -> tuple[Path | None, str]:
    """The film to show, and what it is where it is not the one that the run is for."""
    wanted = project.film(job.target)
    films = [film for film in (wanted, project.film(), project.film(DRAFT)) if film.exists()]
    if not films:
        return None, ""
    film = films[0]
    if film != wanted:
        return film, "The draft" if film == project.film(DRAFT) else "The film before this draft"
    is_new = job.state == State.DONE or film.stat().st_mtime >= job.since
    return film, "" if is_new else "The film before this change"


def _files(project: Project, film: Path | None) -> dict[str, Path]:
    files = {"sheet": project.sheet}
    if film and film == project.film():
        files["gif"] = film.with_suffix(".gif")
        files["storyboard"] = project.results / "storyboard.png"
        files["report"] = project.results / "report.html"
    return files

"""What a visitor sees of a project's run: a sentence, how far it is, its keyframes and files."""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from app import served
from app.jobs import Job, State, log_tail, place_in_queue, read_job
from app.progress import elapsed, keyframes, progress, share
from app.projects import Project, Projects
from songreel.plan.timecode import format_time
from songreel.reports.progress import film_words

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
        alive: whether the run waits or runs.
        can_go_on: whether it was cut off, and can be continued.
        film: the film, once it is finished.
        pictures: small copies of the keyframes, in order.
        files: what can be downloaded, by name in ``FILES``.
    """

    status: str = ""
    alive: bool = False
    can_go_on: bool = False
    film: str | None = None
    pictures: list[str] = field(default_factory=list)
    files: dict[str, str | None] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """Changes when anything but the status has changed."""
        shown = (self.alive, self.can_go_on, self.film, tuple(self.pictures))
        return f"{hash(shown):x}"


def look(projects: Projects, project: Project | None) -> View:
    """Find out what the page shows of a project.

    Args:
        projects: all of the server, for its place in the queue.
        project: the visitor's; None for one who has none.
    """
    job = read_job(project) if project else None
    if project is None or job is None:
        return View()
    done = job.state == State.DONE
    film = project.film(job.target) if done else None
    return View(
        status=_status(projects, project, job),
        alive=job.state in (State.WAITING, State.RUNNING),
        can_go_on=job.state in (State.STOPPED, State.FAILED),
        film=film and served.copy(film),
        pictures=[
            picture for _, image in keyframes(project, job) if (picture := served.thumbnail(image))
        ],
        files={name: served.copy(path) for name, path in _files(project, job).items()},
    )


def _files(project: Project, job: Job) -> dict[str, Path]:
    files = {"sheet": project.sheet}
    if job.state == State.DONE:
        files["film"] = project.film(job.target)
        if not job.target:
            files["gif"] = project.film().with_suffix(".gif")
            files["storyboard"] = project.results / "storyboard.png"
            files["report"] = project.results / "report.html"
    return files


def _status(projects: Projects, project: Project, job: Job) -> str:
    match job.state:
        case State.WAITING:
            before = place_in_queue(projects, job)
            if before:
                others = "1 other is" if before == 1 else f"{before} others are"
                return _html("Waiting", f"{others} before this one; it starts by itself.", 0)
            return _html("Starting", "", 0)
        case State.RUNNING:
            now = progress(project, job)
            if now is None or (now.stage == "painting" and not now.keyframe):
                return _html("Getting ready", "The model is being loaded.", 0.02)
            left = ""
            if now.seconds_left is not None:
                left = f", about {_minutes(now.seconds_left)} left"
            if now.stage != "painting":
                return _html("Making the film", f"{film_words(now).capitalize()}{left}", share(now))
            words = f"{now.keyframe} of {now.keyframes} keyframes{left}"
            return _html("Painting", words, share(now))
        case State.DONE:
            return _html("Done", f"It took {_minutes(elapsed(job))}.", None)
        case State.STOPPED:
            return _html("Stopped", "What was painted is kept. Go on continues there.", None)
        case State.FAILED:
            return (
                _html("It did not work", "These are the last lines of its log.", None)
                + f'<pre tabindex="0">{escape(log_tail(project))}</pre>'
            )


def _html(word: str, sentence: str, share: float | None) -> str:
    bar = ""
    if share is not None:
        bar = f'<progress max="100" value="{100 * share:.0f}" aria-label="Progress"></progress>'
    return f'<p class="status"><strong>{escape(word)}.</strong> {escape(sentence)}</p>' + bar


def _minutes(seconds: float) -> str:
    return format_time(1000 * max(1, round(seconds)))

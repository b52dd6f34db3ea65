"""What a project's run is doing, as the page says it: a word, a sentence, and a bar."""

from html import escape

from app.duration import about
from app.failure import last_lines, why
from app.jobs import Job, State, place_in_queue
from app.progress import elapsed, progress, share
from app.projects import Project, Projects
from songreel.plan.timecode import format_time

LITTLE = 0.02
"""Of the bar, filled while nothing can be counted yet."""


def status(projects: Projects, project: Project, job: Job) -> str:
    """Say what a project's run is doing, in HTML.

    Args:
        projects: all of the server, for its place in the queue.
        project: the visitor's.
        job: its run.
    """
    match job.state:
        case State.WAITING:
            before = place_in_queue(projects, job)
            if before:
                others = "1 other is" if before == 1 else f"{before} others are"
                return said("Waiting", f"{others} before this one; it starts by itself.", 0)
            return said("Starting", "", 0)
        case State.RUNNING:
            return _running(project, job)
        case State.DONE:
            return said("Done", f"It took {format_time(1000 * max(1, round(elapsed(job))))}.")
        case State.STOPPED:
            return said(
                "Stopped", "What was painted is kept. Go on continues there, with these fields."
            )
        case State.FAILED:
            return (
                said("It did not work", why(project))
                + "<details><summary>What the program wrote last</summary>"
                + f'<pre tabindex="0">{escape(last_lines(project))}</pre></details>'
            )


def said(word: str, sentence: str, share: float | None = None) -> str:
    """Return a word and a sentence in HTML.

    Args:
        word: what is going on.
        sentence: that tells more; may be empty.
        share: how much of the whole is done, 0 to 1; None for no bar.
    """
    bar = ""
    if share is not None:
        bar = f'<progress max="100" value="{100 * share:.0f}" aria-label="Progress"></progress>'
    return f'<p class="status"><strong>{escape(word)}.</strong> {escape(sentence)}</p>' + bar


def _running(project: Project, job: Job) -> str:
    now = progress(project, job)
    if now is None or (now.stage == "painting" and not now.keyframe):
        return said("Getting ready", "The model is being loaded.", LITTLE)
    done = max(LITTLE, share(now))
    if now.stage == "painting":
        left = "" if now.seconds_left is None else f", {about(now.seconds_left)} to the film"
        return said("Painting", f"{now.keyframe} of {now.keyframes} keyframes{left}.", done)
    if now.clip < now.clips:
        return said("Making the film", f"In-betweens {now.clip} of {now.clips}.", done)
    if job.target:
        return said("Making the draft", "", done)
    others = "storyboard, GIF and report"
    return said(f"Making the {others if now.stage == 'done' else f'film, {others}'}", "", done)

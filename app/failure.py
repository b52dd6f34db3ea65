"""Why a run failed: the library's sentence, found in what Snakemake wrote."""

import os
import re
from pathlib import Path

from app import ROOT, dream, song
from app.jobs import LOG_FILE
from app.projects import Project

IN_WORDS_OF_THE_PAGE = {
    dream.NAME: dream.in_words_of_the_page,
    song.NAME: song.in_words_of_the_page,
}

UNKNOWN = (
    "Songreel has no words for what went wrong. Go on tries again; if it fails again,"
    " show the lines below to whoever keeps this server."
)

LAST_LINES = 40

# Snakemake shows the log of a job that failed between two rulers.
_JOB_LOG = re.compile(r"^Logfile [^\n]*:\n=+\n(.*?)^=+$", re.DOTALL | re.MULTILINE)
_BEFORE_THE_RUN = re.compile(r"^Using workflow specific profile .*\n", re.MULTILINE)
_OF_A_PROGRAM = re.compile(
    r"^(Traceback |\w*(Error|Exception)\b.*:|.* in file \")|^\s+File \"", re.MULTILINE
)


def why(project: Project) -> str:
    """Say in a sentence why a project's run failed, and what to do.

    Args:
        project: whose last run failed.
    """
    log = _log(project)
    jobs = _JOB_LOG.findall(log)
    said = jobs[0] if jobs else _BEFORE_THE_RUN.sub("", log)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if not lines or _OF_A_PROGRAM.search(said):
        return UNKNOWN
    line = lines[-1].replace("run the same command again", "go on")
    line = IN_WORDS_OF_THE_PAGE.get(project.name, str)(line)
    return line if line.endswith((".", "!", "?")) else f"{line}."


def last_lines(project: Project) -> str:
    """Return the last lines that a run wrote."""
    lines = [line for line in _log(project).splitlines() if line.strip()]
    return "\n".join(lines[-LAST_LINES:])


def _log(project: Project) -> str:
    """What a run wrote, without the places of its folder and of the program."""
    log = project.folder / LOG_FILE
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return text.replace(f"{project.folder}{os.sep}", "").replace(str(Path(ROOT)), "songreel")

"""The progress log of a song: what the jobs of a run say while they work, one JSON line each.

The run begins it anew. Jobs on all nodes append to it; :mod:`songreel.reports.progress` reads it.

    run       begins: the rows, their keyframes, which of them the run renders, clips, film
    cost      what will be painted and what is kept, said before the first keyframe is painted
    keyframe  a keyframe is there: painted in so many seconds, or found in the cache
    row       a row's keyframes are in the results
    clip      a row's clip is made
    upscaled  the frames of a row's clip are enlarged
    film      the film is made
    note      a line for the user
    end       the run is over, however it ended
"""

import json
import os
import shutil
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from songreel.storage import ledger
from songreel.storage.atomic import replacing

PROGRESS_LOG = "progress.jsonl"
"""Name of the log, in the folder of the song's results."""

OPENINGS = "openings/"
"""How the row of an opening begins, an image painted for a segment that starts without one."""

LATEST_IMAGE = "latest.png"
"""Name of a copy of the keyframe that was painted last, in the folder of the song's results."""


def opening_row(segment: str) -> str:
    """The row of the opening of a segment, by the segment's name."""
    return f"{OPENINGS}{segment}"


def begin(folder: Path, **fields: Any) -> None:
    """Begin the log of a run; that of an earlier run is replaced.

    Args:
        folder: of the song's results.
        fields: of the event ``run``, what can be written as JSON.
    """
    with replacing(folder / PROGRESS_LOG) as temporary:
        text = json.dumps(_event("run", fields), ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def record(folder: Path, event: str, **fields: Any) -> None:
    """Append an event. Progress is never what a job fails of: errors are left to its work.

    Args:
        folder: of the song's results.
        event: one of those above.
        fields: what can be written as JSON.
    """
    with suppress(OSError):
        ledger.append(folder / PROGRESS_LOG, _event(event, fields))


def note(folder: Path, line: str) -> None:
    """Tell the user something: the run shows it, and it stands in the job's log.

    Args:
        folder: of the song's results.
        line: which names the song.
    """
    print(line, file=sys.stderr, flush=True)
    record(folder, "note", text=line)


def read(folder: Path) -> list[dict]:
    """Return all events since the run began, oldest first; none where no run has begun."""
    return ledger.read(folder / PROGRESS_LOG)


def show_latest(folder: Path, image: Path) -> None:
    """Copy a keyframe to where people look while the run goes on.

    Args:
        folder: of the song's results.
        image: of the keyframe.
    """
    with suppress(OSError), replacing(folder / LATEST_IMAGE) as temporary:
        shutil.copyfile(image, temporary)


def _event(event: str, fields: dict[str, Any]) -> dict[str, Any]:
    job = f"{socket.gethostname()}:{os.getpid()}"
    return {"event": event, "at": round(time.time(), 3), "job": job, **fields}

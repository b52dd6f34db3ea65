"""Clips ahead: while a chain is painted, a process beside it interpolates the rows that are done.

    ahead/START-DIGEST.mkv      a finished clip, until the row's own job takes it

It takes the time that the painting leaves over, and ends with it. What it has not made by then is
made by the rows' own jobs.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread

from songreel.errors import SongreelError
from songreel.film.ready_clips import clip_ahead
from songreel.plan.plan_file import keyframe_cache, thaw
from songreel.storage.digests import file_digest

NICENESS = 10
"""How far it stands back behind the painting."""


class ClipsAhead:
    """The process that interpolates, as the one that paints sees it; a context that ends it.

    Args:
        folder: the song's results, with its frozen plan.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._process: subprocess.Popen | None = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self._process:
            self._process.terminate()
            self._process.stdin.close()
            self._process.wait()

    def follow(self, start: str, recipe: str) -> None:
        """Pass a finished row on; never waits, and gives the row up where too many are queued.

        Args:
            start: the name of its segment.
            recipe: under which the cache has it.
        """
        if self._process is None:
            self._process = self._start()
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(self._process.stdin.fileno(), f"{start} {recipe}\n".encode())

    def _start(self) -> subprocess.Popen:
        found_at = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self._folder)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, found_at))},
            stdin=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for the one that paints, which ends this process
        )
        os.set_blocking(process.stdin.fileno(), False)
        return process


def make_clips(folder: Path, finished: Iterable[tuple[str, str]]) -> None:
    """Make the clips of rows that are finished one after the other.

    Args:
        folder: the song's results.
        finished: the name of a segment, and the recipe under which the cache has its row.

    Raises:
        SongreelError, OSError: a clip cannot be made; its own job will say the same.
    """
    from songreel.film.clips import interpolate_clip

    segments = {segment["start"]: segment for segment in thaw(folder)["segments"]}
    for start, pictures, digests in _completed(folder, segments, finished):
        clip = segments[start]["clip"]
        ahead = clip_ahead(folder, start, clip, digests)
        if not ahead.exists():
            interpolate_clip(pictures, clip, ahead)


def _completed(
    folder: Path, segments: Mapping, finished: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, list[Path], list[str]]]:
    """The rows whose pictures are all there, with the one that follows their own."""
    cache = keyframe_cache(folder)
    waiting = None
    for start, recipe in finished:
        segment = segments[start]
        keyframes = cache.find_row(recipe)
        pictures = keyframes and cache.pictures(keyframes, folder / segment["inputs"]["start"])
        if not pictures or None in pictures:
            waiting = None
            continue
        digests = [keyframe["sha256"] for keyframe in keyframes]
        if waiting and segments[waiting[0]]["next"] == f"segments/{start}/keyframes.json":
            yield waiting[0], [*waiting[1], pictures[0]], [*waiting[2], digests[0]]
        waiting = start, pictures, digests
        if segment["next"] is None:
            yield waiting
        elif (folder / segment["next"]).suffix == ".png" and (folder / segment["next"]).exists():
            image = folder / segment["next"]
            yield start, [*pictures, image], [*digests, file_digest(image)]


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGTERM)


def _main(folder: Path) -> None:
    os.nice(NICENESS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    with suppress(SongreelError, OSError):
        make_clips(folder, map(str.split, sys.stdin))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))

"""What a run shows while it works: a bar for every song on a terminal, else a line now and then.

The jobs say in their songs' progress logs what they do, on whatever node they are; the process that
started the run reads the logs and shows the sum.
"""

import logging
import threading
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from songreel.reports.progress import (
    SongProgress,
    describe,
    film_words,
    format_duration,
    read_progress,
)
from songreel.storage import progress_log

POLL_SECONDS = 0.5
"""Seconds between two looks at the progress logs."""

LINE_SECONDS = 30
"""Seconds after which a line is due where there is no terminal."""

ROW_SECONDS = 5
"""Seconds after which a line is due when the song has come to another row."""


KIND, NOTE, PROGRESS = "songreel", "note", "progress"
"""The attribute of a log record that says which of the display's own lines it is."""


class TerminalFilter(logging.Filter):
    """Keeps the terminal readable; what it holds back is in the log file.

    Args:
        handler: that writes to the terminal.
        display: of the run, whose bars must not be written over.
        hidden_events: events of the program that runs the jobs.
        hidden_beginnings: of lines that are no event.
    """

    def __init__(
        self,
        handler: logging.Handler,
        display: "RunDisplay",
        hidden_events: Collection[str],
        hidden_beginnings: tuple[str, ...],
    ):
        super().__init__()
        self._handler = handler
        self._display = display
        self._hidden_events = frozenset(hidden_events)
        self._hidden_beginnings = hidden_beginnings

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the handler writes the record; above bars, the display does it instead."""
        if record.levelno < logging.WARNING and KIND not in record.__dict__:
            event = getattr(record, "event", None)
            if event in self._hidden_events:
                return False
            if event is None and str(record.msg).startswith(self._hidden_beginnings):
                return False
        if getattr(record, KIND, None) == PROGRESS:
            return not self._display.has_bars
        return not self._display.show(self._handler.format(record))


class RunDisplay(logging.Handler):
    """Shows the songs of a run while its jobs work.

    A handler of the log of the program that runs the jobs, which calls :meth:`emit` with all that
    happens, and :meth:`close` at the end.

    Args:
        log: of the program that runs the jobs; the display's own lines go into it, too.
        has_terminal: whether to show bars.
    """

    def __init__(self, log: logging.Logger, has_terminal: bool):
        super().__init__()
        # Its own lines do not come back to it: the thread that logs them would wait for the one
        # that has brought the end of a job and waits for this look.
        self.addFilter(lambda record: KIND not in record.__dict__)
        self._log = log
        self._has_terminal = has_terminal
        self._songs: list[_Song] = []
        self._bars: _Bars | None = None
        self._over = threading.Event()
        self._looking = threading.RLock()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def begin(self, folders: Iterable[Path]) -> None:
        """Watch songs, besides those that are watched already.

        Args:
            folders: of the songs' results, where the run has begun their progress logs.
        """
        with self._looking:
            self._songs += map(_Song, folders)
        if self._songs and not self._thread.is_alive():
            self._bars = _Bars() if self._has_terminal else None
            self._thread.start()

    @property
    def has_bars(self) -> bool:
        """Whether bars are on the terminal now."""
        return self._bars is not None

    def show(self, line: str) -> bool:
        """Print a line above the bars; False where there are none."""
        bars = self._bars
        if bars:
            bars.print(line)
        return bars is not None

    def emit(self, record: logging.LogRecord) -> None:
        """Look at once when a job has ended."""
        if getattr(record, "event", None) == "job_finished":
            self._look()

    def close(self) -> None:
        """Take the bars away, and end."""
        if self._thread.is_alive():
            self._over.set()
            self._thread.join()
            for song in self._songs:
                progress_log.record(song.folder, "end")
        if self._bars:
            self._bars.stop()
            self._bars = None
        super().close()

    def _watch(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            self._look()

    def _look(self) -> None:
        with self._looking:
            self._show_songs()

    def _show_songs(self) -> None:
        for song in self._songs:
            progress = song.read()
            if progress is None:
                continue
            for line in song.new_notes(progress):
                self._log.info(line, extra={KIND: NOTE})
            if self._bars:
                self._bars.update(song.folder, progress)
            if song.is_due(progress):
                is_ready = progress.stage == "done" and progress.result
                end = f": {progress.result}" if is_ready else ""
                self._log.info(describe(progress) + end, extra={KIND: NOTE if end else PROGRESS})


class _Song:
    """A song that is watched.

    Args:
        folder: of its results.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._progress: SongProgress | None = None
        self._stamp: tuple[int, int] | None = None
        self._notes = 0
        self._said: SongProgress | None = None
        self._said_at = time.monotonic()

    def read(self) -> SongProgress | None:
        """Read the log again where it has changed."""
        try:
            status = (self.folder / progress_log.PROGRESS_LOG).stat()
        except OSError:
            return self._progress
        stamp = status.st_size, status.st_mtime_ns
        if stamp != self._stamp:
            self._stamp = stamp
            self._progress = read_progress(self.folder)
        return self._progress

    def new_notes(self, progress: SongProgress) -> tuple[str, ...]:
        """The notes that were not shown yet."""
        new = progress.notes[self._notes :]
        self._notes = len(progress.notes)
        return new

    def is_due(self, progress: SongProgress) -> bool:
        """Whether it is time for a line; then its time begins anew."""
        if not progress.painted and not progress.clip:
            return False
        if self._said and describe(progress) == describe(self._said):
            return False
        waited = time.monotonic() - self._said_at
        moved = self._said is None or progress.row != self._said.row
        changed = self._said is None or progress.stage != self._said.stage
        if not (changed or waited > LINE_SECONDS or (moved and waited > ROW_SECONDS)):
            return False
        self._said, self._said_at = progress, time.monotonic()
        return True


class _Bars:
    """A line with a bar for every song, at the bottom of the terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[words]}"),
            console=Console(stderr=True, highlight=False),
            expand=True,
            refresh_per_second=1 / POLL_SECONDS,
        )
        self._tasks = {}
        self._progress.start()

    def print(self, line: str) -> None:
        self._progress.console.print(line, markup=False)

    def update(self, song: Path, progress: SongProgress) -> None:
        words = [f"keyframe {progress.keyframe} of {progress.keyframes}"]
        done, total = progress.keyframe, progress.keyframes
        if progress.stage == "film":
            words = [film_words(progress)]
            done, total = (progress.clip, progress.clips) if progress.clips else (done, total)
        elif progress.seconds_each is not None:
            words.append(f"{progress.seconds_each:.2f} s each")
        if progress.stage == "done":
            words = ["done"]
        elif progress.seconds_left is not None:
            words.append(f"{format_duration(progress.seconds_left)} left")
        row = f"row {progress.row} of {progress.rows}" if progress.row else f"{progress.rows} rows"
        if song not in self._tasks:
            self._tasks[song] = self._progress.add_task("", words="")
        self._progress.update(
            self._tasks[song],
            description=f"{progress.song}  {row}",
            completed=done,
            total=max(1, total),
            words=", ".join(words),
        )

    def stop(self) -> None:
        self._progress.stop()

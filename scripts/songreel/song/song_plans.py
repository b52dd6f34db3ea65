"""The plans of all songs of a run: made from the sheets, or read from the files of the run."""

import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from songreel.errors import InputError
from songreel.plan.estimates import Estimate, estimate
from songreel.plan.plan import SongPlan
from songreel.plan.plan_file import PLAN_FILE, RunOptions, read_plan, write_plan
from songreel.song.configuration import cache_folder, read_songs
from songreel.song.planner import plan_song
from songreel.song.sketches import plan_draft, plan_preview
from songreel.song.song import Song, read_song
from songreel.storage.digests import DigestMemo

SKETCHES = {"draft": plan_draft, "preview": plan_preview}
"""What can be made of a song besides itself; its plan is that of ``SONG/KIND``, its folder too."""


class SongPlans:
    """The songs of a configuration, by name.

    Args:
        config: the configuration as Snakemake merged it.
        results: the folder of all songs' results.
        from_files: whether to read each plan from ``results`` when it is first asked for, and no
            sheet. A job does so: the sheet may have been saved again since its run began.

    Raises:
        InputError: every problem of the configuration and of all sheets.
    """

    def __init__(self, config: Mapping[str, Any], results: Path, *, from_files: bool):
        songs = read_songs(config)
        self.names = list(songs)
        self.results = results
        self._songs: dict[str, Song] = {}
        self._memo = DigestMemo(cache_folder(config) / "digests.json")
        self.plan = cache(self._find_plan)
        self.estimate = cache(self._estimate)
        if not from_files:
            self._songs = _read_songs(songs, self._memo)
            for song in songs:
                self.plan(song)
            self._memo.save()

    @property
    def pattern(self) -> str:
        """A regular expression that matches the songs' names and nothing else."""
        return "|".join(map(re.escape, self.names))

    def write(self, songs: set[str], options: RunOptions) -> None:
        """Write the plans for the jobs of this run.

        Args:
            songs: that the run renders.
            options: of the run.
        """
        for song in sorted(songs):
            write_plan(self.plan(song), self.results / song / PLAN_FILE, options)

    def _find_plan(self, song: str) -> SongPlan:
        name, _, kind = song.partition("/")
        if name not in self._songs:
            return read_plan(self.results / song / PLAN_FILE)[0]
        make_plan = SKETCHES[kind] if kind else plan_song
        return make_plan(self._songs[name], self._memo)

    def _estimate(self, song: str) -> Estimate:
        return estimate(self.plan(song))


def _read_songs(songs: Mapping[str, Mapping[str, Any]], memo: DigestMemo) -> dict[str, Song]:
    read = [read_song(name, settings, memo) for name, settings in songs.items()]
    problems = dict.fromkeys(line for _, mistakes in read for line in mistakes)
    if problems:
        raise InputError(list(problems))
    found = [song for song, _ in read if song]
    for warning in dict.fromkeys(line for song in found for line in song.warnings):
        print(f"Note: {warning}", file=sys.stderr)
    return {song.name: song for song in found}

"""All songs of a run: their plans, read from the sheets, or frozen by the run that read them."""

import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from songreel.errors import InputError
from songreel.plan.estimates import Estimate, estimate
from songreel.plan.plan_file import freeze, thaw
from songreel.song.configuration import cache_folder, read_songs
from songreel.song.planner import make_plan
from songreel.song.song import read_song


class Songbook:
    """The songs of a configuration, by name.

    Args:
        config: the configuration as Snakemake merged it.
        results: the folder of all songs' results.
        frozen: take the plans from ``results``, each when it is first asked for. A job on another
            node does so: the sheet may have been saved since the run began.

    Raises:
        InputError: every problem of the configuration and of all sheets.
    """

    def __init__(self, config: Mapping, results: Path, frozen: bool):
        songs = read_songs(config)
        self.names = list(songs)
        self.results = results
        self._segments = cache(lambda song: {s["start"]: s for s in self.plan(song)["segments"]})
        self._estimate = cache(lambda song: estimate(self.plan(song)))
        if frozen:
            self.plan = cache(lambda song: thaw(results / song))
            return
        read = {name: read_song(name, songs[name], cache_folder(config)) for name in songs}
        if problems := [line for _, mistakes in read.values() for line in mistakes]:
            raise InputError(list(dict.fromkeys(problems)))
        for warning in dict.fromkeys(line for song, _ in read.values() for line in song.warnings):
            print(f"Note: {warning}", file=sys.stderr)
        self.plan = {name: make_plan(song) for name, (song, _) in read.items()}.__getitem__

    @property
    def pattern(self) -> str:
        """A regular expression that matches the songs' names and nothing else."""
        return "|".join(map(re.escape, self.names))

    def segment(self, song: str, start: str) -> dict:
        """A song's segment by its name."""
        return self._segments(song)[start]

    def estimate(self, song: str) -> Estimate:
        """What a song's jobs ask a cluster for."""
        return self._estimate(song)

    def freeze(self, one_card: bool) -> None:
        """Write down all plans for the jobs of this run.

        Args:
            one_card: whether they paint one after the other.
        """
        for song in self.names:
            freeze(self.plan(song), self.results / song, one_card)

"""All songs of a run: their plans, read from the sheets, or frozen by the run that read them."""

import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from songreel.configuration import cache_folder, read_songs
from songreel.errors import InputError
from songreel.models import STORYBOOK_FOLDER
from songreel.plan import read_song, thaw


class Songbook:
    """The songs of a configuration, by name.

    Args:
        config: the configuration as Snakemake merged it.
        frozen: take the plans from ``results/``, each when it is first asked for. A job on another
            node does so: the sheet may have been saved since the run began.

    Raises:
        InputError: every problem of the configuration and of all sheets.
    """

    def __init__(self, config: Mapping, frozen: bool):
        songs = read_songs(config)
        self.names = list(songs)
        if frozen:
            self.plan = cache(lambda song: thaw(Path("results", song, "plan.json")))
            return
        readings = {
            name: read_song(name, settings, STORYBOOK_FOLDER, cache_folder(config))
            for name, settings in songs.items()
        }
        if problems := [line for reading in readings.values() for line in reading.problems]:
            raise InputError(list(dict.fromkeys(problems)))
        for warning in dict.fromkeys(w for reading in readings.values() for w in reading.warnings):
            print(f"Note: {warning}", file=sys.stderr)
        self.plan = {name: reading.plan for name, reading in readings.items()}.__getitem__

    @property
    def pattern(self) -> str:
        """A regular expression that matches the songs' names and nothing else."""
        return "|".join(map(re.escape, self.names))

    def segment(self, song: str, start: str) -> dict:
        """A song's segment by its name."""
        return next(s for s in self.plan(song)["segments"] if s["start"] == start)

"""The plans of all songs of a run: made from the sheets, or read from the files of the run."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from songreel.errors import InputError, SongreelError
from songreel.media import ffmpeg
from songreel.plan.estimates import Estimate, estimate
from songreel.plan.inputs import draft_inputs, sketch_inputs
from songreel.plan.outdated import outdated_results
from songreel.plan.plan import SongPlan
from songreel.plan.plan_file import PLAN_FILE, RunOptions, plan_path, read_plan, write_plan
from songreel.song.configuration import cache_folder, read_songs
from songreel.song.planner import plan_song
from songreel.song.sketches import plan_draft, plan_preview
from songreel.song.song import Song, read_song
from songreel.storage.atomic import excess_of_name
from songreel.storage.digests import DigestMemo
from songreel.storage.labels import read_label


@dataclass(frozen=True)
class Sketch:
    """What can be made of a song besides itself.

    Attributes:
        make_plan: of a song.
        result: its path below the folder of all results, with a place for the song's name.
        inputs: computes from the plan what the result says that it is made from.
    """

    make_plan: Callable[[Song, DigestMemo], SongPlan]
    result: str
    inputs: Callable[[SongPlan], str]


SKETCHES = {
    "draft": Sketch(plan_draft, "{song}/draft/{song}.mp4", draft_inputs),
    "preview": Sketch(plan_preview, "{song}/preview.png", sketch_inputs),
}
"""By kind. The plan of a sketch is that of ``SONG/KIND``, and its folder, too."""


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
            plans = [self.plan(song) for song in self._songs]
            self._memo.save()
            _check_names(results, plans)

    @property
    def pattern(self) -> str:
        """A regular expression that matches the songs' names and nothing else."""
        return "|".join(map(re.escape, self.names))

    def write(self, options: Mapping[str, RunOptions]) -> None:
        """Write the plans for the jobs of this run, and into the results for whoever is curious.

        Args:
            options: of the run, for each of the songs that it renders.
        """
        for song, its_options in options.items():
            for path in {plan_path(self.results / song), self.results / song / PLAN_FILE}:
                write_plan(self.plan(song), path, its_options)

    def outdated(self) -> set[str]:
        """The paths of all results that were not made from what the plans say."""
        found = {
            str(self.results / song / path)
            for song in self.names
            for path in outdated_results(
                self.plan(song), self.results / song, self._memo.file_digest
            )
        }
        found.update(str(path) for song in self.names for path in self._outdated_sketches(song))
        self._memo.save()
        return found

    def _outdated_sketches(self, song: str) -> Iterator[Path]:
        for kind, sketch in SKETCHES.items():
            path = self.results / sketch.result.format(song=song)
            if path.exists():
                inputs = sketch.inputs(self.plan(f"{song}/{kind}"))
                if read_label(path) != inputs:
                    yield path

    def _find_plan(self, song: str) -> SongPlan:
        name, _, kind = song.partition("/")
        if name not in self._songs:
            return read_plan(plan_path(self.results / song))[0]
        make_plan = SKETCHES[kind].make_plan if kind else plan_song
        return make_plan(self._songs[name], self._memo)

    def _estimate(self, song: str) -> Estimate:
        return estimate(self.plan(song))


def _read_songs(songs: Mapping[str, Mapping[str, Any]], memo: DigestMemo) -> dict[str, Song]:
    try:
        ffmpeg.program_digest(memo)
    except SongreelError as error:
        raise InputError([str(error)]) from error
    read = [read_song(name, settings, memo) for name, settings in songs.items()]
    problems = dict.fromkeys(line for _, mistakes in read for line in mistakes)
    if problems:
        raise InputError(list(problems))
    found = [song for song, _ in read if song]
    for warning in dict.fromkeys(line for song in found for line in song.warnings):
        print(f"Note: {warning}", file=sys.stderr)
    return {song.name: song for song in found}


def _check_names(results: Path, plans: Iterable[SongPlan]) -> None:
    """Find the songs and images whose names are too long for the files that they give names to.

    Raises:
        InputError: the text names them.
    """
    problems = []
    for plan in plans:
        excess = max(
            excess_of_name(results / plan.song / f"{plan.song}.{kind}")
            for kind in ("mp4", *plan.animations)
        )
        if excess:
            problems.append(
                f"song '{plan.song[:40]}…': the name is {excess} bytes too long for the film's "
                "file; rename the sheet, or give the song a shorter name under 'songs' in a "
                "configuration"
            )
        problems += [
            f"{source.path}: the name is too long for the file of the prepared image; shorten it"
            for name, source in plan.images.items()
            if excess_of_name(results / plan.song / "images" / f"{name}.png")
        ]
    if problems:
        raise InputError(problems)

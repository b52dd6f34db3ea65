"""The progress of a song: how far its run is and how long it will take, from its progress log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songreel.plan.plan import SongPlan
from songreel.plan.timecode import format_time
from songreel.run import Run
from songreel.storage import progress_log
from songreel.storage.progress_log import OPENINGS, opening_row
from songreel.storage.segments import MANIFEST

RECENT = 20
"""Keyframes painted last that tell how long one takes: the machine may have got other work."""

JOB_SECONDS = 0.5
"""What a job takes beside its work: to start Python and to read the plan."""

FRAME_SECONDS = {"clip": 2e-7, "upscaled": 4e-11, "film": 2e-8}
"""Seconds for a pixel of a frame in a clip and in the film, before any was made and timed; for one
that is enlarged, by a weight of the upscaler.
"""

BUSY_AT_LEAST = 0.5
"""Share of its time that a run paints, at least; a pause, as for a busy GPU, will not go on."""


@dataclass(frozen=True)
class SongProgress:
    """How far the latest run of a song is.

    Attributes:
        song: its name.
        stage: ``painting``, ``film`` (in-betweens and encoding) or ``done``: nothing is left to do.
        row: number of the row that the newest keyframe belongs to, from 1; 0 before the first.
        rows: of the song.
        keyframe: keyframes that are there, kept and painted ones; 0 ≤ keyframe ≤ keyframes.
        keyframes: that are diffused of the whole song, its opening among them.
        painted: of those, by this run.
        seconds_each: that a keyframe takes to paint; None while that is not known.
        seconds_left: of the whole run for this song, in-betweens and film included; None while that
            is not known.
        clip, clips: the in-betweens' clips that are made, and that this run makes.
        result: path of what the run makes: the film, or the sheet of a preview; None where it
            makes neither.
        notes: lines for the user, oldest first: what the run costs, waiting, words cut off.
        ended: whether the run is over, however it ended.
    """

    song: str
    stage: str
    row: int
    rows: int
    keyframe: int
    keyframes: int
    painted: int
    seconds_each: float | None
    seconds_left: float | None
    clip: int
    clips: int
    result: str | None
    notes: tuple[str, ...]
    ended: bool


def read_progress(folder: Path) -> SongProgress | None:
    """Read how far the latest run of a song is; cheap enough to be asked every second.

    Args:
        folder: of the song's results. Its ``latest.png`` is the keyframe painted last.

    Returns:
        None where no run of the song has begun.
    """
    events = progress_log.read(folder)
    if not events or events[0]["event"] != "run":
        return None
    return _Log(events).progress()


def describe(progress: SongProgress) -> str:
    """Say in a line how far a song is.

    Args:
        progress: of the song.
    """
    if progress.stage == "done":
        return f"{progress.song}: done, {progress.keyframes} keyframes"
    if progress.stage == "film":
        parts = [film_words(progress)]
    else:
        parts = [
            f"row {progress.row} of {progress.rows}" if progress.row else "the opening",
            f"keyframe {progress.keyframe} of {progress.keyframes}",
        ]
        if progress.seconds_each is not None:
            parts.append(f"{progress.seconds_each:.2f} s each")
    if progress.seconds_left is not None:
        parts.append(f"{format_duration(progress.seconds_left)} left")
    return f"{progress.song}: {', '.join(parts)}"


def film_words(progress: SongProgress) -> str:
    """What is made when all keyframes are there."""
    if not progress.clips:
        return "the film"
    return f"in-betweens {progress.clip} of {progress.clips} rows"


def format_duration(seconds: float) -> str:
    """A duration as a person writes it, in whole seconds: ``0:07``, ``1:02:03``."""
    return format_time(1000 * round(seconds))


def frame_seconds(folder: Path, plan: SongPlan) -> dict[str, float]:
    """Return the seconds for a frame of a ``clip``, an ``upscaled`` one, and of the ``film``.

    Args:
        folder: of the song's results; as long as its last run took for frames of as many pixels.
        plan: of the song.
    """
    pixels = frame_pixels(plan)
    events = progress_log.read(folder)
    if not events or events[0]["event"] != "run" or events[0].get("pixels") != pixels:
        return {kind: each * pixels[kind] for kind, each in FRAME_SECONDS.items()}
    return _Log(events).frame_seconds


def frame_pixels(plan: SongPlan) -> dict[str, int]:
    """The pixels of a frame of a ``clip`` and of the ``film``; times weights where ``upscaled``."""
    pixels = plan.width * plan.height
    weights = plan.upscaling.weight_count if plan.upscaling else 0
    film = plan.film.width * plan.film.height
    return {"clip": pixels, "upscaled": pixels * weights, "film": film}


def begin_log(
    folder: Path,
    plan: SongPlan,
    jobs: Mapping[str, Collection],
    cores: int,
    result: Path | None = None,
) -> None:
    """Begin the progress log of a run.

    Args:
        folder: of the song's results.
        plan: of the song.
        jobs: names of the run's rules, each with the segments that it has jobs of.
        cores: for jobs that interpolate side by side.
        result: what the run makes: the film, or the sheet of a preview.
    """
    openings = {opening_row(name): 1 for name in plan.openings}
    keyframes = openings | {row.name: row.settings.diffused_count for row in plan.segments}
    painted = [opening_row(name) for name in jobs.get("paint_opening", ())]
    clips, upscaled = (jobs.get(f"{verb}_segment", ()) for verb in ("interpolate", "upscale"))
    run = Run.of_this_job()
    progress_log.begin(
        folder,
        song=plan.song,
        run=run.folder.name if run else None,
        keyframes=keyframes,
        rendered=sorted([*painted, *jobs.get("render_segment", ())]),
        rendered_before=[
            row.name
            for row in plan.segments
            if (folder / "segments" / row.name / MANIFEST).exists()
        ],
        clips={row.name: row.clip.frame_count for row in plan.segments if row.name in clips},
        upscaled={row.name: row.clip.frame_count for row in plan.segments if row.name in upscaled},
        frames=plan.film.frame_count if "assemble_video" in jobs else 0,
        result=str(result) if result else None,
        cores=cores,
        pixels=frame_pixels(plan),
        frame_seconds=frame_seconds(folder, plan),
    )


class _Log:
    """The events of a run, taken apart.

    Args:
        events: of the log, the event ``run`` first.
    """

    def __init__(self, events: Sequence[Mapping[str, Any]]):
        self.run = events[0]
        self.by_kind: dict[str, list[Mapping[str, Any]]] = {}
        for event in events:
            self.by_kind.setdefault(event["event"], []).append(event)
        self.counts: dict[str, int] = self.run["keyframes"]
        self.names = [name for name in self.counts if not name.startswith(OPENINGS)]
        self.painted = [e for e in self._all("keyframe") if e["seconds"] is not None]

    def progress(self) -> SongProgress:
        there = self._there()
        keyframe, keyframes = sum(there.values()), sum(self.counts.values())
        clips = {event["row"] for event in self._all("clip")} & self.run["clips"].keys()
        film_is_due = self.run["frames"] and not self._all("film")
        if keyframe < keyframes:
            stage = "painting"
        else:
            due = film_is_due or len(clips) < len(self.run["clips"])
            stage = "film" if due else "done"
        return SongProgress(
            song=self.run["song"],
            stage=stage,
            row=self._row(),
            rows=len(self.names),
            keyframe=keyframe,
            keyframes=keyframes,
            painted=len(self.painted),
            seconds_each=self._seconds_each(),
            seconds_left=self._seconds_left(keyframes - keyframe, clips),
            clip=len(clips),
            clips=len(self.run["clips"]),
            result=self.run["result"],
            notes=self._notes(),
            ended=bool(self._all("end")),
        )

    @property
    def frame_seconds(self) -> dict[str, float]:
        known = dict(self.run["frame_seconds"])
        for kind in FRAME_SECONDS:
            made = self._all(kind)
            frames = sum(event["frames"] for event in made)
            if frames:
                known[kind] = sum(event["seconds"] for event in made) / frames
        return known

    def _all(self, kind: str) -> list[Mapping[str, Any]]:
        return self.by_kind.get(kind, [])

    def _notes(self) -> tuple[str, ...]:
        cost = self._all("cost")[:1]  # two jobs that begin together say the same
        return tuple(event["text"] for event in [*cost, *self._all("note")])

    def _there(self) -> dict[str, int]:
        """How many keyframes of each row are there: each is rendered after the one before."""
        rendered = set(self.run["rendered"])
        there = {name: 0 if name in rendered else n for name, n in self.counts.items()}
        for event in self._all("cost"):
            there |= event["kept"]
        for event in self._all("keyframe"):
            there[event["row"]] = max(there[event["row"]], event["number"])
        return there

    def _row(self) -> int:
        newest = [event["row"] for event in self._all("keyframe")][-1:]
        if not newest or newest[0] == opening_row(self.names[0]):
            return 0
        return self.names.index(newest[0].removeprefix(OPENINGS)) + 1

    def _seconds_each(self) -> float | None:
        # The first keyframe of a job is slow: the model has not run yet.
        first = {}
        for event in self.painted:
            first.setdefault(event["job"], event)
        warm = [event for event in self.painted if event is not first[event["job"]]]
        recent = [event["seconds"] for event in (warm or self.painted)[-RECENT:]]
        if recent:
            return sum(recent) / len(recent)
        known = [event["seconds_each"] for event in self._all("cost")]
        return known[-1] if known else None

    def _seconds_left(self, keyframes: int, clips: set[str]) -> float | None:
        each = self._seconds_each()
        if keyframes and each is None:
            return None
        painting = keyframes * (each or 0) / self._painters()
        known = self.frame_seconds
        left = {name: n for name, n in self.run["clips"].items() if name not in clips}
        rows = len(set(self.run["rendered"]) - {e["row"] for e in self._all("row")})
        clip_work = sum(left.values()) * known["clip"] + len(left) * JOB_SECONDS
        film = self.run["frames"] * known["film"] if not self._all("film") else 0
        enlarged = {event["row"] for event in self._all("upscaled")}
        film += sum(
            frames * known["upscaled"] + JOB_SECONDS
            for row, frames in self.run.get("upscaled", {}).items()
            if row not in enlarged
        )
        return painting + rows * JOB_SECONDS + clip_work / self.run["cores"] + film

    def _painters(self) -> float:
        """How many jobs paint side by side, on average: on a cluster, one on each node."""
        recent = self.painted[-2 * RECENT :]
        if len(recent) < 2:
            return 1
        began = min(event["at"] - event["seconds"] for event in recent)
        busy = sum(event["seconds"] for event in recent)
        return max(BUSY_AT_LEAST, busy / max(1e-3, recent[-1]["at"] - began))

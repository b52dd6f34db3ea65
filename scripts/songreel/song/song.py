"""A song as read: its sheet, audio, images and settings, with everything that is wrong in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from songreel.errors import SongreelError
from songreel.media.audio import MeasuredAudio, audio_notes, length_note, measure_audio
from songreel.models.sampling import check_steps, complete_render
from songreel.models.settings import ModelSettings
from songreel.models.source import ModelSource, resolve_model
from songreel.models.upscaler_file import check_upscaler
from songreel.models.weights import weights_name
from songreel.plan.timecode import fps_note, parse_fps
from songreel.plan.timeline import FrameSpan, TimeSpan, frame_spans, time_spans, timing_problems
from songreel.song.cells import NO_PULL
from songreel.song.song_sheet import SongSheet, read_sheet
from songreel.storage.digests import DigestMemo

T = TypeVar("T")

ARRIVAL = 6
"""Keyframes of a row by which the picture arrives at the image after it nearly always."""


@dataclass(frozen=True)
class Song:
    """A song that can be rendered.

    Attributes:
        name: its key in the configuration.
        settings: its complete settings, as configured.
        render: the section ``render`` with nothing left open.
        model: the section ``model``, likewise.
        weights: the name of the model's weights, see ``songreel.models.weights.weights_name``.
        sheet: its rows.
        audio: its sound; None for a silent film.
        duration: of the film, in seconds.
        fps: frames per second.
        time_spans, frame_spans: one each per row.
        upscaler: digest of the weights that enlarge the finished frames; None where none do.
    """

    name: str
    settings: Mapping[str, Any]
    render: Mapping[str, Any]
    model: ModelSettings
    weights: str
    sheet: SongSheet
    audio: MeasuredAudio | None
    duration: Fraction
    fps: Fraction
    time_spans: tuple[TimeSpan, ...]
    frame_spans: tuple[FrameSpan, ...]
    upscaler: str | None = None

    def row_settings(self, number: int, section: str) -> Mapping[str, Any]:
        """The settings of one row.

        Args:
            number: of the row, counted from 0.
            section: of the configuration, ``render`` or ``interpolation``.
        """
        own = self.sheet.rows[number].settings.get(section, {})
        of_song = self.render if section == "render" else self.settings[section]
        return {**of_song, **own}

    @property
    def warnings(self) -> list[str]:
        """What the user should know and need not mend."""
        heard: list[str] = []
        if self.audio:
            path = Path(self.settings["audio"])
            length = length_note(path, self.audio.stream, self.duration)
            heard = [*audio_notes(path, self.audio), *([length] if length else [])]
        rate = fps_note(self.settings["video"]["fps"])
        arrives = self.render["target"]["recipe"] != "none"
        return [
            *self.sheet.warnings,
            *unpainted_prompts(self.sheet, self.time_spans),
            *(short_arrivals(self.sheet, self.time_spans) if arrives else []),
            *heard,
            *([f"config, video.fps: {rate}"] if rate else []),
        ]


def read_song(
    name: str, settings: Mapping[str, Any], memo: DigestMemo
) -> tuple[Song | None, list[str]]:
    """Read and check everything that belongs to a song.

    Args:
        name: the song's key in the configuration.
        settings: its complete settings (:func:`songreel.song.configuration.read_songs`).
        memo: of digests, by which the model's weights are read only once.

    Returns:
        the song, or None and every problem found, one line each.
    """
    problems: list[str] = []

    def attempt(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except (SongreelError, ValueError) as error:
            problems.append(str(error))
            return None

    def read_model() -> tuple[ModelSource, ModelSettings, str]:
        given = dict(settings["model"])
        threads = given.pop("threads")
        chosen = ModelSettings(**given)
        source = resolve_model(chosen)
        chosen = replace(chosen, threads=threads or source.threads)
        return source, chosen, weights_name(source, memo)

    model = attempt(read_model)
    render = attempt(lambda: complete_render(model[0], settings["render"])) if model else None
    fps = attempt(lambda: parse_fps(settings["video"]["fps"]))
    upscaler = attempt(lambda: _read_upscaler(settings["video"], memo))
    audio_path = Path(settings["audio"]) if settings["audio"] else None
    audio = attempt(lambda: measure_audio(audio_path, memo)) if audio_path else None
    images = Path(settings["images"]) if settings["images"] else None
    sound = audio.stream.duration if audio else None
    sheet, mistakes = read_sheet(Path(settings["sheet"]), settings["worksheet"], images, sound)
    problems += mistakes
    if sheet is None or fps is None or (audio_path and audio is None):
        return None, problems

    if sheet.end:
        duration = Fraction(sheet.end.time_ms, 1000)
    elif audio:
        duration = Fraction(round(audio.stream.duration * 1000), 1000)
    else:
        last = sheet.location(sheet.rows[-1].line, "Prompt")
        return None, [
            *problems,
            f"{last}: the film has no end; add a last row with a Time and no Prompt, "
            "or name the song's audio file with 'audio'",
        ]
    starts = [Fraction(row.time_ms, 1000) for row in sheet.rows]
    spans = time_spans(starts, duration, [row.seconds_per_frame for row in sheet.rows])
    problems += [
        f"{sheet.location(sheet.rows[number].line, 'Time')}: {text}"
        for number, text in timing_problems(spans, duration, fps)
    ]
    if model and render:
        problems += unmade_steps(sheet, model[0], render)
    if problems or model is None or render is None:
        return None, problems
    frames = frame_spans(spans, duration, fps)
    song = Song(name, settings, render, *model[1:], sheet, audio, duration, fps, spans, frames)
    return replace(song, upscaler=upscaler), []


def _read_upscaler(video: Mapping[str, Any], memo: DigestMemo) -> str | None:
    if video["upscaler"] is None:
        return None
    if video["width"] is None and video["height"] is None:
        raise SongreelError(
            "video.upscaler: say how large the film is to be, with video.width or video.height"
        )
    return check_upscaler(Path(video["upscaler"]), memo)


def unmade_steps(sheet: SongSheet, source: ModelSource, render: Mapping[str, Any]) -> list[str]:
    """Find the rows whose own steps or strength the model cannot make.

    Args:
        sheet: of the song.
        source: the model.
        render: the section ``render`` with nothing left open.
    """
    problems = []
    for row in sheet.rows:
        own = row.settings.get("render", {})
        columns = {"Strength": "strength", "Steps": "steps"}
        named = [column for column, key in columns.items() if key in own]
        if named:
            try:
                check_steps(source, **{key: {**render, **own}[key] for key in columns.values()})
            except SongreelError as error:
                text = str(error).replace("render.", "")
                problems.append(f"{sheet.location(row.line, named[0])}: {text}")
    return problems


def short_arrivals(sheet: SongSheet, spans: Sequence[TimeSpan]) -> list[str]:
    """Warn of the images that come too soon for the picture to arrive at them.

    Args:
        sheet: of the song.
        spans: one per row.
    """
    following = [*sheet.rows[1:], *([sheet.end] if sheet.end else [])]
    return [
        f"{sheet.location(row.line, 'Image')}: the row before has {count} keyframes, too few for "
        f"the picture to arrive at {row.image.name} without a jump; give that row more time, or "
        "set a smaller SecondsPerFrame"
        for row, span in zip(following, spans, strict=False)
        if row.image and row.pull != NO_PULL and 1 < (count := span.keyframe_count) < ARRIVAL
    ]


def unpainted_prompts(sheet: SongSheet, spans: Sequence[TimeSpan]) -> list[str]:
    """Warn of the rows that show their image and never come to paint their prompt.

    Args:
        sheet: of the song.
        spans: one per row.
    """
    return [
        f"{sheet.location(row.line, 'Image')}: the row has a single keyframe, which is its image, "
        "so that its prompt is never painted; give it more time or lower SecondsPerFrame"
        for row, span in zip(sheet.rows, spans, strict=True)
        if row.image is not None and span.keyframe_count == 1
    ]

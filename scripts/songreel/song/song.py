"""A song as read: its sheet, audio, images and settings, with everything that is wrong in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from songreel.errors import SongreelError
from songreel.media.audio import probe_audio
from songreel.models.sampling import complete_render
from songreel.models.settings import ModelSettings
from songreel.models.source import ModelSource, resolve_model
from songreel.models.weights import weights_name
from songreel.plan.timecode import parse_fps
from songreel.plan.timeline import FrameSpan, TimeSpan, frame_spans, time_spans, timing_problems
from songreel.song.song_sheet import SongSheet, read_sheet
from songreel.storage.digests import DigestMemo

T = TypeVar("T")


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
        duration: of the film, in seconds.
        fps: frames per second.
        time_spans, frame_spans: one each per row.
    """

    name: str
    settings: Mapping[str, Any]
    render: Mapping[str, Any]
    model: ModelSettings
    weights: str
    sheet: SongSheet
    duration: Fraction
    fps: Fraction
    time_spans: tuple[TimeSpan, ...]
    frame_spans: tuple[FrameSpan, ...]

    @property
    def warnings(self) -> list[str]:
        """What the user should know and need not mend."""
        return [*self.sheet.warnings, *unpainted_prompts(self.sheet, self.time_spans)]


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
    audio_path = Path(settings["audio"]) if settings["audio"] else None
    audio = attempt(lambda: probe_audio(audio_path)) if audio_path else None
    images = Path(settings["images"]) if settings["images"] else None
    sheet, mistakes = read_sheet(Path(settings["sheet"]), settings["worksheet"], images)
    problems += mistakes
    if sheet is None or fps is None or (audio_path and audio is None):
        return None, problems

    if sheet.end:
        duration = Fraction(sheet.end.time_ms, 1000)
    elif audio:
        duration = Fraction(round(audio.duration * 1000), 1000)
    else:
        last = sheet.location(sheet.rows[-1].line, "Prompt")
        return None, [
            *problems,
            f"{last}: the film has no end; add a last row with a Time and no Prompt, "
            "or name the song's audio file with 'audio'",
        ]
    starts = [Fraction(row.time_ms, 1000) for row in sheet.rows]
    spans = time_spans(starts, duration, sheet.seconds_per_frame)
    problems += [
        f"{sheet.location(sheet.rows[number].line, 'Time')}: {text}"
        for number, text in timing_problems(spans, duration, fps)
    ]
    if problems or model is None or render is None:
        return None, problems
    frames = frame_spans(spans, duration, fps)
    return Song(name, settings, render, *model[1:], sheet, duration, fps, spans, frames), []


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

"""Reading a song: sheet, sound, images and settings, with everything that is wrong in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from songreel.errors import SongreelError
from songreel.media.audio import probe_audio
from songreel.models.folder import STORYBOOK_FOLDER, resolve_model
from songreel.models.sampling import complete_render
from songreel.models.weights import pixel_model
from songreel.plan.timecode import parse_fps
from songreel.plan.timeline import Clip, Segment, layout, split, timing_problems
from songreel.song.song_sheet import SongSheet, read_sheet


@dataclass(frozen=True)
class Song:
    """A song that can be rendered.

    Attributes:
        name: its key in the configuration.
        settings: its complete settings, as configured.
        render: the section ``render`` with nothing left open.
        model: what of the section ``model`` decides pixels.
        cache: the keyframe cache's folder.
        sheet: its rows.
        duration: of the film, in seconds.
        fps: frames per second.
        segments, clips: one each per row.
    """

    name: str
    settings: Mapping
    render: Mapping
    model: Mapping
    cache: Path
    sheet: SongSheet
    duration: Fraction
    fps: Fraction
    segments: tuple[Segment, ...]
    clips: tuple[Clip, ...]

    @property
    def warnings(self) -> list[str]:
        """What the user should know and need not mend."""
        return [*self.sheet.warnings, *unpainted_prompts(self.sheet, self.segments)]


def read_song(name: str, settings: Mapping, cache: Path) -> tuple[Song | None, list[str]]:
    """Read and check all there is of a song.

    Args:
        name: the song's key in the configuration.
        settings: its complete settings (:func:`songreel.song.configuration.read_songs`).
        cache: the keyframe cache's folder, where digests of weights are kept.

    Returns:
        the song, or None and every problem found, one line each.
    """
    problems: list[str] = []

    def attempt(read, *arguments):
        try:
            return read(*arguments)
        except (SongreelError, ValueError) as error:
            problems.append(str(error))
            return None

    folder = attempt(resolve_model, settings["model"]["name"], STORYBOOK_FOLDER)
    model = folder and attempt(pixel_model, settings["model"], folder, cache / "weights.json")
    render = model and attempt(
        complete_render, settings["model"]["name"], folder, settings["render"]
    )
    fps = attempt(parse_fps, settings["video"]["fps"])
    sound = settings["audio"] and attempt(probe_audio, Path(settings["audio"]))
    images = Path(settings["images"]) if settings["images"] else None
    sheet, mistakes = read_sheet(Path(settings["sheet"]), settings["worksheet"], images)
    problems += mistakes
    if sheet is None or fps is None or (settings["audio"] and sound is None):
        return None, problems

    if sheet.end:
        duration = Fraction(sheet.end.time_ms, 1000)
    elif sound:
        duration = Fraction(round(sound.duration * 1000), 1000)
    else:
        last = sheet.location(sheet.rows[-1].line, "Prompt")
        return None, [
            *problems,
            f"{last}: the film has no end; add a last row with a Time and no Prompt, "
            "or name the song's sound with 'audio'",
        ]
    starts = [Fraction(row.time_ms, 1000) for row in sheet.rows]
    segments = split(starts, duration, sheet.seconds_per_frame)
    problems += [
        f"{sheet.location(sheet.rows[number].line, 'Time')}: {text}"
        for number, text in timing_problems(segments, duration, fps)
    ]
    if problems:
        return None, problems
    clips = layout(segments, duration, fps)
    return Song(name, settings, render, model, cache, sheet, duration, fps, segments, clips), []


def unpainted_prompts(sheet: SongSheet, segments: Sequence[Segment]) -> list[str]:
    """Warnings: the rows that show their image and never come to paint their prompt."""
    return [
        f"{sheet.location(row.line, 'Image')}: the row has a single keyframe, which is its image, "
        "so that its prompt is never painted; give it more time or lower SecondsPerFrame"
        for row, segment in zip(sheet.rows, segments, strict=True)
        if row.image is not None and segment.keyframe_count == 1
    ]

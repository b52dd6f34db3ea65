"""The plan of a song: every picture, time and setting, read once from the sheet and the settings.

A plan is made of plain builtins, so that it travels through Snakemake's ``params`` and JSON unchanged.
Times are fractions of seconds written as text (``"49/3"``); pictures are paths below the song's folder.

    song, title, sheet, sound, duration, fps, frames, width, height
    model, cache  the section ``model`` and the cache's folder, as configured
    images        name → the source file of a prepared image
    opening       what text-to-image paints, or None when the first row has an image
    segments      one per row, in order:
        start     the segment's name: its time in milliseconds
        label     its time as a musician writes it, and its prompt as the sheet has it
        dream     everything that decides its pixels, and nothing else
        inputs    start (the picture it grows from), shadow, target (or None)
        clip      everything that decides its frames, given its keyframes
        next      the picture after its own, or None when its own are all
    timeline      the rows of the timeline table
    storyboard    what stands under the storyboard's pictures
    film          everything that decides the film, given its clips and sound
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from songreel import __version__
from songreel.atomic import replacing
from songreel.errors import SongreelError
from songreel.identity import RENDER_VERSION
from songreel.images import image_folder, image_name
from songreel.models import resolve_model
from songreel.presets import complete_render, pixel_model
from songreel.sheet import Row, Sheet, read_sheet, unpainted_prompts
from songreel.sound import probe_sound
from songreel.timeline import (
    Clip,
    Segment,
    format_time,
    frame_count,
    layout,
    parse_fps,
    split,
    timing_problems,
)

OPENING = "opening.png"


@dataclass(frozen=True)
class Reading:
    """What came of reading a song: its plan, or the problems that prevent one; and warnings."""

    plan: dict | None
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def read_song(name: str, settings: Mapping, storybook: Path, cache: Path) -> Reading:
    """Read a song's sheet, sound and images, check all of it, and plan its film.

    Args:
        name: the song's key in the configuration.
        settings: its complete settings (:func:`songreel.configuration.read_songs`).
        storybook: the folder of the model that comes with the project.
        cache: the keyframe cache's folder, where digests of weights are kept.

    Returns:
        the plan, or every problem found.
    """
    problems = []
    model = render = fps = None
    try:
        name_or_folder = resolve_model(settings["model"]["name"], storybook)
        model = pixel_model(settings["model"], name_or_folder, cache / "weights.json")
        render = complete_render(settings["model"]["name"], name_or_folder, settings["render"])
    except SongreelError as error:
        problems.append(str(error))
    try:
        fps = parse_fps(settings["video"]["fps"])
    except ValueError as error:
        problems.append(f"config, songs.{name}.video.fps: {error}")

    path = Path(settings["sheet"])
    sheet, sheet_problems = read_sheet(
        path, settings["worksheet"], image_folder(path, _path(settings["images"]))
    )
    problems += sheet_problems
    sound = None
    if settings["audio"] is not None:
        try:
            sound = probe_sound(Path(settings["audio"]))
        except SongreelError as error:
            problems.append(str(error))
    if problems or sheet is None:
        return Reading(None, tuple(problems))

    if sheet.end:
        duration = Fraction(sheet.end.time_ms, 1000)
    elif sound:
        duration = Fraction(round(sound.duration * 1000), 1000)
    else:
        return Reading(None, (_endless(sheet),))
    starts = [Fraction(row.time_ms, 1000) for row in sheet.rows]
    segments = split(starts, duration, sheet.seconds_per_frame)
    if faults := timing_problems(segments, duration, fps):
        return Reading(
            None,
            tuple(f"{sheet.place(sheet.rows[row].line, 'Time')}: {text}" for row, text in faults),
        )
    clips = layout(segments, duration, fps)
    images = {
        image_name(image): str(image)
        for row in [*sheet.rows, *([sheet.end] if sheet.end else [])]
        for image in (row.image, getattr(row, "shadow", None))
        if image
    }
    plan = {
        "song": name,
        "title": sheet.title or name,
        "sheet": path.name,
        "sound": settings["audio"],
        "duration": str(duration),
        "fps": str(fps),
        "frames": frame_count(duration, fps),
        "width": render["width"],
        "height": render["height"],
        "model": dict(settings["model"]),
        "cache": str(cache),
        "images": images,
        "opening": _opening(sheet, render, model),
        "segments": [
            _segment(sheet, index, segments, clips, render, model, settings, fps)
            for index in range(len(sheet.rows))
        ],
        "end": sheet.end
        and {
            "cell": sheet.cell(sheet.end.line, "Time"),
            "time_ms": sheet.end.time_ms,
        },
    }
    return Reading(plan, (), (*sheet.warnings, *_hidden_prompts(sheet, segments)))


def freeze(plan: Mapping, path: Path) -> None:
    """Write a plan for jobs that run elsewhere, or later, than the process that read the sheet."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(plan, ensure_ascii=False, indent=1) + "\n")


def thaw(path: Path) -> dict:
    """Read a frozen plan."""
    return json.loads(path.read_text())


def chain(plan: Mapping, start: str) -> list[dict]:
    """The segments that grow one from the other, from the one named ``start`` to its chain's end."""
    segments = plan["segments"]
    first = next(i for i, segment in enumerate(segments) if segment["start"] == start)
    last = next(
        (i for i in range(first + 1, len(segments)) if segments[i]["dream"]["opens"]),
        len(segments),
    )
    return segments[first:last]


def _segment(
    sheet: Sheet,
    index: int,
    segments: tuple[Segment, ...],
    clips: tuple[Clip, ...],
    render: Mapping,
    model: Mapping,
    settings: Mapping,
    fps: Fraction,
) -> dict:
    row, segment, clip = sheet.rows[index], segments[index], clips[index]
    last = index == len(sheet.rows) - 1
    following = sheet.end if last else sheet.rows[index + 1]
    target = following.image if following else None
    opens = index == 0 or row.image is not None
    paints_end = last and target is None
    zoom = _zoom(sheet, render)
    return {
        "start": f"{row.time_ms:08d}",
        "cell": sheet.cell(row.line, "Time"),
        "time_ms": row.time_ms,
        "label": format_time(row.time_ms),
        "prompt": row.prompt,
        "style": row.style,
        "dream": {
            "version": RENDER_VERSION,
            "model": dict(model),
            "prompt": _prompt(row),
            "negative": row.negative,
            "opens": opens,
            "since": None if opens else str(segments[index - 1].keyframes[-1]),
            "times": [str(time) for time in segment.keyframes],
            "end": str(segment.end) if paints_end else None,
            "zoom": zoom,
            "shadow": render["shadow"],
            "pull": render["target"]["curve"] if target else None,
            **{key: render[key] for key in _SAMPLING},
        },
        "inputs": {
            "start": _start_picture(sheet, index),
            "shadow": _image(row.shadow) if row.shadow else _opening_picture(sheet),
            "target": _image(target) if target else None,
        },
        "clip": {
            "method": settings["interpolation"]["method"],
            "frames": [frame - clip.first for frame in (*clip.keyframes, clip.next_keyframe)],
            "include_last": last,
            "count": clip.frames,
            "zoom_per_frame": (1 + zoom) ** (1 / float(fps)),
            "fps": str(fps),
            "width": render["width"],
            "height": render["height"],
        },
        "first_frame": clip.first,
        "next": _next_picture(sheet, index),
    }


_SAMPLING = ("width", "height", "steps", "strength", "guidance_scale", "seed")


def _opening(sheet: Sheet, render: Mapping, model: Mapping) -> dict | None:
    first = sheet.rows[0]
    if first.image:
        return None
    return {
        "version": RENDER_VERSION,
        "model": dict(model),
        "prompt": _prompt(first),
        "negative": first.negative,
        **{key: render[key] for key in _SAMPLING if key != "strength"},
    }


def _start_picture(sheet: Sheet, index: int) -> str:
    row = sheet.rows[index]
    if row.image:
        return _image(row.image)
    if index == 0:
        return OPENING
    return f"segments/{sheet.rows[index - 1].time_ms:08d}/last.png"


def _next_picture(sheet: Sheet, index: int) -> str | None:
    if index < len(sheet.rows) - 1:
        row = sheet.rows[index + 1]
        return _image(row.image) if row.image else f"segments/{row.time_ms:08d}/keyframes.json"
    return _image(sheet.end.image) if sheet.end and sheet.end.image else None


def _opening_picture(sheet: Sheet) -> str:
    return _image(sheet.rows[0].image) if sheet.rows[0].image else OPENING


def _image(source: Path) -> str:
    return f"images/{image_name(source)}.png"


def _prompt(row: Row) -> str:
    return f"{row.prompt}, {row.style}" if row.style else row.prompt


def _zoom(sheet: Sheet, render: Mapping) -> float:
    if isinstance(sheet.zoom, bool):
        return render["zoom"] if sheet.zoom else 0.0
    return float(sheet.zoom)


def _timeline(sheet: Sheet, clips: tuple[Clip, ...], fps: Fraction, frames: int) -> list[dict]:
    shown = [(row, clip.first, len(clip.keyframes)) for row, clip in zip(sheet.rows, clips)]
    if sheet.end:
        shown.append((sheet.end, frames - 1, 1))
    return [
        {
            "row": number,
            "cell": sheet.cell(row.line, "Time"),
            "time": format_time(row.time_ms),
            "first_frame": frame,
            "shown": f"{float(frame / fps):.3f}",
            "keyframes": keyframes,
            "prompt": row.prompt if isinstance(row, Row) else "",
        }
        for number, (row, frame, keyframes) in enumerate(shown, start=1)
    ]


def _film(plan: Mapping, settings: Mapping, clips: tuple[Clip, ...]) -> dict:
    render = settings["render"]
    return {
        "counts": [clip.frames for clip in clips],
        "fps": plan["fps"],
        "frame_count": plan["frames"],
        "duration": plan["duration"],
        "crf": settings["video"]["crf"],
        "preset": settings["video"]["preset"],
        "title": plan["title"],
        "provenance": {
            "program": f"Songreel {__version__}",
            "sheet": plan["sheet"],
            "model": plan["model"]["name"],
            "seed": str(render["seed"]),
        },
    }


def _endless(sheet: Sheet) -> str:
    return (
        f"{sheet.place(sheet.rows[-1].line, 'Prompt')}: the film has no end; add a last row with a Time "
        "and no Prompt, or give the song's sound with 'audio'"
    )


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)

"""The plan of a song: what its jobs do, row by row.

A plan is made of plain builtins, so that it travels unchanged through Snakemake's ``params`` and
JSON. Times are fractions of seconds written as text (``"49/3"``); pictures are paths below the
song's results.

    song, sheet, title, subtitle, sound, model, cache, width, height
    images        name → the source file of a prepared image: its path and state
    opening       what text-to-image paints, or None when the first row has an image
    segments      one per row, in order:
        start     the segment's name: its time in milliseconds
        cell, time, prompt        for people
        dream     everything that decides its pixels, and nothing else
        inputs    start (the picture it grows from), shadow, target (or None)
        clip      everything that decides its frames, given its keyframes
        next      where the keyframe after its own is found, or None when its own are all
    timeline      the rows of the timeline table
    storyboard    what stands under the storyboard's pictures
    film          everything that decides the film, given its clips and sound
"""

import hashlib
import re
from pathlib import Path

from songreel import __version__
from songreel.plan.plan import RENDER_VERSION
from songreel.plan.timecode import format_time
from songreel.plan.timeline import frame_count
from songreel.song.song import Song
from songreel.song.song_sheet import SheetRow
from songreel.storage.source_files import state_of

OPENING = "opening.png"

SAMPLING = ("width", "height", "steps", "strength", "guidance_scale", "seed")


def make_plan(song: Song) -> dict:
    """Plan a song."""
    sheet = song.sheet
    sources = [row.image for row in sheet.rows] + [row.shadow_image for row in sheet.rows]
    if sheet.end:
        sources.append(sheet.end.image)
    return {
        "song": song.name,
        "sheet": sheet.file,
        "title": sheet.title or song.name,
        "subtitle": f"{len(sheet.rows)} rows, {format_time(int(song.duration * 1000))}, "
        f"painted by {song.settings['model']['name']}",
        "sound": song.settings["audio"],
        "model": dict(song.settings["model"]),
        "cache": str(song.cache),
        "width": song.render["width"],
        "height": song.render["height"],
        "images": {
            _image_name(source): {"path": str(source), "state": state_of(source)}
            for source in sources
            if source
        },
        "opening": _opening(song),
        "segments": [_segment(song, number) for number in range(len(sheet.rows))],
        "timeline": _timeline(song),
        "storyboard": [
            {
                "time": format_time(row.time_ms),
                "prompt": row.prompt,
                "style": row.style,
                "note": f"image: {row.image.name}" if row.image else "",
            }
            for row in sheet.rows
        ],
        "film": _film(song),
    }


def _segment(song: Song, number: int) -> dict:
    row, segment, clip = song.sheet.rows[number], song.segments[number], song.clips[number]
    following = [*song.sheet.rows[number + 1 :], song.sheet.end][0]
    target = following.image if following else None
    ends_film = number == len(song.sheet.rows) - 1
    opens = number == 0 or row.image is not None
    zoom = _zoom(song)
    return {
        "start": _start(row),
        "cell": song.sheet.cell(row.line, "Time"),
        "time": format_time(row.time_ms),
        "prompt": row.prompt,
        "dream": {
            "version": RENDER_VERSION,
            "model": dict(song.model),
            **_words(row),
            "opens": opens,
            "since": None if opens else str(song.segments[number - 1].keyframes[-1]),
            "times": [str(time) for time in segment.keyframes],
            "end": str(segment.end) if ends_film and target is None else None,
            "zoom": zoom,
            "shadow": song.render["shadow"],
            "pull": song.render["target"]["curve"] if target else None,
            **{key: song.render[key] for key in SAMPLING},
        },
        "inputs": {
            "start": _first_picture(song, number),
            "shadow": _image(row.shadow_image) if row.shadow_image else _opening_picture(song),
            "target": _image(target) if target else None,
        },
        "clip": {
            "method": song.settings["interpolation"]["method"],
            "frames": [frame - clip.first for frame in (*clip.keyframes, clip.next_keyframe)],
            "include_last": ends_film,
            "count": clip.frames,
            "zoom_per_frame": (1 + zoom) ** (1 / float(song.fps)),
            "fps": str(song.fps),
            "width": song.render["width"],
            "height": song.render["height"],
        },
        "next": _next_picture(song, number),
    }


def _opening(song: Song) -> dict | None:
    first = song.sheet.rows[0]
    if first.image:
        return None
    return {
        "version": RENDER_VERSION,
        "model": dict(song.model),
        **_words(first),
        **{key: song.render[key] for key in SAMPLING if key != "strength"},
    }


def _words(row: SheetRow) -> dict:
    prompt = f"{row.prompt}, {row.style}" if row.style else row.prompt
    return {"prompt": prompt, "negative": row.negative_prompt}


def _zoom(song: Song) -> float:
    if isinstance(song.sheet.zoom, bool):
        return song.render["zoom"] if song.sheet.zoom else 0.0
    return float(song.sheet.zoom)


def _start(row: SheetRow) -> str:
    return f"{row.time_ms:08d}"


def _first_picture(song: Song, number: int) -> str:
    """What a segment grows from: its image, or the last picture before it."""
    row = song.sheet.rows[number]
    if row.image:
        return _image(row.image)
    if number == 0:
        return OPENING
    return f"segments/{_start(song.sheet.rows[number - 1])}/last.png"


def _next_picture(song: Song, number: int) -> str | None:
    rows, end = song.sheet.rows, song.sheet.end
    if number == len(rows) - 1:
        return _image(end.image) if end and end.image else None
    row = rows[number + 1]
    return _image(row.image) if row.image else f"segments/{_start(row)}/keyframes.json"


def _opening_picture(song: Song) -> str:
    image = song.sheet.rows[0].image
    return _image(image) if image else OPENING


def _image(source: Path) -> str:
    return f"images/{_image_name(source)}.png"


def _image_name(source: Path) -> str:
    """A name that a wildcard can carry, the same for the same path, different for another."""
    stem = re.sub(r"[^\w-]+", "_", source.stem)[:40]
    return f"{stem}-{hashlib.sha256(source.as_posix().encode()).hexdigest()[:8]}"


def _timeline(song: Song) -> list[dict]:
    sheet, clips = song.sheet, song.clips
    shown = [
        (row, clip.first, len(clip.keyframes), row.prompt)
        for row, clip in zip(sheet.rows, clips, strict=True)
    ]
    if sheet.end:
        shown.append((sheet.end, clips[-1].next_keyframe, 1, ""))
    return [
        {
            "row": number,
            "cell": sheet.cell(row.line, "Time"),
            "time": format_time(row.time_ms),
            "first_frame": frame,
            "shown": f"{float(frame / song.fps):.3f}",
            "keyframes": keyframes,
            "prompt": prompt,
        }
        for number, (row, frame, keyframes, prompt) in enumerate(shown, start=1)
    ]


def _film(song: Song) -> dict:
    sound = song.settings["audio"]
    return {
        "sound": state_of(Path(sound)) if sound else None,
        "counts": [clip.frames for clip in song.clips],
        "fps": str(song.fps),
        "frame_count": frame_count(song.duration, song.fps),
        "crf": song.settings["video"]["crf"],
        "preset": song.settings["video"]["preset"],
        "title": song.sheet.title or song.name,
        "provenance": {
            "program": f"Songreel {__version__}",
            "sheet": song.sheet.file,
            "model": song.settings["model"]["name"],
            "seed": str(song.render["seed"]),
        },
    }

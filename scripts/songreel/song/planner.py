"""Plans a song: from its sheet and settings to what each of its jobs does."""

import hashlib
import re
from pathlib import Path
from typing import Any

from songreel import __version__
from songreel.plan.plan import (
    RENDER_VERSION,
    Caption,
    ClipPlan,
    FilmPlan,
    KeyframeSettings,
    ModelPixels,
    OpeningSettings,
    SegmentImages,
    SegmentPlan,
    SongPlan,
    SourceImage,
    StoryboardPlan,
    TimelineRow,
)
from songreel.plan.timecode import format_time
from songreel.plan.timeline import frame_count
from songreel.song.song import Song
from songreel.song.song_sheet import EndRow, SheetRow
from songreel.storage.digests import DigestMemo

OPENING_IMAGE = "opening.png"


def plan_song(song: Song, memo: DigestMemo) -> SongPlan:
    """Plan a song.

    Args:
        song: as read.
        memo: of digests, by which images and audio are read only once.
    """
    sheet, audio = song.sheet, song.settings["audio"]
    sources = [row.image for row in sheet.rows] + [row.shadow_image for row in sheet.rows]
    if sheet.end:
        sources.append(sheet.end.image)
    return SongPlan(
        song=song.name,
        audio=audio,
        model=song.model,
        width=song.render["width"],
        height=song.render["height"],
        images={
            _image_name(source): SourceImage(str(source), memo.file_digest(source))
            for source in sources
            if source
        },
        opening=_opening(song),
        segments=tuple(_segment(song, number) for number in range(len(sheet.rows))),
        film=_film(song, memo.file_digest(Path(audio)) if audio else None),
        timeline=_timeline(song),
        storyboard=_storyboard(song),
    )


def _segment(song: Song, number: int) -> SegmentPlan:
    row = song.sheet.rows[number]
    return SegmentPlan(
        name=_segment_name(row),
        cell=song.sheet.cell(row.line, "Time"),
        time=format_time(row.time_ms),
        prompt=row.prompt,
        settings=_keyframe_settings(song, number),
        images=SegmentImages(
            init_image=_init_image(song, number),
            shadow_image=_image(row.shadow_image) if row.shadow_image else _opening_image(song),
            target_image=_target_image(song, number),
        ),
        clip=_clip(song, number),
        following=_following(song, number),
    )


def _keyframe_settings(song: Song, number: int) -> KeyframeSettings:
    row, span = song.sheet.rows[number], song.time_spans[number]
    starts_chain = number == 0 or row.image is not None
    target = _target_image(song, number)
    return KeyframeSettings(
        **_shared_settings(song, row),
        starts_chain=starts_chain,
        previous_time=None if starts_chain else song.time_spans[number - 1].keyframes[-1],
        keyframe_times=span.keyframes,
        end_time=span.end if _ends_film(song, number) and target is None else None,
        zoom=_zoom(song),
        shadow_share=song.render["shadow"],
        target_curve=song.render["target"]["curve"] if target else None,
        strength=song.render["strength"],
    )


def _opening(song: Song) -> OpeningSettings | None:
    first = song.sheet.rows[0]
    return None if first.image else OpeningSettings(**_shared_settings(song, first))


def _shared_settings(song: Song, row: SheetRow) -> dict[str, Any]:
    """What an opening and keyframes are both painted with."""
    model = song.model
    return {
        "version": RENDER_VERSION,
        "model": ModelPixels(song.weights, model.scheduler, model.dtype, model.threads),
        "prompt": f"{row.prompt}, {row.style}" if row.style else row.prompt,
        "negative_prompt": row.negative_prompt,
        **{key: song.render[key] for key in ("seed", "width", "height", "steps", "guidance_scale")},
    }


def _clip(song: Song, number: int) -> ClipPlan:
    frames = song.frame_spans[number]
    shown = (*frames.keyframes, frames.next_keyframe)
    return ClipPlan(
        method=song.settings["interpolation"]["method"],
        keyframe_frames=tuple(frame - frames.first for frame in shown),
        include_last=_ends_film(song, number),
        frame_count=frames.frames,
        zoom_per_frame=(1 + _zoom(song)) ** (1 / float(song.fps)),
        fps=song.fps,
        width=song.render["width"],
        height=song.render["height"],
    )


def _ends_film(song: Song, number: int) -> bool:
    return number == len(song.sheet.rows) - 1


def _zoom(song: Song) -> float:
    if isinstance(song.sheet.zoom, bool):
        return song.render["zoom"] if song.sheet.zoom else 0.0
    return float(song.sheet.zoom)


def _segment_name(row: SheetRow) -> str:
    return f"{row.time_ms:08d}"


def _init_image(song: Song, number: int) -> str:
    """What a segment is rendered from: its image, or the last keyframe before it."""
    row = song.sheet.rows[number]
    if row.image:
        return _image(row.image)
    if number == 0:
        return OPENING_IMAGE
    return f"segments/{_segment_name(song.sheet.rows[number - 1])}/last.png"


def _target_image(song: Song, number: int) -> str | None:
    following = [*song.sheet.rows[number + 1 :], song.sheet.end][0]
    return _image(following.image) if following and following.image else None


def _following(song: Song, number: int) -> str | None:
    target = _target_image(song, number)
    if target or _ends_film(song, number):
        return target
    return f"segments/{_segment_name(song.sheet.rows[number + 1])}/keyframes.json"


def _opening_image(song: Song) -> str:
    image = song.sheet.rows[0].image
    return _image(image) if image else OPENING_IMAGE


def _image(source: Path) -> str:
    return f"images/{_image_name(source)}.png"


def _image_name(source: Path) -> str:
    """A name that a wildcard can carry, the same for the same path, different for another."""
    stem = re.sub(r"[^\w-]+", "_", source.stem)[:40]
    return f"{stem}-{hashlib.sha256(source.as_posix().encode()).hexdigest()[:8]}"


def _film(song: Song, audio_digest: str | None) -> FilmPlan:
    return FilmPlan(
        audio_digest=audio_digest,
        frame_counts=tuple(span.frames for span in song.frame_spans),
        fps=song.fps,
        frame_count=frame_count(song.duration, song.fps),
        crf=song.settings["video"]["crf"],
        preset=song.settings["video"]["preset"],
        title=_title(song),
        provenance={
            "program": f"Songreel {__version__}",
            "sheet": song.sheet.file,
            "model": song.settings["model"]["name"],
            "seed": str(song.render["seed"]),
        },
    )


def _title(song: Song) -> str:
    return song.sheet.title or song.name


def _timeline(song: Song) -> tuple[TimelineRow, ...]:
    sheet, spans = song.sheet, song.frame_spans
    shown: list[tuple[SheetRow | EndRow, int, int, str]] = [
        (row, span.first, len(span.keyframes), row.prompt)
        for row, span in zip(sheet.rows, spans, strict=True)
    ]
    if sheet.end:
        shown.append((sheet.end, spans[-1].next_keyframe, 1, ""))
    return tuple(
        TimelineRow(
            row=number,
            cell=sheet.cell(row.line, "Time"),
            time=format_time(row.time_ms),
            first_frame=frame,
            shown=f"{float(frame / song.fps):.3f}",
            keyframes=keyframes,
            prompt=prompt,
        )
        for number, (row, frame, keyframes, prompt) in enumerate(shown, start=1)
    )


def _storyboard(song: Song) -> StoryboardPlan:
    rows = song.sheet.rows
    duration = format_time(int(song.duration * 1000))
    return StoryboardPlan(
        title=_title(song),
        subtitle=f"{len(rows)} rows, {duration}, painted by {song.settings['model']['name']}",
        captions=tuple(
            Caption(
                time=format_time(row.time_ms),
                prompt=row.prompt,
                style=row.style,
                note=f"image: {row.image.name}" if row.image else "",
            )
            for row in rows
        ),
    )

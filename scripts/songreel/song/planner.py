"""Plans a song: from its sheet and settings to what each of its jobs does."""

import hashlib
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

from songreel.models.upscaler_file import weight_count
from songreel.plan.camera import Camera
from songreel.plan.plan import (
    CLIP_VERSION,
    FILM_VERSION,
    RENDER_VERSION,
    STORYBOARD_VERSION,
    UPSCALING_VERSION,
    Caption,
    ClipPlan,
    FilmPlan,
    KeyframeSettings,
    ModelPixels,
    OpeningSettings,
    PromptChange,
    SegmentImages,
    SegmentPlan,
    SongPlan,
    SourceImage,
    StoryboardPlan,
    TimelineRow,
    UpscalingPlan,
)
from songreel.plan.timecode import format_time
from songreel.plan.timeline import frame_count
from songreel.song.cells import CUT, NO_PULL
from songreel.song.provenance import provenance
from songreel.song.song import Song
from songreel.song.song_sheet import EndRow, SheetRow
from songreel.storage.digests import DigestMemo

MORPH_KEYFRAMES, MORPH_SECONDS = 8, 3
"""How many keyframes, and seconds at most, the prompt takes to change from one row's to another."""

SHARE_BEFORE = Fraction(5, 8)
"""Share of that change which lies before the row's time: its prompt is seen when it is sung."""


def plan_song(song: Song, memo: DigestMemo) -> SongPlan:
    """Plan a song.

    Args:
        song: as read.
        memo: of digests, by which images and audio are read only once.
    """
    sheet, audio, film = song.sheet, song.settings["audio"], _film(song, memo)
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
        openings={
            _segment_name(row): _opening(song, number)
            for number, row in enumerate(sheet.rows)
            if not row.image and _starts_chain(song, number)
        },
        segments=tuple(_segment(song, number) for number in range(len(sheet.rows))),
        film=film,
        timeline=_timeline(song),
        storyboard=_storyboard(song),
        animations=tuple(song.settings["video"]["also"]),
        upscaler=song.settings["video"]["upscaler"],
        upscaling=_upscaling(song, film),
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
            shadow_image=_shadow_image(song, number),
            target_image=_target_image(song, number),
            reference_image=_reference_image(song, number),
        ),
        clip=_clip(song, number),
        following=_following(song, number),
    )


def _shadow_image(song: Song, number: int) -> str:
    image = song.sheet.rows[number].shadow_image
    return _image(image) if image else _init_image(song, 0)


def _reference_image(song: Song, number: int) -> str | None:
    match song.render["color_match"]:
        case "shadow":
            return _shadow_image(song, number)
        case "opening":
            return _init_image(song, 0)
    return None


def _keyframe_settings(song: Song, number: int) -> KeyframeSettings:
    row, span = song.sheet.rows[number], song.time_spans[number]
    render = song.row_settings(number, "render")
    starts_chain = _starts_chain(song, number)
    target = _target_image(song, number)
    return KeyframeSettings(
        **_shared_settings(song, number),
        starts_chain=starts_chain,
        previous_time=None if starts_chain else song.time_spans[number - 1].keyframes[-1],
        keyframe_times=span.keyframes,
        end_time=span.end if _ends_film(song, number) and not _end_image(song) else None,
        change_before=None if starts_chain else _prompt_change(song, number, number - 1),
        change_after=_change_after(song, number),
        camera=_camera(song, number),
        previous_camera=None if starts_chain else _camera(song, number - 1),
        shadow_share=float(render["shadow"]),
        color_match=render["color_match"],
        noise=float(render["noise"]),
        sharpen=float(render["sharpen"]),
        target_curve=_pull(song, number) if target else None,
        target_recipe=song.render["target"]["recipe"],
        leaves_target=row.image is not None,
        strength=float(render["strength"]),
    )


def _starts_chain(song: Song, number: int) -> bool:
    return number == 0 or bool(song.sheet.rows[number].image) or _is_cut(song, number)


def _is_cut(song: Song, number: int) -> bool:
    """Whether a row begins with a cut; the first one does not, as nothing is before it."""
    return 0 < number < len(song.sheet.rows) and _transition(song, number) == CUT


def _transition(song: Song, number: int) -> str | Fraction:
    transition = song.sheet.rows[number].transition
    return song.render["transition"] if transition is None else transition


def _change_after(song: Song, number: int) -> PromptChange | None:
    if _ends_film(song, number) or _starts_chain(song, number + 1):
        return None
    return _prompt_change(song, number, number + 1)


def _prompt_change(song: Song, number: int, other: int) -> PromptChange | None:
    """One row's side of the change of the prompt between it and its neighbour."""
    transition = _transition(song, max(number, other))
    if transition == "switch":
        return None
    span, row = song.time_spans[number], song.sheet.rows[other]
    spacing = span.duration / span.keyframe_count
    share = SHARE_BEFORE if other > number else 1 - SHARE_BEFORE
    if isinstance(transition, Fraction):
        whole = transition / spacing
    else:
        whole = min(MORPH_KEYFRAMES, MORPH_SECONDS / spacing)
    keyframes = min(share * whole, Fraction(span.keyframe_count, 2))
    has_keyframes = keyframes > 1 if other > number else keyframes > 0
    if span.keyframe_count == 1 or not has_keyframes:
        return None
    return PromptChange(_prompt(row), row.negative_prompt, keyframes)


def _opening(song: Song, number: int) -> OpeningSettings:
    return OpeningSettings(time=song.time_spans[number].start, **_shared_settings(song, number))


def _shared_settings(song: Song, number: int) -> dict[str, Any]:
    """What an opening and keyframes are both painted with."""
    row, model = song.sheet.rows[number], song.model
    render = song.row_settings(number, "render")
    return {
        "version": RENDER_VERSION,
        "model": ModelPixels(song.weights, model.scheduler, model.dtype, model.threads),
        "prompt": _prompt(row),
        "negative_prompt": row.negative_prompt,
        "guidance_scale": float(render["guidance_scale"]),
        **{key: render[key] for key in ("seed", "width", "height", "steps")},
    }


def _prompt(row: SheetRow) -> str:
    return f"{row.prompt}, {row.style}" if row.style else row.prompt


def _clip(song: Song, number: int) -> ClipPlan:
    frames = song.frame_spans[number]
    is_held = _is_cut(song, number + 1)
    shown = frames.keyframes if is_held else (*frames.keyframes, frames.next_keyframe)
    return ClipPlan(
        method=song.row_settings(number, "interpolation")["method"],
        keyframe_frames=tuple(frame - frames.first for frame in shown),
        keyframe_times=song.time_spans[number].keyframes
        if is_held
        else (*song.time_spans[number].keyframes, song.time_spans[number].end),
        include_last=is_held or _ends_film(song, number),
        held_frames=frames.next_keyframe - shown[-1] - 1 if is_held else 0,
        frame_count=frames.frames,
        camera=_camera(song, number),
        fps=song.fps,
        width=song.render["width"],
        height=song.render["height"],
        version=CLIP_VERSION,
    )


def _ends_film(song: Song, number: int) -> bool:
    return number == len(song.sheet.rows) - 1


def _camera(song: Song, number: int) -> Camera:
    span, zoom = song.time_spans[number], song.sheet.rows[number].zoom
    render = song.row_settings(number, "render")
    return Camera(
        start=span.start,
        end=span.end,
        zoom=float(render["zoom"] * zoom if isinstance(zoom, bool) else zoom),
        **{key: float(render[key]) for key in ("pan_x", "pan_y", "rotate")},
        ease=render["ease"],
    )


def _segment_name(row: SheetRow) -> str:
    return f"{row.time_ms:08d}"


def _init_image(song: Song, number: int) -> str:
    """What a segment is rendered from: its image, or the last keyframe before it."""
    row = song.sheet.rows[number]
    if row.image:
        return _image(row.image)
    if _starts_chain(song, number):
        return _opening_image(row)
    return f"segments/{_segment_name(song.sheet.rows[number - 1])}/last.png"


def _target_image(song: Song, number: int) -> str | None:
    """The image that a row leads to: the next row's, or the end row's."""
    if _is_cut(song, number + 1) or _pull(song, number) == NO_PULL:
        return None
    return _next_image(song, number)


def _next_image(song: Song, number: int) -> str | None:
    following = [*song.sheet.rows[number + 1 :], song.sheet.end][0]
    return _image(following.image) if following and following.image else None


def _pull(song: Song, number: int) -> str:
    """How the image after a row is come to."""
    following = [*song.sheet.rows[number + 1 :], song.sheet.end][0]
    pull = following and following.pull
    return pull or song.render["target"]["curve"]


def _end_image(song: Song) -> str | None:
    return _next_image(song, len(song.sheet.rows) - 1)


def _following(song: Song, number: int) -> str | None:
    image = None if _is_cut(song, number + 1) else _next_image(song, number)
    if image or _ends_film(song, number) or _is_cut(song, number + 1):
        return image
    return f"segments/{_segment_name(song.sheet.rows[number + 1])}/keyframes.json"


def _opening_image(row: SheetRow) -> str:
    return f"openings/{_segment_name(row)}.png"


def _image(source: Path) -> str:
    return f"images/{_image_name(source)}.png"


def _image_name(source: Path) -> str:
    """A name that a wildcard can carry, the same for the same path, different for another."""
    stem = re.sub(r"[^\w-]+", "_", source.stem)[:40]
    return f"{stem}-{hashlib.sha256(source.as_posix().encode()).hexdigest()[:8]}"


def _film(song: Song, memo: DigestMemo) -> FilmPlan:
    audio = song.settings["audio"]
    return FilmPlan(
        audio_digest=memo.file_digest(Path(audio)) if audio else None,
        audio=song.audio.stream if song.audio else None,
        frame_counts=tuple(span.frames for span in song.frame_spans),
        fps=song.fps,
        frame_count=frame_count(song.duration, song.fps),
        crf=song.settings["video"]["crf"],
        preset=song.settings["video"]["preset"],
        title=_title(song),
        provenance=provenance(song, memo),
        **_film_size(song),
        fit=song.settings["video"]["fit"],
        poster=_poster(song),
        version=FILM_VERSION,
    )


def _film_size(song: Song) -> dict[str, int]:
    """The film's size: as configured; a side that is left out follows from the pictures' shape."""
    width, height = (song.settings["video"][side] for side in ("width", "height"))
    shape = Fraction(song.render["width"], song.render["height"])
    if width is None and height is None:
        return {"width": song.render["width"], "height": song.render["height"]}
    width = width or 2 * round(height * shape / 2)
    return {"width": width, "height": height or 2 * round(width / shape / 2)}


def _upscaling(song: Song, film: FilmPlan) -> UpscalingPlan | None:
    if song.upscaler is None:
        return None
    width, height = film.fitted_size(song.render["width"], song.render["height"])
    return UpscalingPlan(
        weights=song.upscaler,
        weight_count=weight_count(Path(song.settings["video"]["upscaler"])),
        width=width,
        height=height,
        version=UPSCALING_VERSION,
    )


def _poster(song: Song) -> int:
    """The middle of the row that is shown longest, when the picture has come to what it says."""
    longest = max(song.frame_spans, key=lambda span: span.frames)
    return longest.first + longest.frames // 2


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
        version=STORYBOARD_VERSION,
    )

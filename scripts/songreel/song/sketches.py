"""Sketches of a song, to look at before it is rendered: a draft, and a preview of its rows.

Both have the song's rows at their times. They are painted with fewer steps, on fewer pixels as far
as the model still paints well, and with fewer keyframes.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from songreel.errors import SongreelError
from songreel.models.sampling import check_steps
from songreel.models.source import STORYBOOK, ModelSource, resolve_model
from songreel.plan.plan import SegmentPlan, SongPlan
from songreel.plan.timeline import TimeSpan, frame_spans
from songreel.song.planner import plan_song
from songreel.song.provenance import provenance
from songreel.song.song import Song
from songreel.song.song_sheet import SheetRow
from songreel.storage.digests import DigestMemo

SPACING = 3
"""Keyframes of the song for one of the draft."""

STEPS = Fraction(2, 5)
"""Share of the song's steps; fewer leave dirt where a picture changes much."""

FEWEST_STEPS = 4
"""Steps that are not made fewer: Turbo and LCM models are made for so few."""

SIDE = Fraction(3, 4)
"""Share of the side that a model was made for, at which it still paints whole things."""

IN_BETWEENS = "crossfade"
"""How a draft's frames between keyframes are made: the cheapest method."""

STRONGEST = 0.9
"""Strength of a preview's keyframes at most: something of the row before is always left."""


def plan_draft(song: Song, memo: DigestMemo) -> SongPlan:
    """Plan the draft of a song: all rows, a third of the keyframes.

    Args:
        song: as read.
        memo: of digests, by which images and audio are read only once.
    """
    spans = tuple(
        replace(span, keyframe_count=_draft_count(span.keyframe_count)) for span in song.time_spans
    )
    plan = _plan(song, spans, memo, "draft")
    segments = tuple(
        replace(row, clip=replace(row.clip, method=IN_BETWEENS)) for row in plan.segments
    )
    return replace(plan, segments=segments)


def plan_preview(song: Song, memo: DigestMemo) -> SongPlan:
    """Plan the preview of a song: one painted keyframe for each row.

    Each is painted as strongly as half of the row's own keyframes are together: it looks like the
    row's middle. A row that begins with an image shows what its prompt makes of it, where it comes
    to that.

    Args:
        song: as read.
        memo: of digests, by which images and audio are read only once.
    """
    spans = tuple(
        replace(span, keyframe_count=min(span.keyframe_count, 2) if row.image else 1)
        for row, span in zip(song.sheet.rows, song.time_spans, strict=True)
    )
    plan = _plan(song, spans, memo, "preview")
    segments = tuple(map(_stronger, plan.segments, song.time_spans))
    return replace(plan, segments=segments)


def _draft_count(count: int) -> int:
    return max(min(2, count), round(Fraction(count, SPACING)))


def _stronger(segment: SegmentPlan, span: TimeSpan) -> SegmentPlan:
    """As strong as half of the keyframes that the row has in the song."""
    strength = segment.settings.strength
    together = min(STRONGEST, 1 - (1 - strength) ** (span.keyframe_count / 2))
    settings = replace(segment.settings, strength=max(strength, together))
    return replace(segment, settings=settings)


def _plan(song: Song, spans: tuple[TimeSpan, ...], memo: DigestMemo, kind: str) -> SongPlan:
    source = resolve_model(song.model)
    width, height = draft_size(source, song.render["width"], song.render["height"])
    steps = _fewer_steps(source, song.render)
    rows = tuple(_cheaper_row(source, song, number) for number in range(len(song.sheet.rows)))
    video = {**song.settings["video"], "upscaler": None}
    sketch = replace(
        song,
        settings={**song.settings, "video": video},
        upscaler=None,
        render={**song.render, "width": width, "height": height, "steps": steps},
        sheet=replace(song.sheet, rows=rows),
        time_spans=spans,
        frame_spans=frame_spans(spans, song.duration, song.fps),
    )
    plan = plan_song(sketch, memo)
    film = replace(
        plan.film,
        title=f"{plan.film.title} ({kind})",
        preset="ultrafast",
        width=width,
        height=height,
        provenance=provenance(replace(sketch, sheet=song.sheet), memo),
    )
    storyboard = replace(plan.storyboard, title=f"{plan.storyboard.title} ({kind.upper()})")
    return replace(
        plan, song=f"{song.name}/{kind}", film=film, storyboard=storyboard, animations=()
    )


def _cheaper_row(source: ModelSource, song: Song, number: int) -> SheetRow:
    """A row; where it has steps or a strength of its own, with steps of its own."""
    row = song.sheet.rows[number]
    own = row.settings.get("render", {})
    if not {"steps", "strength"} & own.keys():
        return row
    steps = _fewer_steps(source, song.row_settings(number, "render"))
    return replace(row, settings={**row.settings, "render": {**own, "steps": steps}})


def _fewer_steps(source: ModelSource, render: Mapping[str, Any]) -> int:
    """The steps of a sketch, as far as the model takes them."""
    steps = max(min(FEWEST_STEPS, render["steps"]), round(STEPS * render["steps"]))
    try:
        check_steps(source, steps, render["strength"])
    except SongreelError:  # with so few steps none would be made at this strength
        return render["steps"]
    return steps


def draft_size(source: ModelSource, width: int, height: int) -> tuple[int, int]:
    """The size of a draft: the smallest that the model paints well, or the song's if that is less.

    Args:
        source: the model.
        width: of the song's pictures, in pixels.
        height: of the song's pictures, in pixels.

    Returns:
        width and height, as multiples of what the model needs, even.
    """
    smallest = source.native_side * (1 if source.name == STORYBOOK else SIDE)
    scale = min(Fraction(1), smallest / min(width, height))
    multiple = 8
    if source.folder is not None:
        multiple = source.family.model_latent_reduction(source.folder)
    multiple = multiple if multiple % 2 == 0 else 2 * multiple

    def scaled(side: int) -> int:
        return max(multiple, round(side * scale / multiple) * multiple)

    return scaled(width), scaled(height)

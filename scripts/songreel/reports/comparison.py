"""The comparison: which rows of a song differ between two renders, and how, on one page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from songreel.errors import SongreelError
from songreel.plan.conversion import to_builtins
from songreel.plan.plan import KeyframeSettings, SegmentPlan, SongPlan
from songreel.plan.plan_file import PLAN_FILE, read_plan
from songreel.reports import pages
from songreel.storage.cache import KeyframeCache
from songreel.storage.segments import MANIFEST, read_keyframes, read_manifest

COMPARED = 64
"""Pixels a side at which two pictures are compared; renders may differ in size."""

TIMES = ("previous_time", "keyframe_times", "end_time")
"""Settings that only say when."""

WORDS = {
    "negative_prompt": "negative prompt",
    "shadow_share": "share of the shadow",
    "target_curve": "pull of the target",
    "target_recipe": "way to the target",
    "leaves_target": "begins with an image of the sheet",
    "starts_chain": "begins a chain",
    "change_before": "change from the prompt before",
    "change_after": "change to the prompt after",
}


@dataclass(frozen=True)
class Render:
    """A finished render of a song.

    Attributes:
        folder: of the song's results.
        plan: that it was rendered by.
    """

    folder: Path
    plan: SongPlan

    def manifest(self, segment: SegmentPlan) -> Path:
        """The manifest of a segment."""
        return self.folder / "segments" / segment.name / MANIFEST


@dataclass(frozen=True)
class RowComparison:
    """A row in two renders.

    Attributes:
        before, after: its number in either, from 1; None where it is not there.
        time: when it starts, as text.
        prompt: of the later render that has it.
        changes: what its settings differ in, one line each.
        difference: of its keyframes, mean and absolute, in percent; 0 where all are the same
            files, None where one render does not have the row.
    """

    before: int | None
    after: int | None
    time: str
    prompt: str
    changes: tuple[str, ...]
    difference: float | None

    @property
    def is_same(self) -> bool:
        """Whether nothing of it has changed."""
        return self.difference == 0 and not self.changes


def open_render(folder: Path) -> Render:
    """Read a finished render.

    Args:
        folder: of the song's results.

    Raises:
        SongreelError: the song was not rendered there, or not to its end.
    """
    if not (folder / PLAN_FILE).exists():
        raise SongreelError(
            f"{folder}: no song was rendered here; for compare_with, name a copy of the folder "
            "'results' as it was before"
        )
    render = Render(folder, read_plan(folder / PLAN_FILE)[0])
    missing = [s.time for s in render.plan.segments if not render.manifest(s).exists()]
    if missing:
        raise SongreelError(
            f"{folder}: the row at {missing[0]} is not rendered; render the song to its end first"
        )
    return render


def compare_renders(before: Render, after: Render, cache: KeyframeCache) -> list[RowComparison]:
    """Compare two renders of a song row by row, in the order of the later one.

    A row is found again by its time, or else by its prompt.

    Args:
        before: the earlier render.
        after: the later one.
        cache: from which keyframes come back that were deleted.

    Raises:
        SongreelError: a keyframe is missing or damaged, and the cache has no copy.
    """
    old, new = before.plan.segments, after.plan.segments
    pairs = _pairs(before.plan, after.plan)
    rows = []
    for a, b in pairs:
        if a is None or b is None:
            shown = new[b] if b is not None else old[a or 0]
            word = "a new row" if a is None else "no longer in the sheet"
            changes, difference = (word,), None
        else:
            shown = new[b]
            changes = tuple(_changes(before.plan, old[a], after.plan, new[b]))
            difference = _difference(before, old[a], after, new[b], cache)
            if difference and not changes:
                changes = (_reason(rows),)
        rows.append(
            RowComparison(
                before=None if a is None else a + 1,
                after=None if b is None else b + 1,
                time=shown.time,
                prompt=shown.prompt,
                changes=changes,
                difference=difference,
            )
        )
    return rows


def write_comparison(before: Render, after: Render, cache: KeyframeCache, path: Path) -> int:
    """Write a page with the rows that differ, a picture of each render beside the other.

    Args:
        before: the earlier render.
        after: the later one.
        cache: from which keyframes come back that were deleted.
        path: the page, ``.html``.

    Returns:
        how many rows differ.
    """
    rows = compare_renders(before, after, cache)
    cards = [
        {
            "row": row,
            "before": _picture(before, row.before, cache),
            "after": _picture(after, row.after, cache),
        }
        for row in rows
        if not row.is_same
    ]
    same = [row.after for row in rows if row.is_same and row.after]
    pages.write_page(
        path,
        "comparison.html.j2",
        title=f"{after.plan.film.title}: two renders",
        before=str(before.folder),
        after=str(after.folder),
        count=len(rows),
        cards=cards,
        same=same,
        program=after.plan.film.provenance["program"],
    )
    return len(cards)


def _pairs(before: SongPlan, after: SongPlan) -> list[tuple[int | None, int | None]]:
    """Indices of the rows that belong together; None for one that is not there."""
    by_time = {segment.name: number for number, segment in enumerate(before.segments)}
    found = {n: by_time[s.name] for n, s in enumerate(after.segments) if s.name in by_time}
    left = [n for n in range(len(before.segments)) if n not in set(found.values())]
    for number, segment in enumerate(after.segments):
        if number not in found:
            alike = [n for n in left if before.segments[n].prompt == segment.prompt]
            if alike:
                found[number] = alike[0]
                left.remove(alike[0])
    pairs: list[tuple[int | None, int | None]] = [
        (found.get(number), number) for number in range(len(after.segments))
    ]
    return pairs + [(number, None) for number in left]


def _changes(
    plan_before: SongPlan, before: SegmentPlan, plan_after: SongPlan, after: SegmentPlan
) -> Iterator[str]:
    if before.name != after.name:
        yield f"time: {before.time} → {after.time}"
    old, new = to_builtins(before.settings), to_builtins(after.settings)
    for field in fields(KeyframeSettings):
        if field.name not in TIMES and old.get(field.name) != new.get(field.name):
            word = WORDS.get(field.name, field.name.replace("_", " "))
            yield f"{word}: {_shown(old.get(field.name))} → {_shown(new.get(field.name))}"
    if len(before.settings.rendered_times) != len(after.settings.rendered_times):
        counts = len(before.settings.rendered_times), len(after.settings.rendered_times)
        yield f"keyframes: {counts[0]} → {counts[1]}"
    images_before = _sources(plan_before, before)
    for part, source in _sources(plan_after, after).items():
        if source != images_before[part]:
            yield f"{part}: {images_before[part][0]} → {source[0]}"


def _sources(plan: SongPlan, segment: SegmentPlan) -> dict[str, tuple[str, str]]:
    """Name and digest of the sheet's images that a row is rendered from."""
    parts = {
        "image": segment.images.init_image,
        "shadow": segment.images.shadow_image,
        "target": segment.images.target_image,
    }
    found = {}
    for part, path in parts.items():
        source = plan.images.get(Path(path).stem) if path else None
        found[part] = (Path(source.path).name, source.digest) if source else ("none", "")
    return found


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):  # the model, or the change to another prompt
        return " ".join(str(part)[:40] for part in value.values() if part not in (None, ""))
    return {None: "none", "": "none"}.get(value, str(value))


def _reason(rows: list[RowComparison]) -> str:
    if rows and not rows[-1].is_same:
        return "follows from the rows before it"
    return "the same settings, on another machine or by other versions"


def _difference(
    before: Render, old: SegmentPlan, after: Render, new: SegmentPlan, cache: KeyframeCache
) -> float:
    manifests = before.manifest(old), after.manifest(new)
    digests = [[k.sha256 for k in read_manifest(manifest).keyframes] for manifest in manifests]
    if digests[0] == digests[1]:
        return 0.0
    first, second = (read_keyframes(manifest, cache) for manifest in manifests)
    count = max(len(first), len(second))
    # Each keyframe of the longer row with the one that is at its place in the shorter.
    differences = [
        np.abs(_small(first[n * len(first) // count]) - _small(second[n * len(second) // count]))
        for n in range(count)
    ]
    return max(0.01, float(np.mean(differences)) / 2.55)


def _small(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        small = image.convert("RGB").resize((COMPARED, COMPARED), Image.Resampling.BOX)
    return np.asarray(small, np.float32)


def _picture(render: Render, number: int | None, cache: KeyframeCache) -> str | None:
    """The picture from the middle of a row, as the storyboard shows it."""
    if number is None:
        return None
    images = read_keyframes(render.manifest(render.plan.segments[number - 1]), cache)
    return pages.thumbnail(images[len(images) // 2])

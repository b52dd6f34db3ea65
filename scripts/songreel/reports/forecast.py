"""The forecast: what a run would paint, said in words before it starts.

It goes down every chain as the run would: what lies finished in the results or in the cache is
followed image by image; where a keyframe is missing, the rest of its chain has to be painted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from songreel.keyframes.renderer import KeyframeRenderer, workload
from songreel.keyframes.segment import (
    Segment,
    is_finished,
    iterate_keyframes,
    segment_folder,
)
from songreel.plan.plan import KeyframeSettings, SegmentPlan
from songreel.plan.timecode import format_time
from songreel.storage.segments import LAST_IMAGE, MANIFEST

RECENT = 50
"""Keyframes of the ledger that tell how long one takes: the machine may have changed before."""


@dataclass(frozen=True)
class Forecast:
    """What a run would do for a song.

    Attributes:
        changed: numbers of the rows that are rendered, but no longer as the sheet says.
        missing: numbers of the rows that are not rendered yet.
        to_paint: keyframes that have to be diffused, the opening among them.
        kept: keyframes that are found again.
    """

    changed: tuple[int, ...]
    missing: tuple[int, ...]
    to_paint: int
    kept: int


def explain(renderer: KeyframeRenderer, ledger: Sequence[Mapping]) -> str:
    """Say in a sentence what a run would paint, and about how long that takes.

    Args:
        renderer: of the song, with the plan as its sheet now says.
        ledger: what was diffused so far.
    """
    expected = forecast(renderer)
    total = expected.to_paint + expected.kept
    rows = [
        f"{list_rows(numbers)} {words}"
        for numbers, words in (
            (expected.changed, "changed"),
            (expected.missing, "not rendered yet"),
        )
        if numbers
    ]
    keyframes = f"{expected.to_paint} of {total} keyframes to paint, {expected.kept} kept"
    duration = _duration(expected.to_paint, renderer.plan.segments[0].settings, ledger)
    return f"{renderer.plan.song}: {', '.join(rows) or 'no row changed'}; {keyframes}{duration}"


def forecast(renderer: KeyframeRenderer) -> Forecast:
    """Find out which keyframes of a song a run would paint; nothing is painted or written.

    Args:
        renderer: of the song, with the plan as its sheet now says.

    Raises:
        SongreelError: an image of the sheet cannot be read.
    """
    changed, missing = [], []
    kept = to_paint = 0
    plan = renderer.plan
    with TemporaryDirectory() as folder:
        images: dict[str, Path | None] = dict(_prepared_images(renderer, Path(folder)))
        for name in plan.openings:
            opening = _find_opening(renderer, name, images)
            images[plan.by_name[name].images.init_image] = opening
            kept += opening is not None
            to_paint += opening is None
        for number, row in enumerate(plan.segments, start=1):
            segment = _segment(renderer, row, images)
            rendered = segment_folder(renderer.folder, row.name)
            diffused = row.settings.diffused_count
            if segment is not None and is_finished(segment, rendered):
                found, last = diffused, rendered / LAST_IMAGE
            else:
                (changed if (rendered / MANIFEST).exists() else missing).append(number)
                found, last = _find_keyframes(renderer, segment) if segment else (0, None)
            kept += found
            to_paint += diffused - found
            images[f"segments/{row.name}/{LAST_IMAGE}"] = last
    return Forecast(tuple(changed), tuple(missing), to_paint, kept)


def _prepared_images(renderer: KeyframeRenderer, folder: Path) -> Iterator[tuple[str, Path]]:
    """The prepared images; those that a run would prepare anew are prepared in ``folder``."""
    from songreel.media.images import is_prepared_from, prepare_image, save_prepared

    width, height = renderer.plan.width, renderer.plan.height
    for name, source in renderer.plan.images.items():
        prepared = renderer.folder / "images" / f"{name}.png"
        if not is_prepared_from(prepared, source.digest, width, height):
            prepared = folder / f"{name}.png"
            save_prepared(prepare_image(Path(source.path), width, height), prepared, source.digest)
        yield f"images/{name}.png", prepared


def _find_opening(
    renderer: KeyframeRenderer, name: str, images: Mapping[str, Path | None]
) -> Path | None:
    """A segment's painted opening: in the cache, or where the segment was rendered from it."""
    plan = renderer.plan.by_name[name]
    stored = renderer.cache.find(renderer.keys.opening_key(renderer.plan.openings[name]))
    if stored:
        return stored
    opening = renderer.folder / plan.images.init_image
    if not opening.exists():
        return None
    segment = _segment(renderer, plan, {**images, plan.images.init_image: opening})
    rendered = segment_folder(renderer.folder, name)
    return opening if segment and is_finished(segment, rendered) else None


def _segment(
    renderer: KeyframeRenderer, plan: SegmentPlan, images: Mapping[str, Path | None]
) -> Segment | None:
    """A segment with its images, or None where one of them is still to be painted."""
    init_image = images[plan.images.init_image]
    shadow_image = images[plan.images.shadow_image]
    target_image = plan.images.target_image and images[plan.images.target_image]
    reference = plan.images.reference_image
    reference_image = images[reference] if reference else None
    if not init_image or not shadow_image or (reference and not reference_image):
        return None
    return Segment(
        plan.name, plan.settings, init_image, shadow_image, target_image or None, reference_image
    )


def _find_keyframes(renderer: KeyframeRenderer, segment: Segment) -> tuple[int, Path | None]:
    """How many of a segment's keyframes the cache has, and the last one if it has all of them."""
    diffused = segment.settings.diffused_count
    keyframes = renderer.cache.find_row(renderer.keys.row_key(segment))
    if keyframes is not None:
        images = renderer.cache.images(keyframes, segment.init_image)
        if images is not None:
            return diffused, images[-1]
    iterated = list(
        iterate_keyframes(
            segment,
            renderer.step_rule,
            renderer.keys.keyframe_key,
            lambda key, _: renderer.cache.find(key),
        )
    )
    found = sum(keyframe.key is not None for keyframe, _ in iterated)
    return found, iterated[-1][1] if found == diffused else None


def list_rows(numbers: Sequence[int]) -> str:
    """Numbers as people write them: ``row 3``, ``rows 1, 4–6``."""
    breaks = [i for i, (a, b) in enumerate(pairwise(numbers), start=1) if b != a + 1]
    runs = [numbers[i:j] for i, j in pairwise([0, *breaks, len(numbers)])]
    listed = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    return f"row{'s' * (len(numbers) > 1)} {listed}"


def _duration(to_paint: int, settings: KeyframeSettings, ledger: Sequence[Mapping]) -> str:
    alike = [entry["seconds"] for entry in ledger if entry["work"] == workload(settings)]
    if not alike or not to_paint:
        return ""
    seconds = max(1, round(median(alike[-RECENT:]) * to_paint))
    return f", about {format_time(1000 * seconds)}"

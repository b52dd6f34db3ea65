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

from songreel.keyframes.keyframe_plan import plan_keyframes
from songreel.keyframes.renderer import KeyframeRenderer, workload
from songreel.keyframes.segment import (
    Segment,
    is_finished,
    iterate_keyframes,
    segment_folder,
)
from songreel.plan.conversion import to_builtins
from songreel.plan.plan import KeyframeSettings, SegmentPlan
from songreel.plan.timecode import format_time
from songreel.storage.digests import digest, file_digest
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


def explain(
    renderer: KeyframeRenderer, ledger: Sequence[Mapping], before: set[str] | None = None
) -> str:
    """Say in a sentence what a run would paint, and about how long that takes.

    Args:
        renderer: of the song, with the plan as its sheet now says.
        ledger: what was diffused so far.
        before: as of :func:`forecast`.
    """
    expected = forecast(renderer, before)
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


def forecast(renderer: KeyframeRenderer, before: set[str] | None = None) -> Forecast:
    """Find out which keyframes of a song a run would paint; nothing is painted or written.

    Args:
        renderer: of the song, with the plan as its sheet now says.
        before: identities of the keyframes that are painted for the run's songs before this one,
            which this one finds in the cache; its own are added. None for none.

    Raises:
        SongreelError: an image of the sheet cannot be read.
    """
    changed, missing = [], []
    painted: list[str] = []
    count = 0
    plan = renderer.plan
    with TemporaryDirectory() as folder:
        images: dict[str, Path | str] = dict(_prepared_images(renderer, Path(folder)))
        for name in plan.openings:
            opening = _find_opening(renderer, name, images)
            images[plan.by_name[name].images.init_image] = opening
            count += 1
            painted += [opening] if isinstance(opening, str) else []
        for number, row in enumerate(plan.segments, start=1):
            segment = _segment(renderer, row, images)
            rendered = segment_folder(renderer.folder, row.name)
            count += row.settings.diffused_count
            last: Path | str = rendered / LAST_IMAGE
            if segment is None or not is_finished(segment, rendered):
                (changed if (rendered / MANIFEST).exists() else missing).append(number)
                found, last = [], images[row.images.init_image]
                if segment is not None:
                    found, last = _find_keyframes(renderer, segment)
                identities = _identities(renderer, row, images, found)
                painted += identities
                last = identities[-1] if identities else last
            images[f"segments/{row.name}/{LAST_IMAGE}"] = last
    before = set() if before is None else before
    to_paint = len(set(painted) - before)
    before |= set(painted)
    return Forecast(tuple(changed), tuple(missing), to_paint, count - to_paint)


def _identities(
    renderer: KeyframeRenderer,
    row: SegmentPlan,
    images: Mapping[str, Path | str],
    found: Sequence[str],
) -> list[str]:
    """What tells the keyframes of a segment that have to be painted from all others.

    Their keys in the cache are known only when the ones before them are painted.

    Args:
        renderer: of the song.
        row: the plan of the segment.
        images: the song's, by their paths in the plan.
        found: the keys of its first keyframes: of those that the cache has.
    """
    settings = row.settings
    used = (row.images.shadow_image, row.images.target_image, row.images.reference_image)
    plans = list(plan_keyframes(settings, renderer.step_rule))
    previous = found[-1] if found else _identity(images[row.images.init_image])
    identities = []
    skipped = len(found) + settings.starts_chain
    for number, plan in enumerate(plans[skipped:], start=skipped):
        previous = digest(
            {
                "previous": previous,
                "model": to_builtins(settings.model),
                "image": [settings.version, settings.seed, settings.width, settings.height],
                "motion": str(settings.motion_to(number)),
                "mix": [settings.shadow_share, settings.noise, settings.sharpen],
                "color_match": settings.color_match,
                "plan": to_builtins(plan),
                "images": [_identity(images[image]) for image in used if image],
            }
        )
        identities.append(previous)
    return identities


def _identity(image: Path | str) -> str:
    return image if isinstance(image, str) else file_digest(image)


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
    renderer: KeyframeRenderer, name: str, images: Mapping[str, Path | str]
) -> Path | str:
    """An opening in the cache, or that its segment was rendered from; else its key."""
    plan = renderer.plan.by_name[name]
    key = renderer.keys.opening_key(renderer.plan.openings[name])
    stored = renderer.cache.find(key)
    if stored:
        return stored
    opening = renderer.folder / plan.images.init_image
    if not opening.exists():
        return key
    segment = _segment(renderer, plan, {**images, plan.images.init_image: opening})
    rendered = segment_folder(renderer.folder, name)
    return opening if segment and is_finished(segment, rendered) else key


def _segment(
    renderer: KeyframeRenderer, plan: SegmentPlan, images: Mapping[str, Path | str]
) -> Segment | None:
    """A segment with its images, or None where one of them is still to be painted."""
    init_image = images[plan.images.init_image]
    shadow_image = images[plan.images.shadow_image]
    target_image = images[plan.images.target_image] if plan.images.target_image else None
    reference = images[plan.images.reference_image] if plan.images.reference_image else None
    if isinstance(init_image, str) or isinstance(shadow_image, str) or isinstance(reference, str):
        return None
    assert not isinstance(target_image, str)  # an image of the sheet
    return Segment(plan.name, plan.settings, init_image, shadow_image, target_image, reference)


def _find_keyframes(renderer: KeyframeRenderer, segment: Segment) -> tuple[list[str], Path]:
    """The keys of a segment's first keyframes that the cache has, and the last image of them."""
    keyframes = renderer.cache.find_row(renderer.keys.row_key(segment))
    if keyframes is not None:
        images = renderer.cache.images(keyframes, segment.init_image)
        if images is not None:
            return [keyframe.key for keyframe in keyframes if keyframe.key], images[-1]
    iterated = list(
        iterate_keyframes(
            segment,
            renderer.step_rule,
            renderer.keys.keyframe_key,
            lambda key, _: renderer.cache.find(key),
        )
    )
    found = [keyframe.key for keyframe, _ in iterated if keyframe.key]
    return found, iterated[-1][1] if iterated else segment.init_image


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

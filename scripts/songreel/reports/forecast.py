"""The forecast: what a run would paint, said in words before it starts.

It goes down every chain as the run would: what lies finished in the results or in the cache is
followed image by image; where a keyframe is missing, the rest of its chain has to be painted.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from songreel.keyframes.chain import CLIP_BYTES, PNG_BYTES
from songreel.keyframes.renderer import LEDGER, KeyframeRenderer, workload
from songreel.keyframes.segment import (
    Segment,
    is_finished,
    iterate_keyframes,
    segment_folder,
)
from songreel.models.environment import device_words
from songreel.plan.plan import KeyframeSettings, SongPlan
from songreel.reports.progress import format_duration, frame_seconds
from songreel.storage import ledger, progress_log
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
        kept_by_row: of those, how many are found in each row, by the segments' names.
    """

    changed: tuple[int, ...]
    missing: tuple[int, ...]
    to_paint: int
    kept: int
    kept_by_row: Mapping[str, int] = field(default_factory=dict, compare=False)


def explain(renderer: KeyframeRenderer, entries: Sequence[Mapping]) -> str:
    """Say in a sentence what a run would paint, with what, on how much disk, and how long.

    Args:
        renderer: of the song, with the plan as its sheet now says.
        entries: of the ledgers: what was diffused so far.
    """
    return _sentence(renderer, forecast(renderer), entries)


def announce_cost(renderer: KeyframeRenderer) -> None:
    """Say in the song's progress log what the run will paint, once in a run.

    Args:
        renderer: of a job that is about to paint.
    """
    folder = renderer.folder
    events = progress_log.read(folder)
    if any(event["event"] == "cost" for event in events):
        return
    # Snakemake has removed the manifests of the rows that it is rendering.
    before = next((e["rendered_before"] for e in events if e["event"] == "run"), ())
    expected = forecast(renderer, before)
    entries = read_ledgers(folder.parent)
    progress_log.record(
        folder,
        "cost",
        text=_sentence(renderer, expected, entries),
        kept=dict(expected.kept_by_row),
        seconds_each=_seconds_each(renderer.plan.segments[0].settings, entries),
    )


def read_ledgers(results: Path) -> list[dict]:
    """Return what was diffused so far for all songs.

    Args:
        results: the folder of all songs' results.
    """
    return [entry for path in results.glob(f"*/{LEDGER}") for entry in ledger.read(path)]


def _sentence(renderer: KeyframeRenderer, expected: Forecast, entries: Sequence[Mapping]) -> str:
    plan = renderer.plan
    rows = [
        f"{list_rows(numbers)} {words}"
        for numbers, words in (
            (expected.changed, "changed"),
            (expected.missing, "not rendered yet"),
        )
        if numbers
    ]
    total = expected.to_paint + expected.kept
    keyframes = f"{expected.to_paint} of {total} keyframes to paint, {expected.kept} kept"
    sentence = f"{plan.song}: {', '.join(rows) or 'no row changed'}; {keyframes}"
    if not expected.to_paint:
        return sentence
    disk = _disk_words(_bytes_of_disk(plan, expected))
    painter = f"{plan.model.name} on {device_words(plan.model.device)}"
    each = _seconds_each(plan.segments[0].settings, entries)
    duration = "time known after the first keyframes"
    if each is not None:
        seconds = expected.to_paint * each + _film_seconds(renderer, expected)
        duration = f"about {format_duration(max(1, seconds))}"
    return f"{sentence}; {painter}; {disk} of disk at most, {duration}"


def forecast(renderer: KeyframeRenderer, rendered_before: Collection[str] = ()) -> Forecast:
    """Find out which keyframes of a song a run would paint; nothing is painted or written.

    Args:
        renderer: of the song, with the plan as its sheet now says.
        rendered_before: names of segments that were rendered when the run began; those that are
            rendered now are counted in any case.

    Raises:
        SongreelError: an image of the sheet cannot be read.
    """
    changed, missing = [], []
    kept_by_row: dict[str, int] = {}
    to_paint = 0
    plan = renderer.plan
    with TemporaryDirectory() as folder:
        images: dict[str, Path | None] = dict(_prepared_images(renderer, Path(folder)))
        if plan.opening:
            opening = _find_opening(renderer, images)
            images[plan.segments[0].images.init_image] = opening
            kept_by_row[progress_log.OPENING] = int(opening is not None)
            to_paint += opening is None
        for number, row in enumerate(plan.segments, start=1):
            segment = _segment(renderer, number - 1, images)
            rendered = segment_folder(renderer.folder, row.name)
            diffused = row.settings.diffused_count
            if segment is not None and is_finished(segment, rendered):
                found, last = diffused, rendered / LAST_IMAGE
            else:
                is_known = row.name in rendered_before or (rendered / MANIFEST).exists()
                (changed if is_known else missing).append(number)
                found, last = _find_keyframes(renderer, segment) if segment else (0, None)
            kept_by_row[row.name] = found
            to_paint += diffused - found
            images[f"segments/{row.name}/{LAST_IMAGE}"] = last
    kept = sum(kept_by_row.values())
    return Forecast(tuple(changed), tuple(missing), to_paint, kept, kept_by_row)


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


def _find_opening(renderer: KeyframeRenderer, images: Mapping[str, Path | None]) -> Path | None:
    """The painted opening: in the cache, or where the first row was rendered from it."""
    plan = renderer.plan
    assert plan.opening
    stored = renderer.cache.find(renderer.keys.opening_key(plan.opening))
    if stored:
        return stored
    name = plan.segments[0].images.init_image
    opening = renderer.folder / name
    if not opening.exists():
        return None
    first = _segment(renderer, 0, {**images, name: opening})
    rendered = segment_folder(renderer.folder, plan.segments[0].name)
    return opening if first and is_finished(first, rendered) else None


def _segment(
    renderer: KeyframeRenderer, number: int, images: Mapping[str, Path | None]
) -> Segment | None:
    """A segment with its images, or None where one of them is still to be painted."""
    plan = renderer.plan.segments[number]
    init_image = images[plan.images.init_image]
    shadow_image = images[plan.images.shadow_image]
    target_image = plan.images.target_image and images[plan.images.target_image]
    if not init_image or not shadow_image:
        return None
    return Segment(plan.name, plan.settings, init_image, shadow_image, target_image or None)


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
            segment, renderer.keys.keyframe_key, lambda key, *_: renderer.cache.find(key)
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


def _seconds_each(settings: KeyframeSettings, entries: Sequence[Mapping]) -> float | None:
    """How long a keyframe takes, from those of the same size, steps and strength."""
    alike = [entry["seconds"] for entry in entries if entry["work"] == workload(settings)]
    return median(alike[-RECENT:]) if alike else None


def _film_seconds(renderer: KeyframeRenderer, expected: Forecast) -> float:
    """How long the clips of the rows take that are rendered, and the film."""
    plan = renderer.plan
    each = frame_seconds(renderer.folder, plan.width * plan.height)
    return _frames(plan, expected) * each["clip"] + plan.film.frame_count * each["film"]


def _bytes_of_disk(plan: SongPlan, expected: Forecast) -> int:
    pixels = plan.width * plan.height
    return pixels * (expected.to_paint * PNG_BYTES + _frames(plan, expected) * CLIP_BYTES)


def _frames(plan: SongPlan, expected: Forecast) -> int:
    """Frames of the clips that are made anew."""
    rows = (plan.segments[number - 1] for number in (*expected.changed, *expected.missing))
    return sum(row.clip.frame_count for row in rows)


def _disk_words(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{max(1, round(size / 1e6))} MB"

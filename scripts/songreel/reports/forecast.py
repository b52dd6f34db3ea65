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
from songreel.keyframes.keyframe_plan import plan_keyframes
from songreel.keyframes.renderer import KeyframeRenderer, workload
from songreel.keyframes.segment import (
    Segment,
    is_finished,
    iterate_keyframes,
    segment_folder,
)
from songreel.models.environment import device_words
from songreel.plan.conversion import to_builtins
from songreel.plan.outdated import outdated_results
from songreel.plan.plan import KeyframeSettings, SegmentPlan, SongPlan
from songreel.reports.progress import format_duration, frame_seconds
from songreel.run import Run
from songreel.storage import ledger, progress_log
from songreel.storage.digests import digest, file_digest
from songreel.storage.ledger import LEDGER
from songreel.storage.progress_log import opening_row
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


def explain(
    renderer: KeyframeRenderer, entries: Sequence[Mapping], before: set[str] | None = None
) -> str:
    """Say in a sentence what a run would paint, with what, on how much disk, and how long.

    Args:
        renderer: of the song, with the plan as its sheet now says.
        entries: of the ledgers: what was diffused so far.
        before: as of :func:`forecast`.
    """
    return sentence(renderer, forecast(renderer, before), entries)


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
    begun = next((e["rendered_before"] for e in events if e["event"] == "run"), ())
    others = _painted_by_others(folder)
    before = set(others)
    expected = forecast(renderer, before, begun, renderer.options.rows)
    entries = read_ledgers(folder.parent)
    progress_log.record(
        folder,
        "cost",
        text=sentence(renderer, expected, entries),
        kept=dict(expected.kept_by_row),
        painted=sorted(before - others),
        seconds_each=seconds_each(renderer.plan.segments[0].settings, entries),
    )


def _painted_by_others(folder: Path) -> set[str]:
    """Identities of the keyframes that this run's other songs have said they paint.

    Args:
        folder: of the song's results.
    """
    run = Run.of_this_job()
    found: set[str] = set()
    for log in folder.parent.glob(f"*/{progress_log.PROGRESS_LOG}") if run else ():
        events = progress_log.read(log.parent)
        is_other = log.parent != folder and events[:1] and events[0]["event"] == "run"
        if is_other and run and events[0].get("run") == run.folder.name:
            costs = [event for event in events if event["event"] == "cost"]
            found.update(*(event["painted"] for event in costs))
    return found


def read_ledgers(results: Path) -> list[dict]:
    """Return what was diffused so far for all songs.

    Args:
        results: the folder of all songs' results.
    """
    return [entry for path in results.glob(f"*/{LEDGER}") for entry in ledger.read(path)]


def sentence(renderer: KeyframeRenderer, expected: Forecast, entries: Sequence[Mapping]) -> str:
    """Say a forecast in a sentence.

    Args:
        renderer: of the song.
        expected: what a run would paint.
        entries: of the ledgers: what was diffused so far.
    """
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
    said = f"{plan.song}: {', '.join(rows) or 'no row changed'}; {keyframes}"
    if not expected.to_paint:
        return said + _film_words(renderer)
    disk = _disk_words(_bytes_of_disk(plan, expected))
    painter = f"{plan.model.name} on {device_words(plan.model.device)}"
    each = seconds_each(plan.segments[0].settings, entries)
    duration = "time known after the first keyframes"
    if each is not None:
        seconds = expected.to_paint * each + _film_seconds(renderer, expected)
        duration = f"about {format_duration(max(1, seconds))}"
    return f"{said}; {painter}; {disk} of disk at most, {duration}"


def forecast(
    renderer: KeyframeRenderer,
    before: set[str] | None = None,
    rendered_before: Collection[str] = (),
    rows: Collection[str] | None = None,
) -> Forecast:
    """Find out which keyframes of a song a run would paint; nothing is painted or written.

    Args:
        renderer: of the song, with the plan as its sheet now says.
        before: identities of the keyframes that are painted for the run's songs before this one,
            which this one finds in the cache; its own are added. None for none.
        rendered_before: names of segments that were rendered when the run began; those that are
            rendered now are counted in any case.
        rows: names of the segments and rows of the openings that are made; others that are not
            there are left out. None for all.

    Raises:
        SongreelError: an image of the sheet cannot be read.
    """
    changed, missing = [], []
    painted: list[str] = []
    count = 0
    kept_by_row: dict[str, int] = {}
    plan = renderer.plan
    with TemporaryDirectory() as folder:
        images: dict[str, Path | str] = dict(_prepared_images(renderer, Path(folder)))
        for name in plan.openings:
            opening = _find_opening(renderer, name, images)
            images[plan.by_name[name].images.init_image] = opening
            is_left_out = rows is not None and opening_row(name) not in rows
            if is_left_out and isinstance(opening, str):
                continue
            count += 1
            kept_by_row[opening_row(name)] = int(isinstance(opening, Path))
            painted += [opening] if isinstance(opening, str) else []
        for number, row in enumerate(plan.segments, start=1):
            segment = _segment(renderer, row, images)
            rendered = segment_folder(renderer.folder, row.name)
            diffused = row.settings.diffused_count
            last: Path | str = rendered / LAST_IMAGE
            identities: list[str] = []
            if segment is None or not is_finished(segment, rendered):
                if rows is not None and row.name not in rows:
                    images[f"segments/{row.name}/{LAST_IMAGE}"] = row.name
                    continue
                is_known = row.name in rendered_before or (rendered / MANIFEST).exists()
                (changed if is_known else missing).append(number)
                found, last = [], images[row.images.init_image]
                if segment is not None:
                    found, last = _find_keyframes(renderer, segment)
                identities = _identities(renderer, row, images, found)
                painted += identities
                last = identities[-1] if identities else last
            count += diffused
            kept_by_row[row.name] = diffused - len(identities)
            images[f"segments/{row.name}/{LAST_IMAGE}"] = last
    before = set() if before is None else before
    to_paint = len(set(painted) - before)
    before |= set(painted)
    kept = count - to_paint
    return Forecast(tuple(changed), tuple(missing), to_paint, kept, kept_by_row)


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


def seconds_each(settings: KeyframeSettings, entries: Sequence[Mapping]) -> float | None:
    """Return how long a keyframe takes, by those of the same size, steps and strength.

    Args:
        settings: of the keyframe.
        entries: of the ledgers: what was diffused so far.

    Returns:
        seconds; None where none was diffused.
    """
    alike = [entry["seconds"] for entry in entries if entry["work"] == workload(settings)]
    return median(alike[-RECENT:]) if alike else None


def _film_words(renderer: KeyframeRenderer) -> str:
    """That the film is made again although nothing is painted, and how long that takes."""
    plan, folder = renderer.plan, renderer.folder
    film = f"{plan.song}.mp4"
    if not (folder / film).exists():
        return ""
    outdated = set(outdated_results(plan, folder, file_digest))
    if not any(name == film or name.endswith(".mkv") for name in outdated):
        return ""
    each = frame_seconds(folder, plan)
    seconds = plan.film.frame_count * each["film"]
    for row in plan.segments:
        clip, upscaled = f"clips/{row.name}.mkv", plan.film_clip(row.name)
        is_missing = not (folder / upscaled).exists()
        seconds += row.clip.frame_count * each["clip"] * (clip in outdated)
        if plan.upscaling and (is_missing or outdated & {clip, upscaled}):
            seconds += row.clip.frame_count * each["upscaled"]
    return f"; the film is made again, about {format_duration(max(1, seconds))}"


def _film_seconds(renderer: KeyframeRenderer, expected: Forecast) -> float:
    """How long the clips of the rows take that are rendered, and the film."""
    plan = renderer.plan
    each = frame_seconds(renderer.folder, plan)
    per_frame = each["clip"] + (each["upscaled"] if plan.upscaling else 0)
    return _frames(plan, expected) * per_frame + plan.film.frame_count * each["film"]


def _bytes_of_disk(plan: SongPlan, expected: Forecast) -> int:
    pixels = plan.width * plan.height
    clips = pixels
    if plan.upscaling:
        clips += plan.upscaling.width * plan.upscaling.height
    frames = _frames(plan, expected)
    return pixels * expected.to_paint * PNG_BYTES + clips * frames * CLIP_BYTES


def _frames(plan: SongPlan, expected: Forecast) -> int:
    """Frames of the clips that are made anew."""
    rows = (plan.segments[number - 1] for number in (*expected.changed, *expected.missing))
    return sum(row.clip.frame_count for row in rows)


def _disk_words(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{max(1, round(size / 1e6))} MB"

"""What a run would paint, said in words before it starts.

It goes down every chain as the run would: what lies finished in the results or in the cache is
followed picture by picture; where a keyframe is missing, the rest of its chain is to be painted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from songreel.keyframes.renderer import Studio
from songreel.keyframes.row import Row, grow, is_done, recipe, segment_folder
from songreel.plan.plan import diffused, workload
from songreel.plan.timecode import format_time
from songreel.storage.segments import MANIFEST
from songreel.storage.source_files import shows

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


def explain(studio: Studio, ledger: Sequence[Mapping]) -> str:
    """A sentence about what a run would paint, and about how long that takes.

    Args:
        studio: the song's, with the plan as its sheet now says; it is not warmed up.
        ledger: what was diffused so far.
    """
    expected = forecast(studio)
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
    duration = _duration(expected.to_paint, studio.plan["segments"][0]["dream"], ledger)
    return f"{studio.plan['song']}: {', '.join(rows) or 'no row changed'}; {keyframes}{duration}"


def forecast(studio: Studio) -> Forecast:
    """Find out which keyframes of a song a run would paint; nothing is written or painted.

    Raises:
        SongreelError: an image of the sheet cannot be read.
    """
    changed, missing = [], []
    kept = to_paint = 0
    with TemporaryDirectory() as folder:
        pictures: dict[str, Path | None] = dict(_images(studio, Path(folder)))
        if studio.plan["opening"]:
            opening = _opening(studio, pictures)
            pictures[studio.plan["segments"][0]["inputs"]["start"]] = opening
            kept += opening is not None
            to_paint += opening is None
        for number, segment in enumerate(studio.plan["segments"], start=1):
            row = _row(segment, pictures)
            place = segment_folder(studio, segment)
            if row is not None and is_done(studio, row):
                found, last = diffused(segment), place / "last.png"
            else:
                (changed if (place / MANIFEST).exists() else missing).append(number)
                found, last = _found(studio, row) if row else (0, None)
            kept += found
            to_paint += diffused(segment) - found
            pictures[f"segments/{segment['start']}/last.png"] = last
    return Forecast(tuple(changed), tuple(missing), to_paint, kept)


def _images(studio: Studio, folder: Path) -> Iterator[tuple[str, Path]]:
    """The prepared images; those that a run would prepare anew are prepared in ``folder``."""
    from songreel.media.images import prepare_image, save_png

    size = studio.plan["width"], studio.plan["height"]
    for name, image in studio.plan["images"].items():
        prepared = studio.folder / "images" / f"{name}.png"
        if not shows(prepared, image["state"], size):
            prepared = folder / f"{name}.png"
            save_png(prepare_image(Path(image["path"]), *size), prepared)
        yield f"images/{name}.png", prepared


def _opening(studio: Studio, images: Mapping[str, Path]) -> Path | None:
    """The painted opening: in the cache, or where the first row has grown from it."""
    stored = studio.cache.find(studio.opening_key())
    if stored:
        return stored
    first = studio.plan["segments"][0]
    opening = studio.folder / first["inputs"]["start"]
    row = _row(first, {**images, first["inputs"]["start"]: opening})
    return opening if opening.exists() and is_done(studio, row) else None


def _row(segment: Mapping, pictures: Mapping[str, Path | None]) -> Row | None:
    """A segment with its pictures, or None where one of them is still to be painted."""
    start, shadow, target = (
        path and pictures[path]
        for path in (segment["inputs"][part] for part in ("start", "shadow", "target"))
    )
    return Row(segment, start, shadow, target) if start and shadow else None


def _found(studio: Studio, row: Row) -> tuple[int, Path | None]:
    """How many of a row's keyframes the cache has, and the last one if it has all of them."""
    keyframes = studio.cache.find_row(recipe(studio, row))
    if keyframes is not None:
        pictures = studio.cache.pictures(keyframes, row.start)
        if None not in pictures:
            return diffused(row.segment), pictures[-1]
    grown = list(grow(studio, row, lambda key, *_: studio.cache.find(key)))
    found = sum(entry["key"] is not None for entry, _ in grown)
    complete = found == diffused(row.segment)
    return found, grown[-1][1] if complete else None


def list_rows(numbers: Sequence[int]) -> str:
    """Numbers as people write them: ``row 3``, ``rows 1, 4–6``."""
    breaks = [i for i, (a, b) in enumerate(pairwise(numbers), start=1) if b != a + 1]
    runs = [numbers[i:j] for i, j in pairwise([0, *breaks, len(numbers)])]
    listed = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    return f"row{'s' * (len(numbers) > 1)} {listed}"


def _duration(to_paint: int, dream: Mapping, ledger: Sequence[Mapping]) -> str:
    alike = [entry["seconds"] for entry in ledger if entry["work"] == workload(dream)]
    if not alike or not to_paint:
        return ""
    seconds = max(1, round(median(alike[-RECENT:]) * to_paint))
    return f", about {format_time(1000 * seconds)}"

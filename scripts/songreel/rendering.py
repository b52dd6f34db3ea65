"""Render a row's keyframes, and go on down its chain while the model is warm.

Where a run has one card for all its songs, no other job could paint meanwhile: then the song's
other chains follow too.

What is in the cache is linked; what is not is diffused and stored at once, so a killed render
loses at most the keyframe it was painting.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from songreel.atomic import replacing
from songreel.errors import SongreelError
from songreel.frozen import chain, chains, diffused, moments
from songreel.identity import digest, file_digest
from songreel.segments import MANIFEST, read_manifest, write_segment
from songreel.sources import shows
from songreel.studio import Studio
from songreel.timeline import format_time


@dataclass(frozen=True)
class Row:
    """A segment of the plan with the pictures it is painted from.

    Attributes:
        segment: of the plan.
        start: the picture it grows from.
        shadow: the picture that shimmers through.
        target: the picture it is drawn to, or None.
    """

    segment: Mapping
    start: Path
    shadow: Path
    target: Path | None

    def ingredients(self) -> str:
        """The hash of all that decides the row's pixels on a given machine."""
        return digest(
            {
                "dream": self.segment["dream"],
                "start": file_digest(self.start),
                "shadow": file_digest(self.shadow),
                "target": self.target and file_digest(self.target),
            }
        )


def render_opening(studio: Studio, output: Path) -> None:
    """Paint the picture that opens a song without an opening image.

    When nobody else waits to paint the song's chains, their keyframes follow at once.
    """
    opening, segments = studio.plan["opening"], studio.plan["segments"]
    studio.cache.sweep()
    studio.say(f"{studio.plan['song']}: the opening: {opening['prompt']}")
    picture = studio.obtain(studio.opening_key(), opening, Fraction(0), segments[0]["start"])
    with replacing(output) as temporary:
        shutil.copyfile(picture, temporary)
    if studio.has_only_card or len(chains(studio.plan)) == 1:
        _render_ahead(studio, segments, output)


def render_segment(studio: Studio, start: str) -> None:
    """Render the segment named ``start``; then its chain's next ones, into the cache.

    Raises:
        SongreelError: a keyframe stayed black or blank; it names the row.
    """
    studio.cache.sweep()
    segment, *following = chain(studio.plan, start)
    row = row_of(studio, segment, studio.folder / segment["inputs"]["start"])
    keyframes, pictures = _render_row(studio, row)
    write_segment(segment_folder(studio, segment), row.ingredients(), keyframes, pictures)
    if studio.has_only_card:
        others = (each for each in chains(studio.plan) if segment not in each)
        following = [*following, *itertools.chain(*others)]
    _render_ahead(studio, following, pictures[-1])


def row_of(studio: Studio, segment: Mapping, start: Path) -> Row:
    """A segment with its pictures, among the song's results."""
    target = segment["inputs"]["target"]
    return Row(
        segment,
        start,
        studio.folder / segment["inputs"]["shadow"],
        studio.folder / target if target else None,
    )


def segment_folder(studio: Studio, segment: Mapping) -> Path:
    """Where a segment's keyframes lie, among the song's results."""
    return studio.folder / "segments" / segment["start"]


def is_done(studio: Studio, row: Row) -> bool:
    """Whether the results hold the row, made of just these settings and pictures."""
    place = segment_folder(studio, row.segment)
    return (
        (place / MANIFEST).exists()
        and (place / "last.png").exists()
        and read_manifest(place / MANIFEST)["ingredients"] == row.ingredients()
    )


def recipe(studio: Studio, row: Row) -> str:
    """The hash under which a row is found in the cache when it was finished before."""
    return digest({"row": row.ingredients(), **studio.circumstances()})


def grow(
    studio: Studio, row: Row, obtain: Callable[..., Path | None]
) -> Iterator[tuple[dict, Path]]:
    """Let a row's keyframes grow one from the other.

    Args:
        studio: the song's.
        row: what grows.
        obtain: a keyframe's picture by its key, its time in seconds and its mixed input; where it
            has none, the row ends.

    Yields:
        a keyframe's entry in the manifest, and where its picture is.
    """
    from songreel.dream import mix_input, target_share, zoom_factor
    from songreel.images import load_png

    dream = row.segment["dream"]
    previous, shadow = load_png(row.start), load_png(row.shadow)
    target = load_png(row.target) if row.target else None
    since = Fraction(dream["since"]) if dream["since"] else None
    for number, moment in enumerate(moments(dream)):
        key, picture = None, row.start
        if number > 0 or not dream["opens"]:
            share = target_share(number, len(dream["times"]), dream["pull"]) if row.target else 0
            factor = zoom_factor(dream["zoom"], moment - since)
            mixed = mix_input(previous, factor, shadow, dream["shadow"], target, share)
            key = studio.keyframe_key(dream, moment, mixed)
            picture = obtain(key, moment, mixed)
            if picture is None:
                return
            previous = load_png(picture)
        since = moment
        entry = {"file": f"{number:04d}.png", "time": str(moment)}
        yield {**entry, "sha256": file_digest(picture), "key": key}, picture


def _render_row(studio: Studio, row: Row) -> tuple[list[dict], list[Path]]:
    """Find or paint a row's keyframes.

    Returns:
        the entries of its manifest, and where the pictures are.
    """
    name = recipe(studio, row)
    keyframes = studio.cache.find_row(name)
    if keyframes is not None:
        pictures = studio.cache.pictures(keyframes, row.start)
        if None not in pictures:
            return keyframes, pictures
    keyframes, pictures = map(list, zip(*_paint_row(studio, row), strict=True))
    studio.cache.store_row(name, keyframes)
    if studio.is_warm:
        studio.clips.follow(row.segment["start"], name)
    return keyframes, pictures


def _paint_row(studio: Studio, row: Row) -> Iterator[tuple[dict, Path]]:
    dream, start = row.segment["dream"], row.segment["start"]
    count = diffused(row.segment)
    told = False

    def obtain(key, moment, mixed):
        nonlocal told
        if not told and not studio.cache.find(key):
            _check_space(studio, row.segment)
            _tell_cut_words(studio, row.segment)
            told = True
        return studio.obtain(key, dream, moment, start, mixed)

    painted = 0
    for entry, picture in grow(studio, row, obtain):
        painted += entry["key"] is not None
        if told:
            _tell_progress(studio, row.segment, painted, count)
        yield entry, picture


def _render_ahead(studio: Studio, segments: list[dict], last: Path) -> None:
    """Fill the cache while the model is warm.

    Stops without a word where a row would fail: its own job will say why.

    Args:
        studio: the song's.
        segments: one after the other, unless they begin a chain.
        last: the picture that the first of them goes on from.
    """
    if not studio.is_warm:
        return
    for segment in segments:
        opens = segment["dream"]["opens"]
        start = studio.folder / segment["inputs"]["start"] if opens else last
        row = row_of(studio, segment, start)
        if not all(_is_ready(studio, each) for each in (start, row.shadow, row.target) if each):
            return
        if is_done(studio, row):
            last = segment_folder(studio, segment) / "last.png"
            continue
        try:
            _, pictures = _render_row(studio, row)
        except SongreelError:
            return
        last = pictures[-1]


def _is_ready(studio: Studio, picture: Path) -> bool:
    """Whether a picture is there; an image of the sheet as the plan knows it, not an older one."""
    if picture.parent != studio.folder / "images":
        return picture.exists()
    size = studio.plan["width"], studio.plan["height"]
    return shows(picture, studio.plan["images"][picture.stem]["state"], size)


def _check_space(studio: Studio, segment: Mapping) -> None:
    frames = sum(each["clip"]["count"] for each in chain(studio.plan, segment["start"]))
    studio.check_space(_left(studio, segment) + diffused(segment), frames)


def _tell_cut_words(studio: Studio, segment: Mapping) -> None:
    cut = studio.painter.cut_words(segment["dream"]["prompt"])
    if cut:
        studio.say(
            f"{studio.plan['song']}, {studio.row_name(segment['start'])}: the prompt is too long "
            f"for the model, which does not read: {cut}"
        )


def _tell_progress(studio: Studio, segment: Mapping, painted: int, count: int) -> None:
    each = sum(studio.seconds) / len(studio.seconds) if studio.seconds else 0
    left = format_time(round((_left(studio, segment) + count - painted) * each) * 1000)
    studio.say(
        f"{studio.plan['song']} {segment['time']}: keyframe {painted} of {count}, "
        f"{each:.2f} s each, {left} left in this chain"
    )


def _left(studio: Studio, segment: Mapping) -> int:
    """Keyframes of a segment's chain after it."""
    return sum(diffused(later) for later in chain(studio.plan, segment["start"])[1:])

"""Render a row's keyframes, and go on down its chain while the model is warm.

Where a run has one card for all its songs, no other job could paint meanwhile: then the song's
other chains follow too.

What is in the cache is linked; what is not is diffused and stored at once, so a killed render
loses at most the keyframe it was painting.
"""

import itertools
import shutil
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from songreel.errors import SongreelError
from songreel.keyframes.renderer import Studio
from songreel.keyframes.row import Row, grow, is_done, recipe, row_of, segment_folder
from songreel.plan.plan import chain, chains, diffused
from songreel.plan.timecode import format_time
from songreel.storage.atomic import replacing
from songreel.storage.segments import write_segment
from songreel.storage.source_files import shows


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

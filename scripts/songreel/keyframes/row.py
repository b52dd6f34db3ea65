"""Render a row's keyframes, and go on down its chain while the model is warm.

Where a run has one card for all its songs, no other job could paint meanwhile: then the song's
other chains follow too.

What is in the cache is linked; what is not is diffused and stored at once, so a killed render
loses at most the keyframe it was painting.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from songreel.keyframes.renderer import Studio
from songreel.plan.plan import moments
from songreel.storage.digests import digest, file_digest
from songreel.storage.segments import MANIFEST, read_manifest


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
    from songreel.keyframes.feedback import mix_input, target_share, zoom_factor
    from songreel.media.images import load_png

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

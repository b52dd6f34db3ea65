"""Telemetry: what can be measured in a song's keyframes, and what painting them took.

All measures are of the finished pictures, so that a song that was rendered long ago has them too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from songreel.media.images import load_png
from songreel.plan.plan import SongPlan
from songreel.storage.cache import CachedKeyframe

THUMBNAIL = (32, 32)
"""Pixels; a picture is compared with its target at this size, where grain plays no part."""


@dataclass(frozen=True)
class Look:
    """What a picture looks like, in numbers.

    Attributes:
        lightness: mean of CIE L*, 0 (black) to 100 (white).
        contrast: standard deviation of L*.
        saturation: mean distance between the strongest and the weakest channel, in percent.
        sharpness: root mean square of the Laplacian of L*; it depends on the picture's size.
    """

    lightness: float
    contrast: float
    saturation: float
    sharpness: float


@dataclass(frozen=True)
class KeyframeRecord:
    """A keyframe of the film: a line of ``telemetry.tsv``.

    Attributes:
        row, cell: of the sheet; rows are counted from 1.
        keyframe: its number in the row, from 1.
        time: for which it was painted, in seconds.
        shown: when the film shows it, in seconds.
        lightness, contrast, saturation, sharpness: see :class:`Look`.
        change: mean absolute difference from the keyframe before, in percent; None for the first.
        similarity: with the target on its way: the correlation of both pictures' pixels at
            thumbnail size, −1 to 1, where 1 is the same picture; None without a target.
        origin: ``painted`` by a run of this song, found in the ``cache``, or an ``image``.
        seconds: that painting it took; None where it was not painted.
        retries: how often it came out black or blank before.
        file: of the picture, below the song's results.
    """

    row: int
    cell: str
    keyframe: int
    time: float
    shown: float
    lightness: float
    contrast: float
    saturation: float
    sharpness: float
    change: float | None
    similarity: float | None
    origin: str
    seconds: float | None
    retries: int
    file: str


def measure_song(
    plan: SongPlan,
    folder: Path,
    keyframes: Sequence[Sequence[CachedKeyframe]],
    images: Sequence[Sequence[Path]],
    ledger: Sequence[Mapping],
) -> list[KeyframeRecord]:
    """Measure all keyframes of a song, in the order of the film.

    Args:
        plan: of the song.
        folder: of the song's results.
        keyframes: of each segment, as its manifest lists them.
        images: where these keyframes are.
        ledger: what was painted so far, oldest first.
    """
    painted = {entry["key"]: entry for entry in ledger if "key" in entry}
    openings = {entry["row"]: entry for entry in ledger if entry["work"][-1] is None}
    targets = {path: _thumbnail(load_png(folder / path)) for path in _target_paths(plan)}
    flat = [path for segment_images in images for path in segment_images]
    measured = _measure(flat)
    records: list[KeyframeRecord] = []
    rows = zip(plan.segments, plan.timeline[: len(plan.segments)], keyframes, strict=True)
    for segment, line, entries in rows:
        target = segment.images.target_image
        for number, entry in enumerate(entries):
            path, look, change, thumbnail = next(measured)
            is_opening = number == 0 and segment.name in plan.openings
            painting = openings.get(segment.name) if is_opening else painted.get(entry.key or "")
            diffused = entry.key is not None or is_opening
            origin = "painted" if painting else "cache" if diffused else "image"
            time = Fraction(entry.time)
            frame = line.first_frame + segment.clip.keyframe_frames[number]
            records.append(
                KeyframeRecord(
                    row=line.row,
                    cell=line.cell,
                    keyframe=number + 1,
                    time=round(float(time), 3),
                    shown=round(float(frame / plan.film.fps), 3),
                    lightness=round(look.lightness, 2),
                    contrast=round(look.contrast, 2),
                    saturation=round(look.saturation, 2),
                    sharpness=round(look.sharpness, 3),
                    change=None if change is None else round(change, 3),
                    similarity=round(similarity(thumbnail, targets[target]), 4) if target else None,
                    origin=origin,
                    seconds=painting["seconds"] if painting else None,
                    retries=len(painting["rejected"]) if painting else 0,
                    file=str(path.relative_to(folder)),
                )
            )
    return records


def look_of(image: np.ndarray) -> Look:
    """Measure a picture.

    Args:
        image: (height, width, 3) uint8 RGB.
    """
    lightness = _lightness(image)
    spread = image.max(axis=2) - image.min(axis=2)
    laplacian = (
        4 * lightness[1:-1, 1:-1]
        - lightness[:-2, 1:-1]
        - lightness[2:, 1:-1]
        - lightness[1:-1, :-2]
        - lightness[1:-1, 2:]
    )
    return Look(
        lightness=float(lightness.mean()),
        contrast=float(lightness.std()),
        saturation=float(spread.mean() / 2.55),
        sharpness=float(np.sqrt(np.square(laplacian).mean())),
    )


def similarity(picture: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two pictures' pixels, −1 to 1; of two flat ones, whether they are alike.

    Args:
        picture: (height, width, 3).
        other: the same shape.
    """
    a, b = picture.astype(np.float64).ravel(), other.astype(np.float64).ravel()
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt(np.square(a).sum() * np.square(b).sum()))
    if norm == 0:
        return float(np.array_equal(picture, other))
    return float((a * b).sum() / norm)


def _measure(paths: Sequence[Path]) -> Iterator[tuple[Path, Look, float | None, np.ndarray]]:
    """Each picture with its look, its change from the one before, and its thumbnail."""
    previous = None
    for path in paths:
        image = load_png(path)
        change = None if previous is None else _difference(previous, image)
        previous = image
        yield path, look_of(image), change, _thumbnail(image)


def _difference(before: np.ndarray, after: np.ndarray) -> float:
    """The mean absolute difference in percent."""
    return float(np.abs(after.astype(np.int16) - before).mean() / 2.55)


def _thumbnail(image: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(image).resize(THUMBNAIL, Image.Resampling.BOX))


def _target_paths(plan: SongPlan) -> set[str]:
    return {segment.images.target_image for segment in plan.segments if segment.images.target_image}


def _lightness(image: np.ndarray) -> np.ndarray:
    """CIE L* of an sRGB image, (height, width) float32."""
    red, green, blue = (_LINEAR[image[..., channel]] for channel in range(3))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return np.where(
        luminance > (6 / 29) ** 3, 116 * np.cbrt(luminance) - 16, luminance * (29 / 3) ** 3
    )


def _linear() -> np.ndarray:
    """Linear light of each of the 256 values of an sRGB channel (IEC 61966-2-1)."""
    value = np.arange(256) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)


_LINEAR = _linear()

"""The feedback step: what a keyframe is painted over, and with which seed."""

import hashlib
from fractions import Fraction

import numpy as np

from songreel.media.camera import zoom
from songreel.media.pixels import to_uint8


def zoom_factor(rate: float, seconds: Fraction) -> float:
    """Return the magnification over a time, for a growth per second that compounds.

    Args:
        rate: growth per second, > −1; 0.03 is 3 %/s, negative zooms out.
        seconds: time from the previous keyframe to this one.
    """
    return (1 + rate) ** float(seconds)


def mix_input(
    previous: np.ndarray,
    zoom_factor: float,
    shadow: np.ndarray | None,
    shadow_share: float,
    target: np.ndarray | None,
    target_share: float | Fraction,
) -> np.ndarray:
    """Mix the picture a keyframe is painted over: camera, then shadow, then target.

    All of it happens in floating point, with one rounding (half up) at the end.

    Args:
        previous: the keyframe before, (height, width, 3) uint8.
        zoom_factor: magnification of the camera; 1 stands still.
        shadow: image mixed into every keyframe, same shape and type; None for none.
        shadow_share: share of the shadow, 0–1.
        target: image the row leads to, same shape and type; None for none.
        target_share: share of the target, 0–1.

    Returns:
        (height, width, 3) uint8.
    """
    mixed = zoom(previous, zoom_factor).astype(np.float64)
    if shadow is not None:
        mixed += shadow_share * (shadow - mixed)
    if target is not None:
        mixed += float(target_share) * (target - mixed)
    return to_uint8(mixed)


def mix_output(painted: np.ndarray, target: np.ndarray, share: float | Fraction) -> np.ndarray:
    """Mix a target into a painted keyframe; one rounding (half up).

    Args:
        painted: (height, width, 3) uint8.
        target: of the same shape and type.
        share: of the target, 0–1.
    """
    mixed = painted.astype(np.float64)
    return to_uint8(mixed + float(share) * (target - mixed))


def image_distance(image: np.ndarray, other: np.ndarray) -> float:
    """Return the mean absolute difference of two images, 0–255.

    Args:
        image: (height, width, 3) uint8.
        other: of the same shape and type.
    """
    return float(np.abs(image.astype(np.int16) - other).mean())


def keyframe_seed(song_seed: int, time: Fraction, attempt: int = 0) -> int:
    """Return the seed of a keyframe: a function of the song's seed and the keyframe's time only.

    Hashed, so that neighbours share nothing: a seed used again burns a pattern into the picture.

    Args:
        song_seed: any integer.
        time: when the keyframe is shown, in seconds.
        attempt: counts up when an invalid image is painted again.

    Returns:
        32 bits, all that the Mersenne Twister of a CPU ``torch.Generator`` takes of a seed.
    """
    text = f"{song_seed} {time.numerator}/{time.denominator} {attempt}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")

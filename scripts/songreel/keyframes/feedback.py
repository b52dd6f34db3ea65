"""The feedback step: what a keyframe is painted over, and with which seed."""

import hashlib
from fractions import Fraction

import numpy as np

from songreel.media.camera import move
from songreel.media.colors import sharpen
from songreel.media.pixels import to_uint8
from songreel.media.similarity import Similarity


def mix_input(
    previous: np.ndarray,
    motion: Similarity,
    shadow: np.ndarray | None,
    shadow_share: float,
    target: np.ndarray | None,
    target_share: float | Fraction,
    *,
    sharpening: float = 0,
    noise: float = 0,
    noise_seed: int = 0,
) -> np.ndarray:
    """Mix the picture a keyframe is painted over: camera, sharpening, shadow, target, noise.

    All of it happens in floating point, with one rounding (half up) at the end.

    Args:
        previous: the keyframe before, (height, width, 3) uint8.
        motion: of the picture, under the camera.
        shadow: image mixed into every keyframe, same shape and type; None for none.
        shadow_share: share of the shadow, 0–1.
        target: image the row leads to, same shape and type; None for none.
        target_share: share of the target, 0–1.
        sharpening: amount of an unsharp mask on the moved picture, ≥ 0.
        noise: standard deviation of the noise that is added, in shares of black to white, 0–1.
        noise_seed: of that noise.

    Returns:
        (height, width, 3) uint8.
    """
    mixed = move(previous, motion).astype(np.float64)
    if sharpening:
        mixed = sharpen(mixed, sharpening)
    if shadow is not None:
        mixed += shadow_share * (shadow - mixed)
    if target is not None:
        mixed += float(target_share) * (target - mixed)
    if noise:
        mixed += 255 * noise * np.random.default_rng(noise_seed).standard_normal(mixed.shape)
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

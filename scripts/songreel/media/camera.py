"""The camera: zooms, turns and shifts an image."""

import math

import numpy as np
from PIL import Image

from songreel.media.similarity import Similarity

OVERSAMPLING = 3
"""Enlargement before an image is turned, so that bicubic resampling takes as little off its detail
as Lanczos does."""


def zoom(image: np.ndarray, factor: float) -> np.ndarray:
    """Magnify an image about its centre; as :func:`move` does.

    Args:
        image: (height, width, 3), uint8 or float32, 0–255.
        factor: magnification, > 0.

    Returns:
        (height, width, 3) float32, 0–255, not rounded.
    """
    return move(image, Similarity(factor))


def move(image: np.ndarray, motion: Similarity) -> np.ndarray:
    """Zoom, turn and shift an image; what comes into view is the image mirrored at its borders.

    Pillow resamples the part of the image that fills the result, at exact positions. (OpenCV's
    warps round positions to 1/32 pixel: repeated, a slow zoom leaves a seam in the middle.) An
    image that is not turned is resampled once, with Lanczos.

    Args:
        image: (height, width, 3), uint8 or float32, 0–255.
        motion: of the image.

    Returns:
        (height, width, 3) float32, 0–255, not rounded.
    """
    if motion == Similarity():
        return image.astype(np.float32)
    height, width = image.shape[:2]
    back = motion.inverse
    # Mirrored at its borders again and again, the image comes back after twice its size.
    periods_x, periods_y = (
        round(back.shift.real / (2 * width)),
        round(back.shift.imag / (2 * height)),
    )
    back = Similarity(
        back.factor, back.shift - complex(2 * width * periods_x, 2 * height * periods_y)
    )
    corners = [
        back.factor * complex(x, y) + back.shift
        for x in (-width / 2, width / 2)
        for y in (-height / 2, height / 2)
    ]
    is_turned = motion.factor.imag != 0
    support = 2 if is_turned else 0  # the pixels beside a place that its value is made of
    margin_x = _margin((corner.real for corner in corners), width / 2, support)
    margin_y = _margin((corner.imag for corner in corners), height / 2, support)
    if margin_x or margin_y:
        margins = [(margin_y, margin_y), (margin_x, margin_x), (0, 0)]
        image = np.pad(image, margins, "symmetric")
    centre = complex(margin_x + width / 2, margin_y + height / 2)
    resample = _turn if is_turned else _cut
    channels = [
        resample(Image.fromarray(channel.astype(np.float32)), (width, height), back, centre)
        for channel in np.moveaxis(image, -1, 0)
    ]
    return np.clip(np.stack([np.asarray(channel) for channel in channels], axis=-1), 0, 255)


def _margin(corners, half: float, support: int) -> int:
    """How far a view with these corners reaches beyond the image, in pixels."""
    beyond = max(map(abs, corners)) - half
    return math.ceil(beyond) + support if beyond > 1e-9 * half else support


def _cut(
    channel: Image.Image, size: tuple[int, int], back: Similarity, centre: complex
) -> Image.Image:
    """Resample the upright view that becomes the whole image."""
    middle = centre + back.shift
    half_x, half_y = size[0] / 2 * back.factor.real, size[1] / 2 * back.factor.real
    box = (
        max(middle.real - half_x, 0),
        max(middle.imag - half_y, 0),
        min(middle.real + half_x, channel.width),
        min(middle.imag + half_y, channel.height),
    )
    return channel.resize(size, Image.Resampling.LANCZOS, box=box)


def _turn(
    channel: Image.Image, size: tuple[int, int], back: Similarity, centre: complex
) -> Image.Image:
    """Resample a view that lies askew, or a mirrored image of one."""
    large = channel.resize(
        (channel.width * OVERSAMPLING, channel.height * OVERSAMPLING), Image.Resampling.LANCZOS
    )
    factor, middle = back.factor * OVERSAMPLING, (centre + back.shift) * OVERSAMPLING
    # Pillow counts from the image's upper left corner and takes pixels at their centres.
    origin = middle - factor * complex(size[0] / 2, size[1] / 2)
    matrix = (factor.real, -factor.imag, origin.real, factor.imag, factor.real, origin.imag)
    return large.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)

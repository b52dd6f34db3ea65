"""Colours and detail of a picture: matched to another one's, sharpened."""

import numpy as np

WHITE = np.array([0.95047, 1.0, 1.08883])
"""CIE XYZ of sRGB's white, D65."""

TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750]]
    + [[0.0193339, 0.1191920, 0.9503041]]
)
"""From linear sRGB to CIE XYZ (IEC 61966-2-1)."""

MAX_STRETCH = 2.0
"""By how much contrast is stretched or shrunk at most: a flat picture has none to stretch."""


def match_colors(image: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Give an image the mean and the spread that another one has in each channel of CIE L*a*b*.

    As in Reinhard et al., "Color Transfer between Images" (2001).

    Args:
        image: (height, width, 3), 0–255.
        reference: of any size, 0–255.

    Returns:
        (height, width, 3) float64, 0–255, not rounded.
    """
    lab, wanted = rgb_to_lab(image), rgb_to_lab(reference)
    mean, spread = lab.mean((0, 1)), lab.std((0, 1))
    stretch = np.clip((wanted.std((0, 1)) + 0.01) / (spread + 0.01), 1 / MAX_STRETCH, MAX_STRETCH)
    return lab_to_rgb((lab - mean) * stretch + wanted.mean((0, 1)))


def rgb_to_lab(image: np.ndarray) -> np.ndarray:
    """Convert sRGB, 0–255, to CIE L*a*b* for D65: (height, width, 3) float64."""
    values = image.astype(np.float64) / 255
    linear = np.where(values > 0.04045, ((values + 0.055) / 1.055) ** 2.4, values / 12.92)
    ratios = linear @ TO_XYZ.T / WHITE
    x, y, z = np.moveaxis(
        np.where(ratios > 216 / 24389, np.cbrt(ratios), (24389 / 27 * ratios + 16) / 116), -1, 0
    )
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def lab_to_rgb(lab: np.ndarray) -> np.ndarray:
    """Convert CIE L*a*b* for D65 to sRGB, clipped to 0–255: (height, width, 3) float64."""
    lightness, a, b = np.moveaxis(lab, -1, 0)
    y = (lightness + 16) / 116
    roots = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    ratios = np.where(roots > 6 / 29, roots**3, (116 * roots - 16) * 27 / 24389)
    linear = np.clip(ratios * WHITE @ np.linalg.inv(TO_XYZ).T, 0, 1)
    values = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return values * 255


def sharpen(image: np.ndarray, amount: float) -> np.ndarray:
    """Sharpen an image by an unsharp mask of one pixel.

    Args:
        image: (height, width, 3), 0–255.
        amount: of the difference to the blurred image that is added, ≥ 0.

    Returns:
        (height, width, 3) float64, 0–255, not rounded.
    """
    image = image.astype(np.float64)
    blurred = image
    weights = np.exp(-0.5 * np.arange(-3, 4) ** 2)
    for axis in (0, 1):
        padding = [(3, 3) if other == axis else (0, 0) for other in range(3)]
        windows = np.lib.stride_tricks.sliding_window_view(
            np.pad(blurred, padding, "symmetric"), 7, axis=axis
        )
        blurred = windows @ (weights / weights.sum())
    return np.clip(image + amount * (image - blurred), 0, 255)

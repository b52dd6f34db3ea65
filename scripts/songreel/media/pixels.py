"""Pixel values: their rounding, and which of them are invalid."""

import numpy as np

#: An image with no channel brighter than this (of 255) is black. However dark its subject, the
#: grain of a diffused image is brighter.
BLACK = 7

#: An image with no channel brighter than this is dark: over it, a black image is not invalid.
DARK = 64


class InvalidImage(Exception):
    """A model's result that cannot be used: black, not a number, or blanked by the safety checker.

    Its text is the reason; another seed may give a valid image.
    """


def to_uint8(image: np.ndarray) -> np.ndarray:
    """Round an image of floats to uint8: clipped to 0–255, rounded half up."""
    return np.floor(np.clip(image, 0, 255) + 0.5).astype(np.uint8)


def is_black(image: np.ndarray) -> bool:
    """Tell whether a uint8 image is black."""
    return bool(image.max() <= BLACK)


def is_dark(image: np.ndarray) -> bool:
    """Tell whether a uint8 image is so dark that a black one may be painted over it."""
    return bool(image.max() <= DARK)

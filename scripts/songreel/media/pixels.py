"""Pixel values: their rounding, and which of them are invalid."""

import numpy as np

#: An image with no channel brighter than this (of 255) is black. However dark its subject, the
#: grain of a diffused image is brighter.
BLACK = 7


class InvalidImage(Exception):
    """A model's result that cannot be used: black, not a number, or blanked by the safety checker.

    Its text is the reason; another seed may give a valid image.
    """


def to_uint8(picture: np.ndarray) -> np.ndarray:
    """Round a picture of floats, 0–255, half up to uint8."""
    return np.floor(np.clip(picture, 0, 255) + 0.5).astype(np.uint8)


def is_black(picture: np.ndarray) -> bool:
    """Tell whether a uint8 picture is black."""
    return bool(picture.max() <= BLACK)

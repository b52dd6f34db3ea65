"""Pixel values: their rounding, and which of them are invalid."""

import numpy as np

#: A picture with no channel brighter than this (of 255) is a failed one. However dark its subject,
#: a diffused picture has brighter grain.
BLACK = 7


class Spoiled(Exception):
    """A result that must not be fed back: black, not a number, or blanked by the safety checker.

    Its text is the reason; another seed may do better.
    """


def to_uint8(picture: np.ndarray) -> np.ndarray:
    """Round a picture of floats, 0–255, half up to uint8."""
    return np.floor(np.clip(picture, 0, 255) + 0.5).astype(np.uint8)


def is_spoiled(picture: np.ndarray) -> bool:
    """Tell whether a uint8 picture is black."""
    return bool(picture.max() <= BLACK)

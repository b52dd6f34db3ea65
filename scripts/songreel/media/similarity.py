"""Similarities: zooms, turns and shifts of a picture, and how they follow one another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Similarity:
    """A motion of the picture: what is at ``p`` comes to ``factor * p + shift``.

    Points are complex numbers, x to the right and iy down, in pixels from the picture's centre.

    Attributes:
        factor: its size is the magnification, its angle the turn, clockwise.
        shift: in pixels.
    """

    factor: complex = 1
    shift: complex = 0

    @property
    def inverse(self) -> Similarity:
        """The motion that takes this one back."""
        return Similarity(1 / self.factor, -self.shift / self.factor)

    def after(self, earlier: Similarity) -> Similarity:
        """The motion of both, the ``earlier`` one first."""
        return Similarity(self.factor * earlier.factor, self.factor * earlier.shift + self.shift)

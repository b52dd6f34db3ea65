"""The camera: how the picture moves during a row, between any two of its times.

At every moment the picture grows, turns and shifts at the row's rates, about the centre of the
screen. What that adds up to between two times is known in closed form, so that the motions of all
in-between frames make exactly the motion from one keyframe to the next.
"""

import cmath
import math
from dataclasses import dataclass
from fractions import Fraction

from songreel.media.similarity import Similarity
from songreel.plan.easing import CURVES

EASES = {"none": "linear", "in": "ease_in", "out": "ease_out", "both": "ease_in_out"}
"""Name of an ease → the curve by which a row comes from its beginning to its end."""


@dataclass(frozen=True)
class Camera:
    """The camera during one row.

    Attributes:
        start, end: of the row, in seconds.
        zoom: growth per second, > −1; it compounds.
        pan_x: screens per second by which the camera moves to the right.
        pan_y: screens per second by which it moves up.
        rotate: degrees per second by which the picture turns clockwise.
        ease: a name in ``EASES``; the row's whole motion is the same with each.
    """

    start: Fraction
    end: Fraction
    zoom: float
    pan_x: float
    pan_y: float
    rotate: float
    ease: str

    def motion(self, since: Fraction, until: Fraction, width: int, height: int) -> Similarity:
        """Return how the picture moves from one time of the row to another.

        Args:
            since: in seconds, not before the row's start.
            until: in seconds, not after its end.
            width: of the picture, in pixels.
            height: of the picture, in pixels.
        """
        seconds = float(self._eased(until) - self._eased(since))
        growth = math.log1p(self.zoom) + 1j * math.radians(self.rotate)
        speed = complex(-self.pan_x * width, self.pan_y * height)
        factor = (1 + self.zoom) ** seconds * cmath.exp(1j * math.radians(self.rotate) * seconds)
        # What is at p moves by growth * p + speed; this is where that leads to.
        exponent = growth * seconds
        if abs(exponent) < 1e-6:
            shift = speed * seconds * (1 + exponent / 2)
        else:
            shift = speed * (factor - 1) / growth
        return Similarity(factor, shift)

    def _eased(self, time: Fraction) -> Fraction:
        duration = self.end - self.start
        curve = CURVES[EASES[self.ease]]
        return self.start + duration * curve((time - self.start) / duration)

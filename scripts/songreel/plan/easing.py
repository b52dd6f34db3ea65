"""One step of the dream: what a keyframe is painted over, and the seed it is painted with."""

from collections.abc import Callable
from fractions import Fraction

#: Curves along which the pull of a target grows, from 0 at its row's start to 1 at the target.
CURVES: dict[str, Callable[[Fraction], Fraction]] = {
    "linear": lambda x: x,
    "ease_in": lambda x: x**2,
    "ease_out": lambda x: 1 - (1 - x) ** 2,
    "ease_in_out": lambda x: x**2 * (3 - 2 * x),
}

"""Easing curves: how the share of a target grows over its row."""

from collections.abc import Callable
from fractions import Fraction

#: By name; each goes from 0 at the row's start to 1 at the target.
CURVES: dict[str, Callable[[Fraction], Fraction]] = {
    "linear": lambda x: x,
    "ease_in": lambda x: x**2,
    "ease_out": lambda x: 1 - (1 - x) ** 2,
    "ease_in_out": lambda x: x**2 * (3 - 2 * x),
}

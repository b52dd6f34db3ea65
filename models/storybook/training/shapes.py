"""All shapes of the picture book by name."""

from collections.abc import Callable

import shapes_creatures
import shapes_scenery
import shapes_things
from outlines import Layer, Rng

MODULES = (shapes_scenery, shapes_creatures, shapes_things)


def find_shape(name: str) -> Callable[[Rng], list[Layer]]:
    """The function that gives the layers of the thing called `name`."""
    return next(getattr(module, name) for module in MODULES if hasattr(module, name))

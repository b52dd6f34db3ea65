"""All shapes of the picture book by name."""

from collections.abc import Callable

import shapes_buildings
import shapes_creatures
import shapes_crossed
import shapes_people
import shapes_plants
import shapes_scenery
import shapes_things
from outlines import Layer, Rng

MODULES = (
    shapes_scenery, shapes_buildings, shapes_creatures, shapes_plants, shapes_things,
    shapes_people, shapes_crossed,
)  # fmt: skip


def nothing(rng: Rng) -> list[Layer]:
    """No thing at all: the place alone."""
    return []


def find_shape(name: str) -> Callable[[Rng], list[Layer]]:
    """The function that gives the layers of the thing called `name`."""
    if name == "nothing":
        return nothing
    title = name.replace(" ", "_")
    return next(getattr(module, title) for module in MODULES if hasattr(module, title))

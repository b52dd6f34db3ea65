"""The styles of the picture book: media first, then the manners of painters."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import manners
import stages
import treatments
from outlines import Layer, Rng
from stages import Spot
from treatments import Drawing


def keep(layers: list[Layer], rng: Rng) -> list[Layer]:
    """Leave the shape of a thing as it is."""
    return layers


def set_nothing(canvas: np.ndarray, spot: Spot, rng: Rng) -> None:
    """Leave the place as it is."""


class Style(NamedTuple):
    """How a picture in one style comes about.

    `set_stage` changes the place, `bend` the shape of the thing, `treat` the finished drawing.
    `halo` tells whether the thing is a paper cut-out with a pale edge; `tilt` is the spread of its
    tilt in degrees.
    """

    treat: Callable[[Drawing], np.ndarray]
    set_stage: Callable[[np.ndarray, Spot, Rng], None] = set_nothing
    bend: Callable[[list[Layer], Rng], list[Layer]] = keep
    halo: bool = True
    tilt: float = 4.0


# The first is what a caption without a style means.
STYLES: dict[str, Style] = {
    "picture book": Style(treatments.picture_book),
    "watercolour": Style(treatments.watercolour),
    "mosaic": Style(treatments.mosaic),
    "pencil": Style(treatments.pencil),
    "neon": Style(treatments.neon),
    "poster": Style(treatments.poster),
    "oil painting": Style(treatments.oil_painting, halo=False),
    "pixel art": Style(treatments.pixel_art),
    "dali": Style(manners.melting, stages.wide_plain, manners.melt, halo=False),
    "kandinsky": Style(manners.abstract, stages.circles_and_rays),
    "miro": Style(manners.floating, stages.stars_and_blobs, manners.wobble),
    "arcimboldo": Style(manners.fruitful, bend=manners.heap, halo=False),
    "soviet poster": Style(manners.rallying),
    "chagall": Style(manners.dreaming, stages.coloured_light, halo=False, tilt=16.0),
}

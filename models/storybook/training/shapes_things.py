"""Things that people make. See `outlines.py` for what a shape is."""

import numpy as np

from outlines import Layer, Rng, arc, ellipse, polygon, smooth


def lamp(rng: Rng) -> list[Layer]:
    return [
        Layer(polygon((-0.08, 0.0), (0.08, 0.0), (0.08, 0.9), (-0.08, 0.9)), "wood"),
        Layer(polygon((-0.5, 0.85), (0.5, 0.85), (0.58, 1.05), (-0.58, 1.05)), "dark"),
        Layer(ellipse(0, 0.14, 0.24, 0.22), "glow"),
        Layer(polygon((-0.42, -1.0), (0.42, -1.0), (0.95, 0.14), (-0.95, 0.14)), "base"),
        Layer(polygon((-0.2, -0.9), (0.02, -0.9), (-0.12, 0.04), (-0.52, 0.04)), "light", False),
    ]


def bell(rng: Rng) -> list[Layer]:
    bowl = smooth(
        (0.0, -0.82), (0.4, -0.7), (0.56, -0.25), (0.66, 0.28), (0.95, 0.6), (0.5, 0.66),
        (-0.5, 0.66), (-0.95, 0.6), (-0.66, 0.28), (-0.56, -0.25), (-0.4, -0.7),
    )  # fmt: skip
    return [
        Layer(ellipse(0, -0.86, 0.17, 0.17), "dark"),
        Layer(ellipse(0, 0.76, 0.22, 0.22), "dark"),
        Layer(bowl, "base"),
        Layer(polygon((-0.72, 0.3), (0.72, 0.3), (0.8, 0.44), (-0.8, 0.44)), "dark", False),
        Layer(ellipse(-0.27, -0.3, 0.09, 0.3, 0.15), "light", False),
    ]


def crown(rng: Rng) -> list[Layer]:
    band = polygon(
        (-0.85, 0.75), (-1.02, -0.5), (-0.5, 0.05), (0.0, -0.78), (0.5, 0.05), (1.02, -0.5),
        (0.85, 0.75),
    )  # fmt: skip
    pearls = [
        Layer(ellipse(x, y, 0.13, 0.13), "light")
        for x, y in ((-1.0, -0.56), (0, -0.84), (1.0, -0.56))
    ]
    gems = [Layer(ellipse(x, 0.5, 0.12, 0.12), "cream") for x in (-0.5, 0.0, 0.5)]
    rim = polygon((-0.88, 0.28), (0.88, 0.28), (0.85, 0.75), (-0.85, 0.75))
    return [Layer(band, "base"), Layer(rim, "dark"), *pearls, *gems]


def umbrella(rng: Rng) -> list[Layer]:
    scallops = np.concatenate(
        [arc(x, 0.1, 0.26, 0.16, 0, -180) for x in (0.78, 0.26, -0.26, -0.78)]
    )
    canopy = np.concatenate([arc(0, 0.1, 1.04, 1.0, 180, 360), scallops])
    panel = np.concatenate([arc(0, 0.1, 0.52, 1.0, 180, 360), scallops[24:72]])
    hook = np.concatenate([arc(0.2, 0.82, 0.26, 0.24, 180, 0), arc(0.2, 0.82, 0.14, 0.12, 0, 180)])
    return [
        Layer(polygon((-0.06, -0.1), (0.06, -0.1), (0.06, 0.85), (-0.06, 0.85)), "wood"),
        Layer(hook, "wood"),
        Layer(polygon((-0.04, -0.9), (0.04, -0.9), (0.04, -1.08), (-0.04, -1.08)), "wood"),
        Layer(canopy, "base"),
        Layer(panel, "light"),
    ]

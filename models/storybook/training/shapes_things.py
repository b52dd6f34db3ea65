"""Things that people make. See `outlines.py` for what a shape is."""

import numpy as np

from outlines import Layer, Rng, arc, band, ellipse, polygon, rectangle, smooth


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


def clock(rng: Rng) -> list[Layer]:
    hour, minute = rng.uniform(0, 2 * np.pi, 2)
    marks = [
        Layer(ellipse(0.48 * np.cos(a), 0.02 + 0.48 * np.sin(a), 0.07, 0.07), "ink", False)
        for a in np.pi / 3 * np.arange(6)
    ]
    return [
        Layer(ellipse(-0.52, -0.82, 0.26, 0.2, 0.7), "dark"),
        Layer(ellipse(0.52, -0.82, 0.26, 0.2, -0.7), "dark"),
        Layer(band(0.16, (-0.4, 0.6), (-0.66, 1.02)), "dark"),
        Layer(band(0.16, (0.4, 0.6), (0.66, 1.02)), "dark"),
        Layer(ellipse(0, 0.02, 0.88, 0.88), "base"),
        Layer(ellipse(0, 0.02, 0.65, 0.65), "cream"),
        *marks,
        Layer(hand(hour, 0.3), "ink", False),
        Layer(hand(minute, 0.46), "ink", False),
        Layer(ellipse(0, 0.02, 0.1, 0.1), "ink", False),
    ]


def hand(angle: float, length: float) -> np.ndarray:
    """A hand of the clock."""
    return band(0.09, (0.0, 0.02), (length * np.sin(angle), 0.02 - length * np.cos(angle)))


def teapot(rng: Rng) -> list[Layer]:
    spout = smooth(
        (0.5, 0.5), (0.78, 0.3), (0.84, -0.08), (1.16, -0.26), (1.1, 0.06), (1.0, 0.42),
        (0.6, 0.75),
    )  # fmt: skip
    handle = np.concatenate(
        [arc(-0.68, 0.22, 0.44, 0.42, 60, 300), arc(-0.68, 0.22, 0.24, 0.22, 300, 60)]
    )
    return [
        Layer(spout, "base"),
        Layer(handle, "dark"),
        Layer(ellipse(0, -0.6, 0.14, 0.14), "dark"),
        Layer(ellipse(0, -0.3, 0.46, 0.22), "light"),
        Layer(ellipse(0, 0.28, 0.76, 0.6), "base"),
        Layer(ellipse(0, 0.26, 0.2, 0.2), "light", False),
        Layer(ellipse(0.0, 0.26, 0.09, 0.09), "glow", False),
        Layer(ellipse(-0.44, 0.06, 0.1, 0.2, 0.4), "light", False),
        Layer(rectangle(-0.42, 0.82, 0.42, 0.98), "dark"),
    ]


def egg(rng: Rng) -> list[Layer]:
    shell = smooth(
        (0.0, -1.02), (0.44, -0.72), (0.72, -0.05), (0.68, 0.55), (0.34, 0.94), (-0.34, 0.94),
        (-0.68, 0.55), (-0.72, -0.05), (-0.44, -0.72),
    )  # fmt: skip
    zigzag = [
        (x, 0.34 + (0.09 if k % 2 else -0.09)) for k, x in enumerate(np.linspace(-0.66, 0.66, 9))
    ]
    return [
        Layer(shell, "base"),
        Layer(polygon(*zigzag, *((x, y + 0.2) for x, y in zigzag[::-1])), "dark", False),
        Layer(ellipse(-0.3, -0.42, 0.13, 0.22, 0.4), "light", False),
        Layer(ellipse(-0.2, -0.12, 0.08, 0.11), "ink", False),
        Layer(ellipse(0.24, -0.12, 0.08, 0.11), "ink", False),
        Layer(
            np.concatenate(
                [arc(0.02, 0.02, 0.2, 0.2, 20, 160), arc(0.02, 0.02, 0.2, 0.1, 160, 20)]
            ),
            "ink",
            False,
        ),
    ]


def train(rng: Rng) -> list[Layer]:
    wheels = []
    for x, y, r in ((-0.68, 0.66, 0.32), (0.08, 0.74, 0.24), (0.66, 0.74, 0.24)):
        wheels += [
            Layer(ellipse(x, y, r, r), "stone"),
            Layer(ellipse(x, y, r / 3, r / 3), "ink", False),
        ]
    puffs = [
        Layer(ellipse(x, y, r, r * 0.85), "cream")
        for x, y, r in ((0.32, -0.98, 0.16), (0.54, -0.82, 0.14))
    ]
    return [
        *puffs,
        Layer(polygon((0.46, -0.28), (0.74, -0.28), (0.84, -0.66), (0.36, -0.66)), "dark"),
        Layer(rectangle(-0.3, -0.3, 0.95, 0.46), "base"),
        Layer(rectangle(0.0, -0.3, 0.16, 0.46), "light", False),
        Layer(rectangle(-0.98, -0.72, -0.3, 0.46), "base"),
        Layer(rectangle(-1.1, -0.9, -0.18, -0.7), "dark"),
        Layer(rectangle(-0.84, -0.5, -0.46, -0.1), "glow"),
        Layer(polygon((0.9, 0.3), (1.16, 0.72), (0.6, 0.72)), "dark"),
        Layer(ellipse(0.92, -0.06, 0.13, 0.15), "glow"),
        *wheels,
    ]


def axe(rng: Rng) -> list[Layer]:
    spike = polygon((-0.2, -0.86), (-1.08, -0.42), (-0.2, -0.52))
    blade = smooth((0.14, -0.84), (0.62, -1.04), (0.86, -0.68), (0.74, -0.28), (0.14, -0.52))
    return [
        Layer(band(0.2, (0.0, -1.0), (0.04, 0.0), (0.0, 1.06)), "wood"),
        Layer(spike, "base"),
        Layer(blade, "base"),
        Layer(rectangle(-0.24, -0.88, 0.24, -0.5), "dark"),
        Layer(smooth((0.64, -0.94), (0.78, -0.68), (0.7, -0.38), (0.62, -0.66)), "light", False),
        Layer(rectangle(-0.12, 0.66, 0.12, 0.76), "ink", False),
        Layer(rectangle(-0.12, 0.84, 0.12, 0.94), "ink", False),
    ]

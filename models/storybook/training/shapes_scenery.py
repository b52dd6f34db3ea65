"""Sky and land, and what flies and floats there. See `outlines.py` for what a shape is."""

import numpy as np

from outlines import Layer, Rng, arc, ellipse, mirrored, polygon, smooth


def star(rng: Rng) -> list[Layer]:
    inner = rng.uniform(0.44, 0.5)
    a = np.deg2rad(np.arange(10) * 36 - 90)
    r = np.where(np.arange(10) % 2 == 0, 1.05, inner * 1.05)
    tips = np.stack([r * np.cos(a), r * np.sin(a) + 0.06], 1)
    facets = [
        Layer(np.array([tips[i], tips[(i + 1) % 10], (0.0, 0.06)]), "light", False)
        for i in range(0, 10, 2)
    ]
    return [Layer(tips, "base"), *facets]


def moon(rng: Rng) -> list[Layer]:
    outer = arc(0.0, 0.0, 1.0, 1.0, 55, 305)
    inner = arc(0.42, 0.0, 0.72, 0.80, 285, 75)
    crescent = np.concatenate([outer, inner])
    spots = [
        Layer(ellipse(x, y, r, r), "dark", False)
        for x, y, r in ((-0.68, -0.2, 0.13), (-0.55, 0.32, 0.17), (-0.3, -0.68, 0.09))
    ]
    return [Layer(crescent, "base"), *spots]


def sun(rng: Rng) -> list[Layer]:
    count = 12
    turn = rng.uniform(0, 0.5)
    a = 2 * np.pi * (np.arange(2 * count) + turn) / (2 * count)
    r = np.where(np.arange(2 * count) % 2 == 0, 1.08, 0.74)
    rays = np.stack([r * np.cos(a), r * np.sin(a)], 1)
    smile = np.concatenate([arc(0, 0.06, 0.3, 0.28, 20, 160), arc(0, 0.06, 0.3, 0.16, 160, 20)])
    return [
        Layer(rays, "base"),
        Layer(ellipse(0, 0, 0.62, 0.62), "light"),
        Layer(ellipse(-0.2, -0.1, 0.07, 0.09), "ink", False),
        Layer(ellipse(0.2, -0.1, 0.07, 0.09), "ink", False),
        Layer(smile, "ink", False),
    ]


def heart(rng: Rng) -> list[Layer]:
    t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    outline = np.stack([x / 16.0, y / 15.5], 1)
    return [Layer(outline, "base"), Layer(ellipse(-0.48, -0.42, 0.2, 0.12, -0.7), "light", False)]


def tree(rng: Rng) -> list[Layer]:
    trunk = polygon((-0.14, 0.3), (0.14, 0.3), (0.22, 1.05), (-0.22, 1.05))
    crown = smooth(
        (-0.35, 0.42), (-0.85, 0.28), (-0.85, -0.25), (-0.55, -0.72), (0.0, -1.05), (0.55, -0.72),
        (0.85, -0.25), (0.85, 0.28), (0.35, 0.42), (0.0, 0.34),
    )  # fmt: skip
    leaves = [
        Layer(ellipse(x, y, 0.2, 0.15), "light", False)
        for x, y in ((-0.35, -0.4), (0.3, -0.55), (0.42, 0.0), (-0.45, 0.12))
    ]
    return [Layer(trunk, "wood"), Layer(crown, "base"), *leaves]


def boat(rng: Rng) -> list[Layer]:
    hull = polygon((-1.0, 0.38), (1.0, 0.38), (0.68, 0.95), (-0.68, 0.95))
    return [
        Layer(polygon((-0.06, -1.0), (0.06, -1.0), (0.06, 0.4), (-0.06, 0.4)), "wood"),
        Layer(polygon((0.12, -0.95), (0.92, 0.26), (0.12, 0.26)), "base"),
        Layer(polygon((-0.12, -0.7), (-0.78, 0.26), (-0.12, 0.26)), "light"),
        Layer(hull, "base"),
        Layer(polygon((-0.93, 0.5), (0.93, 0.5), (0.86, 0.62), (-0.86, 0.62)), "dark", False),
    ]


def mountain(rng: Rng) -> list[Layer]:
    peak = rng.uniform(-0.1, 0.1)
    back = polygon((0.0, 0.9), (0.55, -0.35), (1.15, 0.9))
    front = polygon((-1.15, 0.9), (peak - 0.15, -1.0), (0.85, 0.9))
    snow = polygon(
        (peak - 0.15, -1.0), (peak + 0.16, -0.42), (peak + 0.0, -0.52), (peak - 0.12, -0.34),
        (peak - 0.26, -0.5), (peak - 0.44, -0.46),
    )  # fmt: skip
    shadow = polygon((peak - 0.15, -1.0), (0.85, 0.9), (0.15, 0.9), (-0.05, 0.1))
    return [
        Layer(back, "dark"),
        Layer(front, "base"),
        Layer(shadow, "dark", False),
        Layer(snow, "cream"),
    ]


def balloon(rng: Rng) -> list[Layer]:
    bag = smooth(
        (0.0, -1.05), (0.52, -0.9), (0.78, -0.42), (0.62, 0.08), (0.2, 0.5), (-0.2, 0.5),
        (-0.62, 0.08), (-0.78, -0.42), (-0.52, -0.9),
    )  # fmt: skip
    gore = smooth((0.0, -1.0), (0.24, -0.42), (0.0, 0.5), (-0.24, -0.42))
    return [
        Layer(polygon((-0.2, 0.45), (-0.14, 0.45), (-0.12, 0.8), (-0.18, 0.8)), "ink", False),
        Layer(polygon((0.2, 0.45), (0.14, 0.45), (0.12, 0.8), (0.18, 0.8)), "ink", False),
        Layer(bag, "base"),
        Layer(gore, "light"),
        Layer(polygon((-0.24, 0.72), (0.24, 0.72), (0.18, 1.05), (-0.18, 1.05)), "wood"),
    ]


def diamond(rng: Rng) -> list[Layer]:
    return [
        Layer(
            polygon((-0.55, -0.72), (0.55, -0.72), (1.02, -0.2), (0, 1.0), (-1.02, -0.2)), "base"
        ),
        Layer(polygon((-0.55, -0.72), (-0.36, -0.2), (-1.02, -0.2)), "dark"),
        Layer(polygon((0.55, -0.72), (0.36, -0.2), (1.02, -0.2)), "dark"),
        Layer(polygon((-0.55, -0.72), (0.0, -0.72), (-0.36, -0.2)), "light"),
        Layer(polygon((0.55, -0.72), (0.0, -0.72), (0.36, -0.2)), "light"),
        Layer(polygon((-0.36, -0.2), (0.36, -0.2), (0, 1.0)), "light"),
    ]


def cloud(rng: Rng) -> list[Layer]:
    puff = smooth(
        (-0.95, 0.5), (-1.1, 0.12), (-0.8, -0.18), (-0.58, -0.55), (-0.1, -0.72), (0.35, -0.55),
        (0.62, -0.22), (1.02, -0.05), (1.08, 0.35), (0.8, 0.56), (0.0, 0.6),
    )  # fmt: skip
    belly = smooth((-0.9, 0.48), (-0.4, 0.26), (0.2, 0.36), (0.95, 0.28), (0.8, 0.54), (0.0, 0.58))
    smile = np.concatenate([arc(0, 0.0, 0.2, 0.22, 20, 160), arc(0, 0.0, 0.2, 0.12, 160, 20)])
    return [
        Layer(puff, "base"),
        Layer(belly, "light", False),
        Layer(ellipse(-0.3, -0.08, 0.07, 0.1), "ink", False),
        Layer(ellipse(0.3, -0.08, 0.07, 0.1), "ink", False),
        Layer(smile, "ink", False),
    ]


def rainbow(rng: Rng) -> list[Layer]:
    bands = ("rose", "amber", "lemon", "moss", "sky", "plum")
    arches = []
    for k, band in enumerate(bands):
        outer = arc(0, 0.55, 1.05 - 0.115 * k, 1.2 - 0.13 * k, 180, 360)
        inner = arc(0, 0.55, 1.05 - 0.115 * (k + 1), 1.2 - 0.13 * (k + 1), 360, 180)
        arches.append(Layer(np.concatenate([outer, inner]), band, outlined=k == 0))
    whole = np.concatenate([arc(0, 0.55, 1.05, 1.2, 180, 360), arc(0, 0.55, 0.36, 0.42, 360, 180)])
    puff = smooth(
        (-0.42, 0.78), (-0.44, 0.5), (-0.24, 0.38), (-0.06, 0.26), (0.16, 0.36), (0.4, 0.48),
        (0.42, 0.78), (0.0, 0.86),
    )  # fmt: skip
    return [
        Layer(whole, "rose"),
        *arches[1:],
        Layer(puff - (0.7, 0.0), "base"),
        Layer(mirrored(puff) + (0.7, 0.0), "base"),
    ]


def globe(rng: Rng) -> list[Layer]:
    turn = rng.uniform(-0.04, 0.04)
    west = smooth(
        (-0.52, -0.6), (-0.18, -0.72), (-0.1, -0.5), (-0.3, -0.38), (-0.22, -0.2), (-0.02, 0.0),
        (-0.12, 0.34), (-0.28, 0.42), (-0.34, 0.06), (-0.52, -0.2),
    )  # fmt: skip
    east = smooth(
        (0.14, -0.52), (0.42, -0.6), (0.6, -0.36), (0.42, -0.2), (0.56, 0.06), (0.4, 0.38),
        (0.26, 0.16), (0.16, -0.08), (0.1, -0.3),
    )  # fmt: skip
    ring = np.concatenate(
        [arc(0, -0.14, 0.98, 0.94, -60, 100), arc(0, -0.14, 0.86, 0.82, 100, -60)]
    )
    return [
        Layer(polygon((-0.08, 0.6), (0.08, 0.6), (0.08, 0.95), (-0.08, 0.95)), "wood"),
        Layer(ring, "wood"),
        Layer(ellipse(0, -0.14, 0.78, 0.75), "base"),
        Layer(west + (turn, -0.1), "meadow"),
        Layer(east + (turn, -0.1), "meadow"),
        Layer(ellipse(-0.42, 0.26, 0.1, 0.07, 0.6), "light", False),
        Layer(smooth((-0.5, 1.05), (-0.3, 0.86), (0.3, 0.86), (0.5, 1.05)), "wood"),
    ]

"""Growing things. See `outlines.py` for what a shape is."""

import numpy as np

from outlines import Layer, Rng, arc, ellipse, mirrored, polygon, smooth


def flower(rng: Rng) -> list[Layer]:
    turn = rng.uniform(-0.2, 0.2)
    stem = polygon((-0.06, 0.0), (0.06, 0.0), (0.08, 1.08), (-0.08, 1.08))
    leaf = smooth((0.04, 0.9), (0.3, 0.55), (0.66, 0.52), (0.4, 0.86))
    petals = [
        Layer(ellipse(0.4 * np.cos(a), -0.32 + 0.4 * np.sin(a), 0.36, 0.25, a), "base")
        for a in turn + 2 * np.pi * np.arange(6) / 6
    ]
    return [
        Layer(stem, "leaf"),
        Layer(leaf, "leaf"),
        Layer(mirrored(leaf) + (0.0, -0.05), "leaf"),
        *petals,
        Layer(ellipse(0, -0.32, 0.22, 0.22), "glow"),
    ]


def mushroom(rng: Rng) -> list[Layer]:
    stem = smooth(
        (-0.22, -0.1), (0.22, -0.1), (0.28, 0.5), (0.38, 0.98), (-0.38, 0.98), (-0.28, 0.5)
    )
    cap = np.concatenate([arc(0, 0.08, 1.02, 1.05, 180, 360), arc(0, 0.08, 1.02, 0.22, 0, 180)])
    dots = [
        Layer(ellipse(x, y, r, r * 0.85), "cream", False)
        for x, y, r in (
            (-0.08, -0.62, 0.2),
            (-0.58, -0.2, 0.16),
            (0.5, -0.3, 0.2),
            (0.02, -0.1, 0.13),
        )
    ]
    return [Layer(stem, "cream"), Layer(cap, "base"), *dots]


def apple(rng: Rng) -> list[Layer]:
    flesh = smooth(
        (0.0, -0.42), (0.42, -0.62), (0.88, -0.36), (0.92, 0.2), (0.62, 0.8), (0.25, 0.98),
        (0.0, 0.9), (-0.25, 0.98), (-0.62, 0.8), (-0.92, 0.2), (-0.88, -0.36), (-0.42, -0.62),
    )  # fmt: skip
    return [
        Layer(polygon((-0.05, -0.4), (0.06, -0.4), (0.14, -1.0), (0.0, -1.02)), "wood"),
        Layer(smooth((0.1, -0.7), (0.35, -1.02), (0.8, -1.0), (0.5, -0.7)), "leaf"),
        Layer(flesh, "base"),
        Layer(ellipse(-0.48, -0.12, 0.16, 0.28, 0.4), "light", False),
    ]

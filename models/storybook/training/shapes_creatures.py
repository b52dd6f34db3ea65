"""Animals and growing things. See `outlines.py` for what a shape is."""

import numpy as np

from outlines import Layer, Rng, arc, ellipse, mirrored, polygon, smooth


def fish(rng: Rng) -> list[Layer]:
    body = smooth(
        (1.0, 0.05), (0.7, -0.4), (0.15, -0.62), (-0.4, -0.35), (-0.62, 0.0), (-0.4, 0.38),
        (0.15, 0.66), (0.7, 0.44),
    )  # fmt: skip
    tail = polygon((-0.5, 0.0), (-1.05, -0.55), (-0.92, 0.0), (-1.05, 0.55))
    fin = smooth((-0.05, -0.55), (0.05, -0.92), (0.55, -0.8), (0.5, -0.48))
    return [
        Layer(tail, "dark"),
        Layer(fin, "dark"),
        Layer(body, "base"),
        Layer(smooth((-0.25, -0.35), (-0.02, 0.0), (-0.25, 0.4), (-0.12, 0.0)), "dark", False),
        Layer(smooth((0.05, -0.5), (0.28, 0.0), (0.05, 0.52), (0.16, 0.0)), "light", False),
        Layer(ellipse(0.62, -0.1, 0.15, 0.15), "cream"),
        Layer(ellipse(0.65, -0.1, 0.07, 0.07), "ink", False),
    ]


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


def bird(rng: Rng) -> list[Layer]:
    flap = rng.uniform(-0.1, 0.1)
    body = smooth(
        (0.78, -0.48), (0.55, -0.74), (0.22, -0.6), (0.0, -0.2), (-0.55, 0.02), (-0.62, 0.35),
        (-0.15, 0.66), (0.42, 0.5), (0.72, 0.0),
    )  # fmt: skip
    tail = polygon((-0.45, 0.1), (-1.1, -0.16), (-1.02, 0.4), (-0.5, 0.4))
    wing = smooth((0.25, -0.02), (-0.15, -0.12), (-0.62, -0.5 + flap), (-0.4, 0.2), (0.05, 0.38))
    return [
        Layer(polygon((-0.06, 0.55), (0.0, 0.55), (0.0, 0.98), (-0.06, 0.98)), "ink", False),
        Layer(polygon((0.2, 0.55), (0.26, 0.55), (0.26, 0.98), (0.2, 0.98)), "ink", False),
        Layer(tail, "dark"),
        Layer(polygon((0.7, -0.56), (1.1, -0.4), (0.72, -0.28)), "glow"),
        Layer(body, "base"),
        Layer(wing, "light"),
        Layer(ellipse(0.5, -0.46, 0.08, 0.08), "ink", False),
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


def lamb(rng: Rng) -> list[Layer]:
    a = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    bump = 1.0 + 0.09 * np.abs(np.sin(4.5 * a)) * 2 - 0.09
    wool = np.stack([0.82 * bump * np.cos(a) - 0.12, 0.6 * bump * np.sin(a) + 0.02], 1)
    legs = [
        Layer(polygon((x, 0.4), (x + 0.2, 0.4), (x + 0.2, 1.0), (x, 1.0)), "ink")
        for x in (-0.62, -0.3, 0.0, 0.3)
    ]
    return [
        *legs,
        Layer(wool, "base"),
        Layer(ellipse(-0.3, -0.12, 0.2, 0.14), "light", False),
        Layer(ellipse(-0.1, 0.28, 0.2, 0.14), "light", False),
        Layer(ellipse(0.42, -0.36, 0.2, 0.1, -0.4), "stone"),
        Layer(ellipse(0.72, -0.2, 0.3, 0.38, 0.15), "stone"),
        Layer(ellipse(0.64, -0.5, 0.26, 0.17), "base"),
        Layer(ellipse(0.66, -0.2, 0.06, 0.08), "ink", False),
        Layer(ellipse(0.88, -0.2, 0.06, 0.08), "ink", False),
    ]


def butterfly(rng: Rng) -> list[Layer]:
    upper = smooth((0.05, -0.05), (0.25, -0.7), (0.8, -0.95), (1.1, -0.6), (0.9, -0.1), (0.4, 0.08))
    lower = smooth((0.05, 0.05), (0.5, 0.05), (0.85, 0.3), (0.75, 0.8), (0.35, 0.85), (0.1, 0.4))
    feeler = polygon((0.02, -0.5), (0.08, -0.5), (0.34, -0.98), (0.26, -1.0))
    spot = ellipse(0.72, -0.52, 0.2, 0.2)
    wings = [
        Layer(side(part), role)
        for part, role in ((upper, "base"), (lower, "dark"), (spot, "light"))
        for side in (np.asarray, mirrored)
    ]
    return [
        Layer(feeler, "ink", False),
        Layer(mirrored(feeler), "ink", False),
        *wings,
        Layer(ellipse(0, 0.1, 0.12, 0.62), "wood"),
    ]


def cat(rng: Rng) -> list[Layer]:
    tail = smooth((0.4, 0.9), (0.95, 0.85), (1.05, 0.2), (0.82, -0.05), (0.8, 0.3), (0.68, 0.6))
    body = smooth(
        (0.0, -0.1), (0.42, 0.1), (0.6, 0.7), (0.5, 1.0), (-0.5, 1.0), (-0.6, 0.7), (-0.42, 0.1)
    )
    ear = polygon((0.14, -0.72), (0.56, -1.12), (0.6, -0.38))
    eye = ellipse(0.22, -0.36, 0.11, 0.14)
    pupil = ellipse(0.22, -0.36, 0.045, 0.11)
    return [
        Layer(tail, "base"),
        Layer(body, "base"),
        Layer(ellipse(0, 0.62, 0.24, 0.32), "light", False),
        Layer(ear, "base"),
        Layer(mirrored(ear), "base"),
        Layer(ellipse(0, -0.36, 0.62, 0.5), "base"),
        Layer(eye, "glow"),
        Layer(mirrored(eye), "glow"),
        Layer(pupil, "ink", False),
        Layer(mirrored(pupil), "ink", False),
        Layer(polygon((-0.08, -0.16), (0.08, -0.16), (0.0, -0.06)), "cream", False),
    ]


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

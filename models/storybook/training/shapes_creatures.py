"""Animals. See `outlines.py` for what a shape is."""

import numpy as np

from outlines import Layer, Rng, band, ellipse, mirrored, polygon, smooth


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
        Layer(ellipse(0.6, -0.12, 0.18, 0.18), "cream"),
        Layer(ellipse(0.64, -0.12, 0.09, 0.09), "ink", False),
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
        Layer(ellipse(0.48, -0.46, 0.15, 0.15), "cream", False),
        Layer(ellipse(0.51, -0.46, 0.09, 0.09), "ink", False),
    ]


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
        Layer(ellipse(0.64, -0.22, 0.1, 0.12), "cream", False),
        Layer(ellipse(0.88, -0.22, 0.1, 0.12), "cream", False),
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
    ear = polygon((0.12, -0.74), (0.58, -1.14), (0.66, -0.38))
    inner = polygon((0.3, -0.78), (0.52, -0.94), (0.54, -0.66))
    eye = ellipse(0.25, -0.38, 0.18, 0.19)
    pupil = ellipse(0.25, -0.37, 0.07, 0.14)
    whisker = polygon((0.42, -0.13), (0.86, -0.2), (0.86, -0.14), (0.42, -0.07))
    return [
        Layer(tail, "base"),
        Layer(body, "base"),
        Layer(ellipse(0, 0.62, 0.24, 0.32), "light", False),
        Layer(ear, "base"),
        Layer(mirrored(ear), "base"),
        Layer(ellipse(0, -0.36, 0.68, 0.52), "base"),
        Layer(inner, "rosy", False),
        Layer(mirrored(inner), "rosy", False),
        Layer(eye, "glow"),
        Layer(mirrored(eye), "glow"),
        Layer(pupil, "ink", False),
        Layer(mirrored(pupil), "ink", False),
        Layer(polygon((-0.12, -0.16), (0.12, -0.16), (0.0, -0.02)), "rosy", False),
        Layer(whisker, "cream", False),
        Layer(mirrored(whisker), "cream", False),
    ]


def spider(rng: Rng) -> list[Layer]:
    legs = []
    for knee, foot in (
        ((0.72, -0.62), (1.0, -0.2)),
        ((0.9, -0.2), (1.1, 0.3)),
        ((0.86, 0.3), (1.0, 0.78)),
        ((0.6, 0.62), (0.62, 1.05)),
    ):
        leg = band(0.1, (0.2, 0.05), knee, foot)
        legs += [Layer(leg, "ink", False), Layer(mirrored(leg), "ink", False)]
    eye = ellipse(0.15, 0.36, 0.15, 0.16)
    pupil = ellipse(0.13, 0.39, 0.07, 0.08)
    return [
        Layer(hanging_thread(), "ink", False),
        *legs,
        Layer(ellipse(0, -0.16, 0.52, 0.5), "base"),
        Layer(ellipse(0, -0.34, 0.12, 0.12), "light", False),
        Layer(ellipse(-0.22, -0.16, 0.1, 0.1), "light", False),
        Layer(ellipse(0.22, -0.16, 0.1, 0.1), "light", False),
        Layer(ellipse(0, 0.4, 0.4, 0.34), "base"),
        *(Layer(side(eye), "cream") for side in (np.asarray, mirrored)),
        *(Layer(side(pupil), "ink", False) for side in (np.asarray, mirrored)),
    ]


def hanging_thread() -> np.ndarray:
    """The thread that a spider hangs from."""
    return polygon((-0.03, -1.3), (0.03, -1.3), (0.03, -0.5), (-0.03, -0.5))


def mouse(rng: Rng) -> list[Layer]:
    body = smooth(
        (0.95, 0.42), (0.7, 0.05), (0.35, -0.2), (-0.2, -0.32), (-0.68, 0.05), (-0.8, 0.55),
        (-0.5, 0.78), (0.3, 0.78), (0.8, 0.66),
    )  # fmt: skip
    tail = band(0.1, (-0.7, 0.62), (-1.02, 0.5), (-1.05, 0.1), (-0.85, -0.15), (-0.98, -0.45))
    return [
        Layer(tail, "rosy"),
        Layer(ellipse(0.1, -0.34, 0.3, 0.32), "dark"),
        Layer(body, "base"),
        Layer(ellipse(0.44, -0.3, 0.34, 0.35), "base"),
        Layer(ellipse(0.44, -0.28, 0.2, 0.21), "rosy", False),
        Layer(ellipse(0.98, 0.42, 0.12, 0.12), "rosy"),
        Layer(ellipse(0.68, 0.22, 0.13, 0.14), "cream", False),
        Layer(ellipse(0.7, 0.23, 0.08, 0.09), "ink", False),
        Layer(ellipse(-0.35, 0.8, 0.22, 0.1), "rosy"),
        Layer(ellipse(0.35, 0.8, 0.22, 0.1), "rosy"),
    ]


def rabbit(rng: Rng) -> list[Layer]:
    ear = smooth((0.1, -0.42), (0.08, -0.85), (0.28, -1.18), (0.46, -0.9), (0.36, -0.42))
    inner = smooth((0.2, -0.55), (0.19, -0.84), (0.28, -1.02), (0.36, -0.86), (0.29, -0.55))
    eye = ellipse(0.19, -0.28, 0.1, 0.13)
    return [
        Layer(ellipse(0.62, 0.72, 0.2, 0.2), "cream"),
        Layer(ellipse(0, 0.55, 0.56, 0.5), "base"),
        Layer(ear, "base"),
        Layer(mirrored(ear), "base"),
        Layer(inner, "rosy", False),
        Layer(mirrored(inner), "rosy", False),
        Layer(ellipse(0, -0.2, 0.48, 0.42), "base"),
        Layer(ellipse(0, 0.62, 0.28, 0.3), "light", False),
        Layer(eye, "ink", False),
        Layer(mirrored(eye), "ink", False),
        Layer(ellipse(0, -0.05, 0.1, 0.08), "rosy", False),
        Layer(polygon((-0.09, 0.04), (0.09, 0.04), (0.09, 0.2), (-0.09, 0.2)), "cream", False),
        Layer(ellipse(-0.34, 1.0, 0.28, 0.12), "base"),
        Layer(ellipse(0.34, 1.0, 0.28, 0.12), "base"),
    ]


def duck(rng: Rng) -> list[Layer]:
    body = smooth(
        (0.2, 0.1), (-0.3, 0.05), (-0.75, 0.0), (-1.05, -0.22), (-0.95, 0.45), (-0.5, 0.85),
        (0.3, 0.88), (0.75, 0.55), (0.62, 0.15),
    )  # fmt: skip
    wing = smooth((0.2, 0.3), (-0.3, 0.2), (-0.7, 0.28), (-0.45, 0.62), (0.05, 0.62))
    beak = smooth((0.74, -0.42), (1.0, -0.36), (1.16, -0.18), (0.96, -0.1), (0.72, -0.14))
    return [
        Layer(beak, "amber"),
        Layer(body, "base"),
        Layer(ellipse(0.42, -0.36, 0.44, 0.42), "base"),
        Layer(ellipse(0.42, 0.02, 0.34, 0.2), "base", False),
        Layer(wing, "light"),
        Layer(ellipse(0.54, -0.44, 0.13, 0.14), "cream", False),
        Layer(ellipse(0.57, -0.43, 0.08, 0.09), "ink", False),
    ]

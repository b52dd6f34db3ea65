"""People, drawn simply. See `outlines.py` for what a shape is."""

import numpy as np

from outlines import Layer, Rng, arc, band, ellipse, mirrored, polygon, rectangle, smooth


def both(points: np.ndarray, role: str, outlined: bool = True) -> list[Layer]:
    """A part and its mirror image."""
    return [Layer(points, role, outlined), Layer(mirrored(points), role, outlined)]


def smile(x: float, y: float, w: float) -> np.ndarray:
    """A smiling mouth of half width `w`."""
    return np.concatenate([arc(x, y, w, w, 15, 165), arc(x, y, w, 0.4 * w, 165, 15)])


def hair_cap(x: float, y: float, r: float, fringe: float) -> np.ndarray:
    """Hair over the upper half of a head of radius `r`, with a fringe of this depth."""
    return np.concatenate(
        [arc(x, y, r, r, 175, 365), arc(x, y - 0.1 * r, 0.85 * r, fringe, 0, -180)]
    )


def child(rng: Rng) -> list[Layer]:
    dress = smooth((0.0, -0.2), (0.24, -0.14), (0.42, 0.35), (0.5, 0.62), (-0.5, 0.62),
                   (-0.42, 0.35), (-0.24, -0.14))  # fmt: skip
    lift = rng.uniform(-0.12, 0.12)
    return [
        *both(ellipse(0.46, -0.5, 0.15, 0.22), "hair"),
        *both(rectangle(0.08, 0.5, 0.26, 0.98), "skin"),
        *both(ellipse(0.2, 0.99, 0.18, 0.1), "ink"),
        Layer(band(0.18, (0.2, -0.02), (0.52, 0.1 + lift), (0.74, -0.12 + lift)), "skin"),
        Layer(band(0.18, (-0.2, -0.02), (-0.52, 0.1), (-0.7, 0.22)), "skin"),
        Layer(dress, "base"),
        Layer(rectangle(-0.37, 0.2, 0.37, 0.34), "dark", False),
        Layer(ellipse(0, -0.6, 0.42, 0.42), "skin"),
        Layer(hair_cap(0, -0.62, 0.46, 0.16), "hair"),
        *both(ellipse(0.15, -0.54, 0.06, 0.09), "ink", False),
        *both(ellipse(0.27, -0.4, 0.08, 0.06), "rosy", False),
        Layer(smile(0, -0.42, 0.13), "ink", False),
    ]  # fmt: skip


def hero(rng: Rng) -> list[Layer]:
    cape = smooth(
        (0.0, -0.55), (0.36, -0.5), (0.62, 0.2), (0.98, 0.86), (0.4, 0.74), (0.0, 0.84),
        (-0.4, 0.74), (-0.9, 0.92), (-0.6, 0.2), (-0.36, -0.5),
    )  # fmt: skip
    chest = polygon((-0.46, -0.5), (0.46, -0.5), (0.26, 0.22), (-0.26, 0.22))
    turns = np.deg2rad(np.arange(10) * 36 - 90)
    radii = np.where(np.arange(10) % 2 == 0, 0.19, 0.085)
    badge = np.stack([radii * np.cos(turns), radii * np.sin(turns) - 0.24], 1)
    return [
        Layer(cape, "base"),
        *both(polygon((0.02, 0.2), (0.28, 0.2), (0.3, 0.98), (0.08, 0.98)), "stone"),
        *both(polygon((0.06, 0.72), (0.32, 0.72), (0.4, 1.05), (0.06, 1.05)), "dark"),
        *both(band(0.2, (0.4, -0.4), (0.66, -0.08), (0.3, 0.16)), "stone"),
        Layer(chest, "stone"),
        Layer(badge, "glow"),
        Layer(rectangle(-0.28, 0.14, 0.28, 0.27), "glow"),
        Layer(ellipse(0, -0.76, 0.26, 0.28), "skin"),
        Layer(hair_cap(0, -0.8, 0.29, 0.1), "hair"),
        Layer(rectangle(-0.25, -0.82, 0.25, -0.7), "dark", False),
        *both(ellipse(0.1, -0.76, 0.05, 0.05), "cream", False),
        Layer(rectangle(-0.09, -0.62, 0.09, -0.57), "ink", False),
    ]  # fmt: skip


def bust(rng: Rng) -> list[Layer]:
    """A poet in stone: a high forehead, long hair at the sides, a wide collar."""
    shoulders = smooth(
        (-0.2, 0.2), (0.2, 0.2), (0.74, 0.3), (0.9, 0.64), (0.34, 0.76), (-0.34, 0.76),
        (-0.9, 0.64), (-0.74, 0.3),
    )  # fmt: skip
    hair = smooth((0.0, -0.9), (0.4, -0.86), (0.6, -0.4), (0.62, 0.1), (0.0, 0.2),
                  (-0.62, 0.1), (-0.6, -0.4), (-0.4, -0.86))  # fmt: skip
    face = smooth((0.0, -1.08), (0.36, -0.92), (0.4, -0.4), (0.3, 0.02), (0.0, 0.2),
                  (-0.3, 0.02), (-0.4, -0.4), (-0.36, -0.92))  # fmt: skip
    moustache = smooth((0.0, -0.16), (0.2, -0.15), (0.27, -0.04), (0.04, -0.05))
    return [
        Layer(rectangle(-0.26, 0.68, 0.26, 0.88), "dark"),
        Layer(polygon((-0.46, 0.86), (0.46, 0.86), (0.6, 1.06), (-0.6, 1.06)), "stone"),
        Layer(shoulders, "base"),
        Layer(hair, "dark"),
        Layer(ellipse(0, 0.22, 0.52, 0.17), "cream"),
        Layer(face, "base"),
        Layer(
            smooth((-0.11, 0.08), (0.11, 0.08), (0.08, 0.26), (0.0, 0.38), (-0.08, 0.26)), "dark"
        ),
        *both(moustache, "dark", False),
        Layer(polygon((-0.03, -0.46), (0.05, -0.46), (0.12, -0.2), (-0.08, -0.2)), "dark", False),
        *both(ellipse(0.18, -0.46, 0.1, 0.07), "ink", False),
        *both(band(0.06, (0.06, -0.6), (0.18, -0.63), (0.32, -0.57)), "dark", False),
    ]


def portrait(rng: Rng) -> list[Layer]:
    coat = smooth(
        (-0.18, 0.3), (0.18, 0.3), (0.66, 0.46), (0.98, 0.8), (1.0, 1.1), (-1.0, 1.1),
        (-0.98, 0.8), (-0.66, 0.46),
    )  # fmt: skip
    face = smooth((0.0, -0.82), (0.4, -0.68), (0.5, -0.2), (0.36, 0.22), (0.0, 0.42),
                  (-0.36, 0.22), (-0.5, -0.2), (-0.4, -0.68))  # fmt: skip
    layers = [
        Layer(coat, "base"),
        Layer(polygon((-0.2, 0.42), (0.2, 0.42), (0.0, 0.98)), "cream"),
        Layer(rectangle(-0.17, 0.1, 0.17, 0.5), "skin"),
        *both(ellipse(0.5, -0.16, 0.12, 0.18), "skin"),
        Layer(face, "skin"),
        *both(ellipse(0.2, -0.2, 0.07, 0.08), "ink", False),
        Layer(polygon((-0.03, -0.18), (0.04, -0.18), (0.1, 0.04), (-0.08, 0.04)), "rosy", False),
    ]
    if rng.random() < 0.6:
        layers += [
            Layer(
                smooth((-0.3, 0.14), (0.3, 0.14), (0.22, 0.44), (0.0, 0.62), (-0.22, 0.44)), "hair"
            ),
            Layer(ellipse(0, 0.22, 0.13, 0.05), "rosy", False),
        ]
    else:
        layers += [Layer(smile(0, 0.14, 0.15), "ink", False)]
    if rng.random() < 0.6:
        layers += both(band(0.07, (0.02, 0.09), (0.2, 0.07), (0.3, 0.14)), "hair", False)
    if rng.random() < 0.5:
        layers += [Layer(ellipse(0, -0.5, 0.56, 0.14), "dark"),
                   Layer(smooth((-0.48, -0.55), (-0.5, -0.88), (0.0, -1.06), (0.5, -0.88),
                                (0.48, -0.55)), "dark")]  # fmt: skip
    else:
        layers += [Layer(hair_cap(0, -0.42, 0.57, 0.2), "hair")]
    return layers


def fruit_face(rng: Rng) -> list[Layer]:
    """A head in profile, as it is put together of fruit, fish or flowers."""
    head = smooth(
        (-0.1, -0.98), (0.34, -0.86), (0.5, -0.5), (0.56, -0.28), (0.84, 0.08), (0.6, 0.2),
        (0.62, 0.34), (0.52, 0.42), (0.54, 0.62), (0.2, 0.74), (0.16, 1.0), (-0.62, 1.0),
        (-0.58, 0.5), (-0.76, 0.0), (-0.68, -0.6),
    )  # fmt: skip
    leaves = [
        Layer(ellipse(-0.3 + 0.62 * np.cos(a), -0.5 + 0.56 * np.sin(a), 0.26, 0.13, a), "leaf")
        for a in np.deg2rad((110, 140, 170, 200, 230, 260, 290, 320))
    ]
    grapes = [
        Layer(ellipse(x, y, 0.12, 0.12), "plum")
        for x, y in ((-0.5, 0.2), (-0.38, 0.38), (-0.6, 0.4), (-0.48, 0.58))
    ]
    return [
        Layer(smooth((-1.0, 1.1), (-0.7, 0.86), (0.3, 0.86), (0.8, 1.1)), "dark"),
        *leaves,
        Layer(head, "base"),
        *grapes,
        Layer(smooth((0.5, -0.26), (0.86, 0.04), (0.74, 0.2), (0.44, 0.16)), "amber"),
        Layer(ellipse(0.14, 0.06, 0.2, 0.18), "rose"),
        Layer(ellipse(0.5, 0.33, 0.14, 0.07), "rose"),
        Layer(ellipse(0.5, 0.46, 0.14, 0.07), "rose"),
        Layer(ellipse(0.26, -0.28, 0.15, 0.12), "cream"),
        Layer(ellipse(0.3, -0.28, 0.07, 0.08), "ink", False),
        Layer(band(0.1, (0.02, -0.48), (0.24, -0.54), (0.46, -0.46)), "hair", False),
    ]

"""Animals crossed from the parts of others. See `outlines.py` for what a shape is."""

from collections.abc import Callable

import numpy as np

from outlines import Layer, Rng, arc, band, ellipse, mirrored, moved, polygon, smooth
from shapes_buildings import castle

Part = Callable[[], list[Layer]]


def eyes(x: float, y: float, r: float) -> list[Layer]:
    """One large eye."""
    return [
        Layer(ellipse(x, y, r, r), "cream"),
        Layer(ellipse(x + 0.3 * r, y, 0.55 * r, 0.55 * r), "ink", False),
    ]


def cat_head() -> list[Layer]:
    ear = polygon((0.08, -0.3), (0.34, -0.62), (0.42, -0.12))
    return [
        Layer(ear, "base"),
        Layer(mirrored(ear), "base"),
        Layer(ellipse(0, 0, 0.44, 0.38), "base"),
        *eyes(-0.16, -0.04, 0.13),
        *eyes(0.2, -0.04, 0.13),
        Layer(polygon((-0.06, 0.14), (0.12, 0.14), (0.03, 0.26)), "rosy", False),
    ]


def bird_head() -> list[Layer]:
    return [
        Layer(polygon((0.26, -0.2), (0.72, 0.04), (0.26, 0.22)), "amber"),
        Layer(ellipse(0, 0, 0.38, 0.36), "base"),
        *eyes(0.1, -0.08, 0.15),
    ]


def rabbit_head() -> list[Layer]:
    ear = smooth((0.0, -0.2), (-0.04, -0.6), (0.14, -0.86), (0.28, -0.6), (0.24, -0.2))
    return [
        Layer(ear - (0.26, 0.0), "base"),
        Layer(ear, "base"),
        Layer(ellipse(0, 0, 0.4, 0.36), "base"),
        *eyes(0.12, -0.06, 0.14),
        Layer(ellipse(0.36, 0.08, 0.08, 0.07), "rosy", False),
    ]


def fish_head() -> list[Layer]:
    face = smooth((0.6, 0.0), (0.3, -0.32), (-0.2, -0.36), (-0.4, 0.0), (-0.2, 0.36), (0.3, 0.32))
    return [
        Layer(face, "base"),
        Layer(polygon((0.62, 0.0), (0.36, 0.06), (0.4, 0.16)), "ink", False),
        *eyes(0.12, -0.1, 0.16),
    ]


def lamb_head() -> list[Layer]:
    horn = np.concatenate(
        [arc(-0.2, -0.14, 0.3, 0.3, 90, 330), arc(-0.2, -0.14, 0.14, 0.14, 330, 90)]
    )
    return [
        Layer(ellipse(0.1, 0.02, 0.34, 0.4, 0.3), "stone"),
        Layer(horn, "cream"),
        *eyes(0.16, -0.1, 0.13),
    ]


def tall_legs() -> list[Layer]:
    return [
        Layer(band(0.12, (x, 0.4), (x + 0.04, 0.98)), "ink", False)
        for x in (-0.5, -0.22, 0.1, 0.38)
    ] + [Layer(ellipse(x + 0.06, 1.0, 0.13, 0.07), "amber") for x in (-0.46, -0.18, 0.14, 0.42)]


def spider_legs() -> list[Layer]:
    legs = []
    for x in (0.1, 0.3, 0.5):
        leg = band(0.1, (x, 0.3), (x + 0.32, 0.1), (x + 0.44, 0.9))
        legs += [
            Layer(leg - (0.12, 0.0), "ink", False),
            Layer(mirrored(leg) - (0.1, 0.0), "ink", False),
        ]
    return legs


def woolly_legs() -> list[Layer]:
    return [
        Layer(polygon((x, 0.4), (x + 0.22, 0.4), (x + 0.22, 1.0), (x, 1.0)), "stone")
        for x in (-0.62, -0.28, 0.06, 0.36)
    ]


def wings() -> list[Layer]:
    wing = smooth((0.0, 0.1), (-0.5, -0.1), (-0.85, -0.72), (-0.3, -0.68), (0.1, -0.2))
    return [Layer(wing + (0.12, -0.06), "dark"), Layer(wing, "light")]


def spines() -> list[Layer]:
    return [
        Layer(polygon((x - 0.14, -0.06), (x - 0.04, -0.46), (x + 0.14, -0.1)), "glow")
        for x in (-0.56, -0.28, 0.0, 0.26)
    ]


def shell() -> list[Layer]:
    cap = np.concatenate(
        [arc(-0.14, 0.06, 0.62, 0.62, 180, 360), arc(-0.14, 0.06, 0.62, 0.14, 0, 180)]
    )
    dots = [
        Layer(ellipse(x, y, 0.11, 0.1), "cream", False)
        for x, y in ((-0.44, -0.2), (-0.1, -0.36), (0.2, -0.16))
    ]
    return [Layer(cap, "rose"), *dots]


def fish_tail() -> list[Layer]:
    return [Layer(polygon((-0.6, 0.2), (-1.12, -0.3), (-1.0, 0.18), (-1.12, 0.62)), "dark")]


def cat_tail() -> list[Layer]:
    return [Layer(band(0.16, (-0.6, 0.3), (-0.95, 0.2), (-1.05, -0.2), (-0.88, -0.5)), "dark")]


def peacock_tail() -> list[Layer]:
    fan = [
        (
            a,
            Layer(
                band(0.14, (-0.5, 0.2), (-0.5 + 0.62 * np.cos(a), 0.2 + 0.62 * np.sin(a))), "dark"
            ),
        )
        for a in np.deg2rad((170, 200, 230))
    ]
    spots = [
        Layer(ellipse(-0.5 + 0.66 * np.cos(a), 0.2 + 0.66 * np.sin(a), 0.15, 0.15), "sky")
        for a, _ in fan
    ]
    return [layer for _, layer in fan] + spots


HEADS: tuple[Part, ...] = (cat_head, bird_head, rabbit_head, fish_head, lamb_head)
LEGS: tuple[Part, ...] = (tall_legs, spider_legs, woolly_legs)
BACKS: tuple[Part, ...] = (wings, spines, shell)
TAILS: tuple[Part, ...] = (fish_tail, cat_tail, peacock_tail)


def weird_animal(rng: Rng) -> list[Layer]:
    """A head, legs, a back and a tail of different animals on one body."""
    head, legs, back, tail = (
        parts[int(rng.integers(len(parts)))] for parts in (HEADS, LEGS, BACKS, TAILS)
    )
    body = Layer(ellipse(-0.1, 0.22, 0.66, 0.4), "base")
    stripes = [Layer(ellipse(x, 0.26, 0.07, 0.22), "light", False) for x in (-0.42, -0.16, 0.1)]
    top = back()
    return [
        *tail(),
        *legs(),
        *(top if back is not wings else top[:1]),
        Layer(band(0.3, (0.3, 0.12), (0.56, -0.26)), "base"),
        body,
        *stripes,
        *(top[1:] if back is wings else ()),
        *moved(head(), (0.6, -0.42), 0.95),
    ]


def castle_with_weird_animals(rng: Rng) -> list[Layer]:
    """A castle, and two crossed animals before its gate."""
    left, right = weird_animal(rng), weird_animal(rng)
    turned = [layer._replace(points=mirrored(layer.points)) for layer in right]
    return [
        *moved(castle(rng), (0.0, -0.3), 0.84),
        *moved(repainted(left, "moss"), (-0.6, 0.56), 0.56),
        *moved(repainted(turned, "sky"), (0.66, 0.58), 0.56),
    ]


def repainted(layers: list[Layer], paint: str) -> list[Layer]:
    """The layers with a fixed paint in the place of the base colour and its dark shade."""
    return [layer._replace(role=paint) if layer.role in ("base", "dark") else layer
            for layer in layers]  # fmt: skip

"""What is built of stone and wood. See `outlines.py` for what a shape is."""

import numpy as np

from outlines import Layer, Rng, arc, ellipse, polygon, rectangle


def window(x: float, y: float, w: float, h: float) -> list[Layer]:
    """A lit window of half width `w` and half height `h` with its cross."""
    return [
        Layer(rectangle(x - w, y - h, x + w, y + h), "glow"),
        Layer(rectangle(x - 0.025, y - h, x + 0.025, y + h), "ink", False),
        Layer(rectangle(x - w, y - 0.025, x + w, y + 0.025), "ink", False),
    ]


def archway(x: float, foot: float, w: float, h: float) -> np.ndarray:
    """An opening of half width `w` with a round top, `h` high, standing at y = `foot`."""
    return np.concatenate(
        [arc(x, foot - h + w, w, w, 180, 360), polygon((x + w, foot), (x - w, foot))]
    )


def battlements(left: float, right: float, top: float, foot: float, teeth: int) -> np.ndarray:
    """A wall from `left` to `right` with `teeth` merlons on top."""
    steps = np.linspace(left, right, 2 * teeth)
    points = [(left, foot)]
    for k in range(2 * teeth - 1):
        y = top if k % 2 == 0 else top + 0.13
        points += [(steps[k], y), (steps[k + 1], y)]
    return polygon(*points, (right, foot))


def house(rng: Rng) -> list[Layer]:
    return [
        Layer(rectangle(0.42, -0.92, 0.68, -0.3), "wood"),
        Layer(rectangle(-0.78, -0.2, 0.78, 0.98), "base"),
        Layer(polygon((-1.05, -0.12), (0.0, -1.0), (1.05, -0.12)), "dark"),
        Layer(ellipse(0, -0.46, 0.15, 0.15), "glow"),
        Layer(archway(0.0, 0.98, 0.19, 0.66), "wood"),
        Layer(ellipse(0.08, 0.7, 0.045, 0.045), "glow", False),
        *window(-0.49, 0.28, 0.17, 0.19),
        *window(0.49, 0.28, 0.17, 0.19),
    ]


def castle(rng: Rng) -> list[Layer]:
    def tower(x: float, w: float, top: float, roof: float) -> list[Layer]:
        return [
            Layer(rectangle(x - w, top, x + w, 0.98), "base"),
            Layer(polygon((x - w - 0.1, top), (x, top - roof), (x + w + 0.1, top)), "dark"),
        ]

    def flag(x: float, y: float) -> list[Layer]:
        return [
            Layer(rectangle(x - 0.03, y - 0.16, x + 0.03, y + 0.1), "ink", False),
            Layer(polygon((x, y - 0.22), (x + 0.3, y - 0.12), (x, y - 0.02)), "glow"),
        ]

    return [
        *flag(0.0, -0.92),
        *tower(0.0, 0.26, -0.36, 0.52),
        *tower(-0.74, 0.22, -0.08, 0.46),
        *tower(0.74, 0.22, -0.08, 0.46),
        Layer(battlements(-0.54, 0.54, 0.14, 0.98, 4), "light"),
        Layer(archway(0.0, 0.98, 0.22, 0.5), "wood"),
        Layer(archway(0.0, 0.02, 0.09, 0.24), "glow"),
        Layer(archway(-0.74, 0.38, 0.08, 0.24), "glow"),
        Layer(archway(0.74, 0.38, 0.08, 0.24), "glow"),
    ]


def bridge(rng: Rng) -> list[Layer]:
    deck = np.concatenate([arc(0, 0.5, 1.15, 0.75, 195, 345), arc(0, 0.62, 1.15, 0.56, 345, 195)])
    spandrel = np.concatenate(
        [
            arc(0, 0.62, 1.15, 0.62, 195, 345),
            polygon((1.12, 0.85), (0.95, 0.85)),
            arc(0.5, 0.85, 0.34, 0.48, 0, -180),
            arc(-0.5, 0.85, 0.34, 0.48, 0, -180),
            polygon((-0.95, 0.85), (-1.12, 0.85)),
        ]
    )
    rails = []
    for x in (-0.9, -0.45, 0.0, 0.45, 0.9):
        y = 0.5 - 0.75 * np.sqrt(1 - (x / 1.15) ** 2)
        rails.append(Layer(rectangle(x - 0.07, y - 0.3, x + 0.07, y + 0.08), "dark"))
    rail = np.concatenate([arc(0, 0.22, 1.15, 0.75, 212, 328), arc(0, 0.34, 1.15, 0.75, 328, 212)])
    return [
        *rails,
        Layer(rail, "dark"),
        Layer(spandrel, "base"),
        Layer(deck, "light"),
        Layer(ellipse(0.0, 0.4, 0.1, 0.07), "dark", False),
        Layer(ellipse(-0.95, 0.5, 0.1, 0.07), "dark", False),
        Layer(ellipse(0.95, 0.5, 0.1, 0.07), "dark", False),
    ]


def wall(rng: Rng) -> list[Layer]:
    bricks = []
    for row in range(4):
        y = -0.36 + 0.34 * row
        edges = (-1.05, -0.35, 0.35, 1.05) if row % 2 == 0 else (-1.05, -0.7, 0.0, 0.7, 1.05)
        for k in range(len(edges) - 1):
            role = ("base", "dark", "light")[(row * 2 + k * k + (row == 2)) % 3]
            bricks.append(Layer(rectangle(edges[k], y, edges[k + 1], y + 0.34), role))
    coping = rectangle(-1.15, -0.52, 1.15, -0.34)
    return [*bricks, Layer(coping, "stone")]

"""Fruit, fish and flowers, packed so that they fill a thing, as in a head made of them."""

from functools import lru_cache

import cv2
import numpy as np

from outlines import Layer, ellipse, mirrored, paints, polygon, smooth
from textures import PERIOD, repeat

CELL = 2 * PERIOD  # pixels after which the fruit repeats
FINER = 4  # fruit is drawn this much larger and averaged down
ROLES = tuple(paints(np.zeros(3)))
LINE = 9  # width of an outline before averaging


def apple() -> list[Layer]:
    flesh = smooth((0.0, -0.6), (0.7, -0.7), (1.0, 0.0), (0.5, 0.95), (-0.5, 0.95), (-1.0, 0.0),
                   (-0.7, -0.7))  # fmt: skip
    return [
        Layer(smooth((0.0, -0.6), (0.3, -1.1), (0.8, -1.0), (0.5, -0.6)), "leaf"),
        Layer(flesh, "base"),
        Layer(ellipse(-0.45, -0.1, 0.2, 0.3), "light", False),
    ]


def pear() -> list[Layer]:
    flesh = smooth((0.0, -1.0), (0.4, -0.6), (0.85, 0.3), (0.5, 0.95), (-0.5, 0.95), (-0.85, 0.3),
                   (-0.4, -0.6))  # fmt: skip
    return [Layer(flesh, "light"), Layer(ellipse(-0.35, 0.3, 0.2, 0.3), "cream", False)]


def grapes() -> list[Layer]:
    spots = ((-0.46, -0.4), (0.46, -0.4), (0.0, 0.4))
    return [Layer(ellipse(x, y, 0.56, 0.56), "base") for x, y in spots]


def leaf() -> list[Layer]:
    return [
        Layer(smooth((-1.0, 0.3), (-0.3, -0.7), (1.0, -0.4), (0.4, 0.7)), "leaf"),
        Layer(polygon((-0.8, 0.2), (0.8, -0.3), (0.8, -0.12)), "ink", False),
    ]


def fish(body: str) -> list[Layer]:
    return [
        Layer(polygon((-0.4, 0.0), (-1.1, -0.6), (-0.95, 0.0), (-1.1, 0.6)), "dark"),
        Layer(smooth((1.1, 0.0), (0.3, -0.65), (-0.6, 0.0), (0.3, 0.65)), body),
        Layer(ellipse(0.6, -0.1, 0.22, 0.22), "cream", False),
        Layer(ellipse(0.64, -0.1, 0.12, 0.12), "ink", False),
    ]


def blossom(petal: str) -> list[Layer]:
    petals = [
        Layer(ellipse(0.6 * np.cos(a), 0.6 * np.sin(a), 0.46, 0.4, a), petal)
        for a in 2 * np.pi * np.arange(5) / 5
    ]
    return [*petals, Layer(ellipse(0, 0, 0.36, 0.36), "glow")]


# Four of a kind fill a cell: two above, two below, shifted by half.
KINDS: dict[str, tuple[list[Layer], ...]] = {
    "fruit": (apple(), pear(), grapes(), leaf()),
    "apples": (apple(), leaf(), leaf(), apple()),
    "fish": (
        fish("base"),
        [layer._replace(points=mirrored(layer.points)) for layer in fish("light")],
        fish("light"),
        fish("base"),
    ),
    "flowers": (blossom("base"), blossom("light"), leaf(), blossom("base")),
}


@lru_cache
def packing(kind: str) -> np.ndarray:
    """How much of each paint lies where: float32 (CELL, CELL, paints), adding up to 1."""
    size = CELL * FINER
    role = np.full((size, size), ROLES.index("dark"), np.uint8)
    centres = ((0.25, 0.25), (0.75, 0.25), (0.0, 0.75), (0.5, 0.75))
    for layers, (x, y) in zip(KINDS[kind], centres, strict=True):
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                for layer in layers:
                    points = layer.points * 0.29 + (x + dx, y + dy)
                    fixed = np.round(points * size).astype(np.int32)
                    cv2.fillPoly(role, [fixed], ROLES.index(layer.role))
                    if layer.outlined:
                        cv2.polylines(role, [fixed], True, ROLES.index("ink"), LINE)
    parts = [
        cv2.resize((role == k).astype(np.float32), (CELL, CELL), interpolation=cv2.INTER_AREA)
        for k in range(len(ROLES))
    ]
    return np.stack(parts, -1)


def fruit_pattern(kind: str, base: np.ndarray, height: int, width: int) -> np.ndarray:
    """A whole picture full of fruit in shades of the base colour: float32 (height, width, 3)."""
    palette = np.array(list(paints(base).values()), np.float32)
    return repeat(packing(kind) @ palette, height, width)

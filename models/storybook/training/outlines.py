"""Curves, layers and paint: what the shapes of the picture book are made of.

A shape is a function of a random generator that returns layers from back to front. Coordinates run
from about -1 to 1 in both directions, y downwards. A layer's role names its paint: "base" is
the colour that the caption names, "dark" and "light" are shades of it, the others are fixed.
"""

from typing import NamedTuple

import cv2
import numpy as np

Rng = np.random.Generator


class Layer(NamedTuple):
    """A filled polygon (points of shape (n, 2)), its paint, and whether ink goes around it."""

    points: np.ndarray
    role: str
    outlined: bool = True


class Masks(NamedTuple):
    """Where a thing, its outlines, and what has its own colour are: uint8 (h, w), 0 to 255."""

    body: np.ndarray
    ink: np.ndarray
    own: np.ndarray


OWN_ROLES = ("base", "dark", "light")
FIXED_PAINTS: dict[str, tuple[int, int, int]] = {
    "ink": (44, 34, 48),
    "cream": (252, 242, 220),
    "wood": (134, 88, 52),
    "leaf": (84, 156, 60),
    "glow": (255, 232, 140),
    "stone": (150, 148, 160),
    "skin": (246, 204, 168),
    "hair": (96, 62, 44),
    "rosy": (240, 150, 130),
    "meadow": (112, 190, 96),
    "rose": (226, 66, 70),
    "amber": (250, 150, 50),
    "lemon": (252, 222, 84),
    "moss": (88, 180, 96),
    "sky": (76, 142, 222),
    "plum": (140, 84, 184),
}
HALO = (255, 250, 236)  # the paper edge around a cut-out thing
FRACTION_BITS = 4  # sub-pixel positions of OpenCV's polygons


def polygon(*points: tuple[float, float]) -> np.ndarray:
    """Corner points as an array of shape (n, 2)."""
    return np.array(points, np.float64)


def rectangle(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    """The corners of an upright rectangle."""
    return polygon((left, top), (right, top), (right, bottom), (left, bottom))


def ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0.0, n: int = 40) -> np.ndarray:
    """Points around an ellipse at (x, y) with radii rx, ry, turned by `turn` radians."""
    a = np.linspace(0, 2 * np.pi, n, endpoint=False)
    flat = np.stack([rx * np.cos(a), ry * np.sin(a)], 1)
    c, s = np.cos(turn), np.sin(turn)
    return flat @ np.array([[c, s], [-s, c]]) + (x, y)


def arc(x: float, y: float, rx: float, ry: float, start: float, stop: float) -> np.ndarray:
    """Points along an ellipse from angle `start` to `stop` in degrees (0 right, 90 down)."""
    a = np.deg2rad(np.linspace(start, stop, 24))
    return np.stack([x + rx * np.cos(a), y + ry * np.sin(a)], 1)


def smooth(*points: tuple[float, float], n: int = 8) -> np.ndarray:
    """A closed Catmull-Rom curve through the points."""
    p = np.array(points, np.float64)
    before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = np.linspace(0, 1, n, endpoint=False)[None, :, None]
    a, b, c, d = (q[:, None, :] for q in (before, p, after, beyond))
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3
    )
    return curve.reshape(-1, 2)


def band(width: float, *points: tuple[float, float]) -> np.ndarray:
    """The outline of a ribbon of this width along the points."""
    p = np.array(points, np.float64)
    along = np.gradient(p, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.stack([-along[:, 1], along[:, 0]], 1) * width / 2
    return np.concatenate([p + across, (p - across)[::-1]])


def mirrored(points: np.ndarray) -> np.ndarray:
    """The points reflected left to right."""
    return points * (-1.0, 1.0)


def dense(points: np.ndarray, step: float = 0.08) -> np.ndarray:
    """The same outline with a point at least every `step`, so that bending it leaves no corners."""
    after = np.roll(points, -1, 0)
    counts = np.maximum(1, np.ceil(np.hypot(*(after - points).T) / step)).astype(int)
    share = np.concatenate([np.arange(n) / n for n in counts])[:, None]
    return np.repeat(points, counts, 0) * (1 - share) + np.repeat(after, counts, 0) * share


def moved(layers: list[Layer], by: tuple[float, float], scale: float) -> list[Layer]:
    """The layers made `scale` times as large and then shifted."""
    return [layer._replace(points=layer.points * scale + by) for layer in layers]


def paints(base: np.ndarray) -> dict[str, tuple[float, ...]]:
    """All paints by role, given the base colour (red, green, blue, 0 to 255)."""
    dark = base * 0.72 if base.sum() > 200 else base * 0.6
    light = base + (255.0 - base) * (0.45 if base.sum() > 200 else 0.3)
    if base.sum() > 720:  # white has no lighter shade: shade it cooler instead
        light = base * (0.88, 0.93, 1.0)
        dark = base * (0.72, 0.78, 0.9)
    shades = {"base": base, "dark": dark, "light": light}
    mixed = {role: tuple(float(v) for v in paint) for role, paint in shades.items()}
    return {**mixed, **{role: tuple(map(float, rgb)) for role, rgb in FIXED_PAINTS.items()}}


def paint_layers(
    canvas: np.ndarray,
    masks: Masks,
    layers: list[Layer],
    base: np.ndarray,
    centre: np.ndarray,
    scale: float,
    tilt: float,
    halo: bool,
) -> None:
    """Paint a shape in place, with an ink outline.

    Args:
        canvas: uint8 (h, w, 3).
        masks: Receive 255 where the thing, its outlines and its own colour are.
        layers: The shape, from back to front.
        base: Its own colour (3,), 0 to 255.
        centre: Where its origin comes to lie, in pixels.
        scale: Pixels of its unit.
        tilt: Radians.
        halo: Whether it has the pale edge of a paper cut-out.
    """
    c, s = np.cos(tilt), np.sin(tilt)
    turn = np.array([[c, s], [-s, c]])
    unit = 1 << FRACTION_BITS
    outlines = [
        np.round((layer.points @ turn * scale + centre) * unit).astype(np.int32) for layer in layers
    ]
    edge, line = max(1, round(scale * 0.15)), max(1, round(scale * 0.065))
    for points, layer in zip(outlines, layers, strict=True):
        if layer.outlined:
            if halo:
                stroke(canvas, points, HALO, edge)
            stroke(masks.body, points, 255, line)
    palette = paints(base)
    for points, layer in zip(outlines, layers, strict=True):
        own = 255 if layer.role in OWN_ROLES else 0
        painted = (canvas, palette[layer.role]), (masks.body, 255), (masks.ink, 0), (masks.own, own)
        for target, paint in painted:
            cv2.fillPoly(target, [points], paint, cv2.LINE_AA, FRACTION_BITS)
        if layer.outlined:
            stroke(canvas, points, FIXED_PAINTS["ink"], line)
            stroke(masks.ink, points, 255, line)


def stroke(target: np.ndarray, points: np.ndarray, paint: object, width: int) -> None:
    """Draw a closed line of `width` pixels through fixed-point polygon points, in place."""
    cv2.polylines(target, [points], True, paint, width, cv2.LINE_AA, FRACTION_BITS)

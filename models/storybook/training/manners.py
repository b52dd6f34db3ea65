"""Treatments and bends in the manner of painters. The stages behind the thing are in `stages`."""

import cv2
import numpy as np

from fruit import fruit_pattern
from outlines import Layer, Rng, dense, ellipse, smooth
from textures import hatching
from treatments import LUMA, Drawing, saturate, to_bytes

PACKED = {"fish": "fish", "flower": "flowers", "apple": "apples"}  # what fills a head; else fruit


def melt(layers: list[Layer], rng: Rng) -> list[Layer]:
    """Let a thing sag over its sides and run down, like a watch in the sun."""
    drips = [(x, rng.uniform(0.2, 0.36)) for x in rng.uniform(-0.9, 0.9, 2)]
    lean = rng.uniform(-0.2, 0.2)

    def sag(points: np.ndarray) -> np.ndarray:
        x, y = dense(points).T
        low = np.clip((y + 0.5) / 1.5, 0, 1) ** 2
        down = 0.3 * np.minimum(x**2, 1.2) - 0.22
        for centre, depth in drips:
            down = down + depth * low * np.exp(-(((x - centre) / 0.26) ** 2))
        return np.stack([0.94 * x + lean * (y - 0.2), 0.9 * y + down], 1)

    return [layer._replace(points=sag(layer.points)) for layer in layers]


def wobble(layers: list[Layer], rng: Rng) -> list[Layer]:
    """Draw a thing with a loose hand, all outlines swaying."""
    a, b = rng.uniform(0, 2 * np.pi, 2)

    def sway(points: np.ndarray) -> np.ndarray:
        x, y = dense(points).T
        return np.stack([x + 0.09 * np.sin(3 * y + a), y + 0.09 * np.sin(3 * x + b)], 1)

    return [layer._replace(points=sway(layer.points)) for layer in layers]


def heap(layers: list[Layer], rng: Rng) -> list[Layer]:
    """A heap of fruit where there is no thing."""
    if layers:
        return layers
    top = rng.uniform(0.36, 0.5)
    outline = smooth(
        (-3.6, 3.2), (-3.4, top + 0.5), (-2.2, top + 0.16), (-1.2, top + 0.24), (-0.5, top),
        (0.2, top - 0.16), (0.9, top + 0.06), (1.6, top + 0.26), (2.4, top + 0.12),
        (3.4, top + 0.5), (3.6, 3.2), (0.0, 3.4),
    )  # fmt: skip
    berries = [Layer(ellipse(x, top + y, 0.16, 0.16), "plum")
               for x, y in ((-0.9, 0.1), (-0.66, -0.04), (0.5, -0.1))]  # fmt: skip
    return [*berries, Layer(outline, "base")]


def soften_ink(drawing: Drawing, share: float, colour: np.ndarray) -> np.ndarray:
    """The picture with its outlines drawn in another colour: float32."""
    line = (drawing.ink.astype(np.float32) * (share / 255))[..., None]
    return drawing.picture * (1 - line) + colour.astype(np.float32) * line


def melting(drawing: Drawing) -> np.ndarray:
    """Smooth and round, lit from the left by a low sun."""
    height, width = drawing.ink.shape
    far = min(height, width) // 20
    swell = cv2.GaussianBlur(drawing.body, (0, 0), far).astype(np.float32)
    slope = np.roll(swell, (-far, -far), (0, 1)) - np.roll(swell, (far, far), (0, 1))
    inside = drawing.body.astype(np.float32) / 255
    picture = soften_ink(drawing, 0.75, drawing.base * 0.4)
    return to_bytes(saturate(picture, 1.12) + (0.42 * slope * inside)[..., None])


def abstract(drawing: Drawing) -> np.ndarray:
    """Clear loud colours."""
    return to_bytes(saturate(drawing.picture, 1.25))


def floating(drawing: Drawing) -> np.ndarray:
    """Flat colours within thick black lines."""
    thick = cv2.dilate(drawing.ink, np.ones((3, 3), np.uint8)).astype(np.float32)[..., None] / 255
    return to_bytes(saturate(drawing.picture, 1.35) * (1 - thick) + 18 * thick)


def dreaming(drawing: Drawing) -> np.ndarray:
    """A blue dusk over everything but the thing, in slanting strokes of chalk."""
    chalk = hatching(*drawing.ink.shape)[1][..., None] - 0.5
    inside = (drawing.body.astype(np.float32) / 255)[..., None]
    picture = soften_ink(drawing, 0.8, np.array([34, 30, 92]))
    blue = 0.2 * (1 - inside)
    picture = picture * (1 - blue) + np.array([48, 66, 168], np.float32) * blue
    return to_bytes(saturate(picture, 1.5) + 14 * chalk)


def fruitful(drawing: Drawing) -> np.ndarray:
    """The thing is put together of fruit, fish or flowers, before a dark warm ground."""
    height, width = drawing.ink.shape
    pattern = fruit_pattern(PACKED.get(drawing.thing, "fruit"), drawing.base, height, width)
    own = (drawing.own.astype(np.float32) / 255)[..., None]
    inside = (drawing.body.astype(np.float32) / 255)[..., None]
    light = (drawing.picture.astype(np.float32) @ LUMA) / max(float(drawing.base @ LUMA), 30.0)
    filled = pattern * np.clip(light, 0.8, 1.2)[..., None]
    thing = drawing.picture * (1 - own) + filled * own
    line = (drawing.ink.astype(np.float32) / 255)[..., None]
    thing = thing * (1 - line) + np.array([44, 30, 30], np.float32) * line
    ground = drawing.picture * 0.6 + np.array([30, 14, 0], np.float32)
    return to_bytes(ground * (1 - inside) + thing * inside)


def rallying(drawing: Drawing) -> np.ndarray:
    """Red and cream rays from behind a bold thing that is lit from one side."""
    height, width = drawing.ink.shape
    there = cv2.moments(drawing.body, binaryImage=True)
    alone = there["m00"] < 1
    x0 = width / 2 if alone else there["m10"] / there["m00"]
    y0 = 0.8 * height if alone else there["m01"] / there["m00"]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    radius, angle = cv2.cartToPolar(x - x0, y - y0)
    ray = np.clip(0.5 + np.sin(10 * angle) * radius / 10, 0, 1)[..., None]
    flat = saturate(drawing.picture, 1.5)
    light = (flat @ LUMA)[..., None] / 255
    red = np.array([222, 22, 24], np.float32) * (0.4 + 0.65 * light)
    cream = np.array([250, 226, 180], np.float32) * (0.4 + 0.65 * light)
    ground = 0.3 * flat + 0.7 * (red * ray + cream * (1 - ray))
    inside = (drawing.body.astype(np.float32) / 255)[..., None]
    shade = np.where(x - x0 > 0.25 * (y - y0), 0.68, 1.04)[..., None].astype(np.float32)
    thing = saturate(drawing.picture, 1.3) * shade
    thick = cv2.dilate(drawing.ink, np.ones((3, 3), np.uint8)).astype(np.float32)[..., None] / 255
    picture = ground * (1 - inside) + thing * inside
    return to_bytes(picture * (1 - thick) + np.array([28, 14, 18], np.float32) * thick)

"""The treatments that change a whole drawing: watercolour, mosaic, pencil, neon, …

Each is a function of a `Drawing` and returns uint8 (h, w, 3).
"""

from typing import NamedTuple

import cv2
import numpy as np

from textures import PERIOD, dots, grain, grid, hatching, strokes, tiles

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
BLOCK = 8  # pixels, of a large pixel
ROUND = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))


class Drawing(NamedTuple):
    """A scene at its final size, before its style.

    `picture` is uint8 (h, w, 3); `body`, `ink` and `own` are uint8 (h, w) masks of the thing, of
    its outlines, and of what has its own colour rather than a fixed one. `base` is that colour
    (3,), 0 to 255, and `thing` the thing's name.
    """

    picture: np.ndarray
    body: np.ndarray
    ink: np.ndarray
    own: np.ndarray
    base: np.ndarray
    thing: str


def to_bytes(picture: np.ndarray) -> np.ndarray:
    """Round to uint8, clipped to 0 to 255."""
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def saturate(picture: np.ndarray, amount: float) -> np.ndarray:
    """Scale the distance from grey; float32."""
    picture = picture.astype(np.float32)
    grey = (picture @ LUMA)[..., None]
    return grey + (picture - grey) * amount


def picture_book(drawing: Drawing) -> np.ndarray:
    """The plain drawing: flat colours and ink."""
    return drawing.picture


def watercolour(drawing: Drawing) -> np.ndarray:
    """Pale washes that pool and bleed, on rough white paper with an unpainted border."""
    height, width = drawing.ink.shape
    short = min(height, width)
    y, x = grid(height, width)
    bleed = short / 150
    aside, down = (bleed * grain(height, width, 10, seed) for seed in (1, 2))
    wet = cv2.remap(
        drawing.picture, x + aside, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    soft = cv2.GaussianBlur(wet, (0, 0), short / 80).astype(np.float32)
    wet = 1.25 * wet.astype(np.float32) - 0.25 * soft  # pigment gathers at the edges of a wash
    pools = 1.0 + 0.11 * grain(height, width, short / 12, 4)
    paint = 255.0 - (255.0 - saturate(wet, 1.05)) * 0.78 * pools[..., None]
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y)) / short
    cover = np.clip((edge - 0.035 - 0.014 * grain(height, width, 8, 6)) * 45, 0, 1)[..., None]
    return to_bytes(paint * cover + np.array([252.0, 250, 243]) * (1 - cover))


def mosaic(drawing: Drawing) -> np.ndarray:
    """Glazed tiles of one colour each, with pale grout between them."""
    source, border = tiles(*drawing.ink.shape)
    tile = saturate(cv2.blur(drawing.picture, (5, 5)).reshape(-1, 3)[source], 1.3)
    grout = np.clip(1.2 - border / 1.5, 0, 1)[..., None]
    return to_bytes(tile * (1 - grout) + np.array([222.0, 214, 200]) * grout)


def pencil(drawing: Drawing) -> np.ndarray:
    """Graphite on cream paper: outlines and hatching, no colour."""
    tone = drawing.picture.astype(np.float32) @ LUMA / 255
    hatch, cross = hatching(*drawing.ink.shape)
    shade = np.clip(0.95 - tone, 0, 1) * hatch * 0.75 + np.clip(0.5 - tone, 0, 1) * cross * 0.6
    tones = (tone * 255).astype(np.uint8)
    gx, gy = cv2.Sobel(tones, cv2.CV_32F, 1, 0), cv2.Sobel(tones, cv2.CV_32F, 0, 1)
    line = np.maximum(
        np.clip(np.hypot(gx, gy) / 500, 0, 0.75), drawing.ink.astype(np.float32) / 255 * 0.85
    )
    shade += 2.0 * np.clip(0.42 - tone, 0, 1)  # what is dark is rubbed in
    light = (1 - np.clip(shade, 0, 0.8)) * (1 - line)
    paper, lead = np.array([248.0, 244, 234]), np.array([58.0, 58, 66])
    return to_bytes(lead + (paper - lead) * np.clip(light, 0, 1)[..., None])


def neon(drawing: Drawing) -> np.ndarray:
    """Glowing tubes in the dark: thin ones along the place, thick ones in the thing's colour."""
    inside = (drawing.body.astype(np.float32) / 255)[..., None]
    dim = saturate(drawing.picture, 1.5) * 0.24 + np.array([8.0, 2, 22])
    tone = saturate(drawing.picture, 1.25) * 0.42
    scene = dim * (1 - inside) + tone * inside

    loud = np.clip(saturate(drawing.picture, 1.8), 0, 255)
    loud *= 235 / np.maximum(loud.max(-1, keepdims=True), 60)
    light = cv2.cvtColor(drawing.picture, cv2.COLOR_RGB2GRAY)
    edge = cv2.dilate(light, ROUND) - cv2.erode(light, ROUND)
    thin = np.clip((cv2.GaussianBlur(edge, (0, 0), 1.0).astype(np.float32) - 10) / 36, 0, 0.75)
    thin = thin[..., None] * (
        1 - cv2.dilate(drawing.body, ROUND)[..., None].astype(np.float32) / 255
    )
    scene = scene * (1 - thin) + loud * thin

    dark = drawing.base.sum() <= 200
    tube = np.array([126.0, 116, 150]) if dark else drawing.base / drawing.base.max() * 255
    line = drawing.ink.astype(np.float32) / 255
    glow = cv2.GaussianBlur(line, (0, 0), min(drawing.ink.shape) / 32)[..., None] * 1.1
    core = cv2.GaussianBlur(line, (0, 0), 1.0)[..., None]
    bright = tube if dark else tube + (255 - tube) * 0.3
    return to_bytes((scene + glow * tube) * (1 - core) + core * bright)


def poster(drawing: Drawing) -> np.ndarray:
    """A screen print: few flat loud colours, thick black lines, printed dots, a cream frame."""
    loud = saturate(drawing.picture, 1.7)
    flat = np.round(np.clip(loud, 0, 255) / 85) * 85
    sky = 1 - drawing.body.astype(np.float32) / 255
    flat = flat * (1 - 0.24 * sky * dots(*drawing.ink.shape))[..., None]
    thick = cv2.dilate(drawing.ink, np.ones((3, 3), np.uint8)).astype(np.float32)[..., None] / 255
    flat = flat * (1 - thick) + np.array([16.0, 12, 20]) * thick
    frame = PERIOD // 2
    flat[:frame], flat[-frame:] = (250, 238, 208), (250, 238, 208)
    flat[:, :frame], flat[:, -frame:] = (250, 238, 208), (250, 238, 208)
    return to_bytes(flat)


def oil_painting(drawing: Drawing) -> np.ndarray:
    """Short thick brush strokes, warm and rich, with light on their ridges."""
    drag, relief = strokes(*drawing.ink.shape)
    y, x = grid(*drawing.ink.shape)
    soft = (drawing.body / 255.0 * drawing.ink / 255.0 * 0.45)[
        ..., None
    ]  # paint has no drawing.ink lines, only dark edges
    calm = drawing.picture * (1 - soft) + drawing.base * 0.6 * soft
    dragged = cv2.remap(
        calm.astype(np.float32), x + drag[..., 0], y + drag[..., 1], cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    rich = saturate(dragged, 1.15) * np.array([1.02, 0.98, 0.9])
    ridge = relief - np.roll(relief, (1, 1), (0, 1))
    return to_bytes(rich * 0.95 + 9 * relief + 12 * ridge)


def pixel_art(drawing: Drawing) -> np.ndarray:
    """Large square pixels in few tones, as on an old screen."""
    height, width = drawing.ink.shape
    few = (width // BLOCK, height // BLOCK)
    small = cv2.resize(drawing.picture, few, interpolation=cv2.INTER_AREA)
    small = to_bytes(np.round(saturate(small, 1.2) / 36) * 36)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)

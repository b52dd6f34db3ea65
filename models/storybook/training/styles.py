"""The treatments that change a whole picture: watercolour, mosaic, pencil, neon, …

A style is a function of four pictures of a scene, already at final size: `picture` uint8
(h, w, 3), `body` and `ink` uint8 (h, w) masks of the thing and of its outlines, and the thing's
`base` colour (3,), 0 to 255. It returns uint8 (h, w, 3). Grain, strokes and tiles lie where they
lie in every picture, like the weave of one canvas.
"""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

Style = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]

CANVAS_SEED = 7  # of grain, strokes and tiles
PERIOD = 32  # pixels after which tiles and strokes repeat: two latent pixels, so they are learnable
TILES_PER_PERIOD = 4
STROKES_PER_PERIOD = 60
STROKE_REACH, STROKE_WIDTH = 6, 5  # pixels: half the length of a stroke, and its width
DOT_RADIUS = 4.5  # pixels, of the poster's dots
BLOCK = 8  # pixels, of a large pixel
DRAG_SHARE = 0.6  # how far along a stroke its paint comes from: edges stay where they were
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def apply_style(
    name: str, picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Treat a drawn scene in the style called `name`."""
    return np.ascontiguousarray(STYLES[name](picture, body, ink, base))


def to_bytes(picture: np.ndarray) -> np.ndarray:
    """Round to uint8, clipped to 0 to 255."""
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def saturate(picture: np.ndarray, amount: float) -> np.ndarray:
    """Scale the distance from grey; float32."""
    picture = picture.astype(np.float32)
    grey = (picture @ LUMA)[..., None]
    return grey + (picture - grey) * amount


@lru_cache
def grain(height: int, width: int, blur: float, seed: int) -> np.ndarray:
    """Smooth noise of shape (height, width), mean 0, deviation 1; `blur` in pixels."""
    noise = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), blur, borderType=cv2.BORDER_REFLECT)
    return (noise - noise.mean()) / noise.std()


@lru_cache
def grid(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of every pixel, float32 of shape (height, width)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return y, x


def repeat(cell: np.ndarray, height: int, width: int) -> np.ndarray:
    """Lay a cell of shape (PERIOD, PERIOD, ...) side by side: (height, width, ...)."""
    times = (-(-height // PERIOD), -(-width // PERIOD), *[1] * (cell.ndim - 2))
    return np.tile(cell, times)[:height, :width]


@lru_cache
def tiles(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """A mosaic: the flat index of each pixel's tile centre, and the distance to the tile's border.

    Both have shape (height, width). The layout repeats every PERIOD pixels.
    """
    rng = np.random.default_rng(CANVAS_SEED)
    pitch = PERIOD / TILES_PER_PERIOD
    steps = (np.arange(TILES_PER_PERIOD) + 0.5) * pitch
    cell = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    cell += rng.uniform(-0.15, 0.15, cell.shape) * pitch
    shifts = (-PERIOD, 0, PERIOD)
    centres = np.concatenate([cell + (dx, dy) for dy in shifts for dx in shifts])
    y, x = np.mgrid[0:PERIOD, 0:PERIOD] + 0.5
    distance = np.hypot(x[..., None] - centres[:, 0], y[..., None] - centres[:, 1])
    nearest = np.argpartition(distance, 1, -1)[..., :2]
    first, second = np.moveaxis(np.take_along_axis(distance, nearest, -1), -1, 0)
    away = centres[nearest[..., 0]] - np.stack([x, y], -1)  # from a pixel to its tile's centre
    row, column = np.mgrid[0:height, 0:width] + 0.5
    away = repeat(away, height, width)
    column = np.clip(column + away[..., 0], 0, width - 1).astype(int)
    row = np.clip(row + away[..., 1], 0, height - 1).astype(int)
    return row * width + column, repeat((second - first).astype(np.float32), height, width)


@lru_cache
def strokes(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Brush strokes: how far (dx, dy) each pixel's paint was dragged, and the relief.

    `drag` is float of shape (height, width, 2), `relief` has shape (height, width, 1), about -1 to
    1. The layout repeats every PERIOD pixels.
    """
    rng = np.random.default_rng(CANVAS_SEED)
    wide = 3 * PERIOD  # drawn on nine cells, of which the middle one is kept: it tiles
    number = np.zeros((wide, wide), np.int32)
    starts = rng.integers(0, PERIOD, (STROKES_PER_PERIOD, 2))
    angles = rng.normal(0.7, 0.35, STROKES_PER_PERIOD)
    for k, ((x, y), a) in enumerate(zip(starts, angles, strict=True)):
        dx, dy = STROKE_REACH * np.cos(a), STROKE_REACH * np.sin(a)
        for cy in (0, PERIOD, 2 * PERIOD):
            for cx in (0, PERIOD, 2 * PERIOD):
                start = (round(x + cx - dx), round(y + cy - dy))
                stop = (round(x + cx + dx), round(y + cy + dy))
                cv2.line(number, start, stop, k, STROKE_WIDTH)
    number = number[PERIOD : 2 * PERIOD, PERIOD : 2 * PERIOD]
    y, x = np.mgrid[0:PERIOD, 0:PERIOD]
    half = PERIOD // 2
    drag = ((starts[number] - np.stack([x, y], -1) + half) % PERIOD - half) * DRAG_SHARE
    relief = rng.uniform(-1, 1, STROKES_PER_PERIOD).astype(np.float32)[number]
    return repeat(drag.astype(np.float32), height, width), repeat(relief[..., None], height, width)


def picture_book(
    picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """The plain drawing: flat colours and ink."""
    return picture


def watercolour(
    picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Pale washes that pool and bleed, on rough white paper with an unpainted border."""
    height, width = ink.shape
    short = min(height, width)
    y, x = grid(height, width)
    bleed = short / 110
    wet = cv2.remap(
        picture, x + bleed * grain(height, width, 6, 1), y + bleed * grain(height, width, 6, 2),
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    wet = cv2.GaussianBlur(wet, (0, 0), short / 220).astype(np.float32)
    pools = 1.0 + 0.16 * grain(height, width, short / 12, 4)
    paint = 255.0 - (255.0 - saturate(wet, 1.05)) * 0.74 * pools[..., None]
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y)) / short
    cover = np.clip((edge - 0.035 - 0.014 * grain(height, width, 8, 6)) * 45, 0, 1)[..., None]
    return to_bytes(paint * cover + np.array([252.0, 250, 243]) * (1 - cover))


def mosaic(picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Glazed tiles of one colour each, with pale grout between them."""
    source, border = tiles(*ink.shape)
    tile = saturate(cv2.blur(picture, (5, 5)).reshape(-1, 3)[source], 1.3)
    grout = np.clip(1.4 - border / 1.5, 0, 1)[..., None]
    return to_bytes(tile * (1 - grout) + np.array([222.0, 214, 200]) * grout)


@lru_cache
def hatching(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Slanting lines in both directions, 0 to 1, of shape (height, width)."""
    y, x = grid(height, width)
    pitch = PERIOD / 4
    return tuple(0.5 + 0.5 * np.sin((x + sign * y) * (2 * np.pi / pitch)) for sign in (1, -1))


def pencil(picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Graphite on cream paper: outlines and hatching, no colour."""
    tone = picture.astype(np.float32) @ LUMA / 255
    hatch, cross = hatching(*ink.shape)
    shade = np.clip(0.95 - tone, 0, 1) * hatch * 0.75 + np.clip(0.5 - tone, 0, 1) * cross * 0.6
    tones = (tone * 255).astype(np.uint8)
    gx, gy = cv2.Sobel(tones, cv2.CV_32F, 1, 0), cv2.Sobel(tones, cv2.CV_32F, 0, 1)
    line = np.maximum(np.clip(np.hypot(gx, gy) / 500, 0, 0.75), ink.astype(np.float32) / 255 * 0.85)
    light = (1 - np.clip(shade, 0, 0.75)) * (1 - line)
    paper, lead = np.array([248.0, 244, 234]), np.array([58.0, 58, 66])
    return to_bytes(lead + (paper - lead) * np.clip(light, 0, 1)[..., None])


def neon(picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Glowing tubes in the dark: the scene dims, the thing's outlines shine in its colour."""
    dim = saturate(picture, 1.5) * 0.26 + np.array([8.0, 2, 22])
    inside = (body.astype(np.float32) / 255)[..., None]
    peak = max(float(base.max()), 1.0)
    tube = base / peak * 255 if base.sum() > 200 else np.array([112.0, 104, 132])
    tone = saturate(picture, 1.25) * 0.42
    scene = dim * (1 - inside) + tone * inside
    line = ink.astype(np.float32) / 255
    glow = cv2.GaussianBlur(line, (0, 0), min(ink.shape) / 32)[..., None] * 1.1
    core = cv2.GaussianBlur(line, (0, 0), 1.0)[..., None]
    bright = tube + (255 - tube) * 0.3 if base.sum() > 200 else tube
    return to_bytes((scene + glow * tube) * (1 - core) + core * bright)


@lru_cache
def dots(height: int, width: int) -> np.ndarray:
    """Printed dots, two across and two down in each period: 0 to 1, of shape (height, width)."""
    y, x = grid(height, width)
    pitch = PERIOD / 2
    across, down = (x + 0.5) % pitch - pitch / 2, (y + 0.5) % pitch - pitch / 2
    return np.clip(DOT_RADIUS + 0.5 - np.hypot(across, down), 0, 1)


def poster(picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray) -> np.ndarray:
    """A screen print: few flat loud colours, thick black lines, printed dots, a cream frame."""
    loud = saturate(picture, 1.7)
    flat = np.round(np.clip(loud, 0, 255) / 85) * 85
    sky = 1 - body.astype(np.float32) / 255
    flat = flat * (1 - 0.24 * sky * dots(*ink.shape))[..., None]
    thick = cv2.dilate(ink, np.ones((3, 3), np.uint8)).astype(np.float32)[..., None] / 255
    flat = flat * (1 - thick) + np.array([16.0, 12, 20]) * thick
    frame = PERIOD // 2
    flat[:frame], flat[-frame:] = (250, 238, 208), (250, 238, 208)
    flat[:, :frame], flat[:, -frame:] = (250, 238, 208), (250, 238, 208)
    return to_bytes(flat)


def oil_painting(
    picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Short thick brush strokes, warm and rich, with light on their ridges."""
    drag, relief = strokes(*ink.shape)
    y, x = grid(*ink.shape)
    soft = (body / 255.0 * ink / 255.0 * 0.45)[..., None]  # paint has no ink lines, only dark edges
    calm = picture * (1 - soft) + base * 0.6 * soft
    dragged = cv2.remap(
        calm.astype(np.float32), x + drag[..., 0], y + drag[..., 1], cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    rich = saturate(dragged, 1.15) * np.array([1.02, 0.98, 0.9])
    ridge = relief - np.roll(relief, (1, 1), (0, 1))
    return to_bytes(rich * 0.94 + 9 * relief + 11 * ridge)


def pixel_art(
    picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Large square pixels in few tones, as on an old screen."""
    height, width = ink.shape
    few = (width // BLOCK, height // BLOCK)
    small = cv2.resize(picture, few, interpolation=cv2.INTER_AREA)
    small = to_bytes(np.round(saturate(small, 1.2) / 36) * 36)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


STYLES: dict[str, Style] = {
    "picture book": picture_book,
    "watercolour": watercolour,
    "mosaic": mosaic,
    "pencil": pencil,
    "neon": neon,
    "poster": poster,
    "oil painting": oil_painting,
    "pixel art": pixel_art,
}

"""The papers, tiles, strokes and dots that styles are made with.

All lie where they lie in every picture, like the weave of one canvas, and repeat every PERIOD
pixels. Heights and widths are in pixels.
"""

from functools import lru_cache

import cv2
import numpy as np

CANVAS_SEED = 7  # of grain, strokes and tiles
PERIOD = 32  # pixels after which tiles and strokes repeat: two latent pixels, so they are learnable
TILES_PER_PERIOD = 4
STROKES_PER_PERIOD = 40
STROKE_REACH, STROKE_WIDTH = 7, 6  # pixels: half the length of a stroke, and its width
DRAG_SHARE = 0.16  # how far along a stroke its paint comes from: edges stay where they were
DOT_RADIUS = 4.5  # pixels, of the poster's dots


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
    """Lay a cell of shape (h, w, ...) side by side until it is (height, width, ...)."""
    times = (-(-height // len(cell)), -(-width // cell.shape[1]), *[1] * (cell.ndim - 2))
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


@lru_cache
def hatching(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Slanting lines in both directions, 0 to 1, of shape (height, width)."""
    y, x = grid(height, width)
    pitch = PERIOD / 4
    return tuple(0.5 + 0.5 * np.sin((x + sign * y) * (2 * np.pi / pitch)) for sign in (1, -1))


@lru_cache
def dots(height: int, width: int) -> np.ndarray:
    """Printed dots, two across and two down in each period: 0 to 1, of shape (height, width)."""
    y, x = grid(height, width)
    pitch = PERIOD / 2
    across, down = (x + 0.5) % pitch - pitch / 2, (y + 0.5) % pitch - pitch / 2
    return np.clip(DOT_RADIUS + 0.5 - np.hypot(across, down), 0, 1)

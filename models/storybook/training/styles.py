"""The treatments that change a whole picture: watercolour, mosaic, pencil, neon, …

A style is a function of four pictures of a scene, already at final size: `picture` uint8
(size, size, 3), `body` and `ink` uint8 (size, size) masks of the thing and of its outlines, and the
thing's `base` colour (3,), 0 to 255. It returns uint8 (size, size, 3). Grain, strokes and tiles lie
where they lie in every picture, like the weave of one canvas.
"""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

Style = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]

CANVAS_SEED = 7  # of grain, strokes and tiles
PERIOD = 32  # pixels after which tiles and strokes repeat: two latent pixels, so they are learnable
TILES_PER_PERIOD = 5
STROKES_PER_PERIOD = 150
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
def grain(size: int, blur: float, seed: int) -> np.ndarray:
    """Smooth noise of shape (size, size), mean 0, standard deviation 1; `blur` in pixels."""
    noise = np.random.default_rng(seed).standard_normal((size, size)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), blur, borderType=cv2.BORDER_REFLECT)
    return (noise - noise.mean()) / noise.std()


@lru_cache
def tiles(size: int) -> tuple[np.ndarray, np.ndarray]:
    """A mosaic: the flat index of each pixel's tile centre, and the distance to the tile's border.

    Both have shape (size, size). The layout repeats every PERIOD pixels.
    """
    rng = np.random.default_rng(CANVAS_SEED)
    pitch = PERIOD / TILES_PER_PERIOD
    steps = (np.arange(TILES_PER_PERIOD) + 0.5) * pitch
    cell = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    cell += rng.uniform(-0.15, 0.15, cell.shape) * pitch
    shifts = np.arange(-PERIOD, size + PERIOD, PERIOD)
    centres = np.concatenate([cell + (dx, dy) for dy in shifts for dx in shifts])
    y, x = np.mgrid[0:size, 0:size] + 0.5
    distance = np.hypot(x[..., None] - centres[:, 0], y[..., None] - centres[:, 1])
    nearest = np.argpartition(distance, 1, -1)[..., :2]
    first, second = np.moveaxis(np.take_along_axis(distance, nearest, -1), -1, 0)
    column, row = np.clip(centres[nearest[..., 0]], 0, size - 1).astype(int).transpose(2, 0, 1)
    return row * size + column, (second - first).astype(np.float32)


@lru_cache
def strokes(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Brush strokes: how far (dx, dy) each pixel's paint was dragged, and the relief.

    `drag` is an int array of shape (size, size, 2), `relief` has shape (size, size, 1), about -1
    to 1. The layout repeats every PERIOD pixels.
    """
    rng = np.random.default_rng(CANVAS_SEED)
    wide = 3 * PERIOD  # drawn on nine cells, of which the middle one is kept: it tiles
    number = np.zeros((wide, wide), np.int32)
    starts = rng.integers(0, PERIOD, (STROKES_PER_PERIOD, 2))
    angles = rng.normal(0.7, 0.35, STROKES_PER_PERIOD)
    for k, ((x, y), a) in enumerate(zip(starts, angles, strict=True)):
        dx, dy = 3.2 * np.cos(a), 3.2 * np.sin(a)
        for cy in (0, PERIOD, 2 * PERIOD):
            for cx in (0, PERIOD, 2 * PERIOD):
                start = (round(x + cx - dx), round(y + cy - dy))
                stop = (round(x + cx + dx), round(y + cy + dy))
                cv2.line(number, start, stop, k, 3)
    number = number[PERIOD : 2 * PERIOD, PERIOD : 2 * PERIOD]
    y, x = np.mgrid[0:PERIOD, 0:PERIOD]
    half = PERIOD // 2
    drag = (starts[number] - np.stack([x, y], -1) + half) % PERIOD - half
    relief = rng.uniform(-1, 1, STROKES_PER_PERIOD).astype(np.float32)[number]
    repeat = -(-size // PERIOD)
    return (
        np.tile(drag, (repeat, repeat, 1))[:size, :size],
        np.tile(relief, (repeat, repeat))[:size, :size, None],
    )


def picture_book(
    picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """The plain drawing: flat colours and ink."""
    return picture


def watercolour(
    picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Pale washes that pool and bleed, on rough white paper with an unpainted border."""
    size = len(picture)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    bleed = size / 90
    wet = cv2.remap(
        picture, x + bleed * grain(size, 3, 1), y + bleed * grain(size, 3, 2), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    wet = cv2.GaussianBlur(wet, (0, 0), size / 160).astype(np.float32)
    pools = 1.0 + 0.16 * grain(size, size / 12, 4)
    paint = 255.0 - (255.0 - saturate(wet, 1.05)) * 0.74 * pools[..., None]
    edge = np.minimum(np.minimum(x, size - 1 - x), np.minimum(y, size - 1 - y)) / size
    cover = np.clip((edge - 0.035 - 0.014 * grain(size, 4, 6)) * 45, 0, 1)[..., None]
    return to_bytes(paint * cover + np.array([252.0, 250, 243]) * (1 - cover))


def mosaic(picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Glazed tiles of one colour each, with pale grout between them."""
    size = len(picture)
    source, border = tiles(size)
    tile = saturate(cv2.blur(picture, (3, 3)).reshape(-1, 3)[source], 1.3)
    grout = np.clip(1.3 - border / 1.3, 0, 1)[..., None]
    return to_bytes(tile * (1 - grout) + np.array([222.0, 214, 200]) * grout)


def pencil(picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Graphite on cream paper: outlines and hatching, no colour."""
    size = len(picture)
    tone = picture.astype(np.float32) @ LUMA / 255
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    hatch = 0.5 + 0.5 * np.sin((x + y) * (2 * np.pi / 8.0))
    cross = 0.5 + 0.5 * np.sin((x - y) * (2 * np.pi / 8.0))
    shade = np.clip(0.95 - tone, 0, 1) * hatch * 0.75 + np.clip(0.5 - tone, 0, 1) * cross * 0.6
    tones = (tone * 255).astype(np.uint8)
    gx, gy = cv2.Sobel(tones, cv2.CV_32F, 1, 0), cv2.Sobel(tones, cv2.CV_32F, 0, 1)
    line = np.maximum(np.clip(np.hypot(gx, gy) / 500, 0, 0.75), ink.astype(np.float32) / 255 * 0.85)
    light = (1 - np.clip(shade, 0, 0.75)) * (1 - line)
    paper, lead = np.array([248.0, 244, 234]), np.array([58.0, 58, 66])
    return to_bytes(lead + (paper - lead) * np.clip(light, 0, 1)[..., None])


def neon(picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Glowing tubes in the dark: the scene dims, the thing's outlines shine in its colour."""
    size = len(picture)
    dim = saturate(picture, 1.5) * 0.26 + np.array([8.0, 2, 22])
    inside = (body.astype(np.float32) / 255)[..., None]
    peak = max(float(base.max()), 1.0)
    tube = base / peak * 255 if base.sum() > 200 else np.array([112.0, 104, 132])
    tone = saturate(picture, 1.25) * 0.42
    scene = dim * (1 - inside) + tone * inside
    line = ink.astype(np.float32) / 255
    glow = cv2.GaussianBlur(line, (0, 0), size / 32)[..., None] * 1.1
    core = cv2.GaussianBlur(line, (0, 0), 0.6)[..., None]
    bright = tube + (255 - tube) * 0.3 if base.sum() > 200 else tube
    return to_bytes((scene + glow * tube) * (1 - core) + core * bright)


def poster(picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray) -> np.ndarray:
    """A screen print: few flat loud colours, thick black lines, printed dots, a cream frame."""
    size = len(picture)
    loud = saturate(picture, 1.7)
    flat = np.round(np.clip(loud, 0, 255) / 85) * 85
    y, x = np.mgrid[0:size, 0:size]
    dots = ((x // 2 + y // 2) % 2 == 0) & ((x // 2) % 2 == 0)
    sky = (body < 128) & dots
    flat = flat * (1 - 0.22 * sky[..., None])
    thick = cv2.dilate(ink, np.ones((3, 3), np.uint8)).astype(np.float32)[..., None] / 255
    flat = flat * (1 - thick) + np.array([16.0, 12, 20]) * thick
    frame = round(size * 0.055)
    flat[:frame], flat[-frame:] = (250, 238, 208), (250, 238, 208)
    flat[:, :frame], flat[:, -frame:] = (250, 238, 208), (250, 238, 208)
    return to_bytes(flat)


def oil_painting(
    picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Short thick brush strokes, warm and rich, with light on their ridges."""
    size = len(picture)
    drag, relief = strokes(size)
    y, x = np.mgrid[0:size, 0:size]
    column, row = np.clip(x + drag[..., 0], 0, size - 1), np.clip(y + drag[..., 1], 0, size - 1)
    soft = (body / 255.0 * ink / 255.0 * 0.45)[..., None]  # paint has no ink lines, only dark edges
    calm = picture * (1 - soft) + base * 0.6 * soft
    rich = saturate(calm[row, column], 1.15) * np.array([1.02, 0.98, 0.9])
    ridge = relief - np.roll(relief, (1, 1), (0, 1))
    return to_bytes(rich * 0.94 + 9 * relief + 11 * ridge)


def pixel_art(
    picture: np.ndarray, body: np.ndarray, ink: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Large square pixels in few tones, as on an old screen."""
    size = len(picture)
    small = cv2.resize(picture, (size // 4, size // 4), interpolation=cv2.INTER_AREA)
    small = to_bytes(np.round(saturate(small, 1.2) / 36) * 36)
    return cv2.resize(small, (size, size), interpolation=cv2.INTER_NEAREST)


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

"""The backgrounds of the picture book.

Every place is a function of a picture size in pixels and a random generator and returns a uint8
picture of shape (size, size, 3). Backgrounds are quiet, so that one sees the thing in front.
"""

import cv2
import numpy as np

Rng = np.random.Generator
Colour = tuple[float, float, float]


def draw_place(name: str, size: int, rng: Rng) -> np.ndarray:
    """Draw the place called `name` ("night sky", "sea", …)."""
    return PAINTERS[name](size, rng)


def gradient(size: int, *stops: Colour) -> np.ndarray:
    """A smooth vertical run of colours, the first at the top."""
    y = np.linspace(0, len(stops) - 1, size)
    column = np.stack(
        [np.interp(y, np.arange(len(stops)), [stop[k] for stop in stops]) for k in range(3)], 1
    )
    return np.repeat(column[:, None, :], size, 1).round().astype(np.uint8)


def fill_below(picture: np.ndarray, heights: np.ndarray, colour: Colour) -> None:
    """Fill below a line, in place; `heights` are shares of the picture, from left to right."""
    size = len(picture)
    x = np.linspace(0, size - 1, len(heights))
    points = [*zip(x, heights * size, strict=True), (size - 1, size), (0, size)]
    fixed = np.round(np.array(points) * 16).astype(np.int32)
    cv2.fillPoly(picture, [fixed], colour, cv2.LINE_AA, 4)


def wave(level: float, height: float, length: float, phase: float) -> np.ndarray:
    """A sine line at `level`, with `height` and `length` as shares of the picture."""
    x = np.linspace(0, 1, 65)
    return level + height * np.sin(2 * np.pi * (x / length + phase))


def paint_disc(picture: np.ndarray, x: float, y: float, r: float, colour: Colour) -> None:
    """A filled circle, in place; position and radius are shares of the picture."""
    size = len(picture)
    centre = (round(x * size * 16), round(y * size * 16))
    cv2.circle(picture, centre, round(r * size * 16), colour, -1, cv2.LINE_AA, 4)


def night_sky(size: int, rng: Rng) -> np.ndarray:
    picture = gradient(size, (14, 16, 52), (26, 34, 92), (58, 58, 130))
    for column in range(5):
        for row in range(5):
            x, y = (np.array([column, row]) + 0.5 + rng.uniform(-0.2, 0.2, 2)) / 5
            paint_disc(picture, x, y, 0.008 if (row + column) % 2 else 0.013, (255, 250, 214))
    return picture


def blue_sky(size: int, rng: Rng) -> np.ndarray:
    picture = gradient(size, (74, 158, 232), (134, 200, 246), (206, 236, 252))
    for x, y in ((0.14, 0.16), (0.84, 0.26), (0.2, 0.84), (0.86, 0.8)):
        x, y = np.array([x, y]) + rng.uniform(-0.03, 0.03, 2)
        for dx, dy, r in ((-0.06, 0.01, 0.04), (0.0, -0.015, 0.055), (0.065, 0.01, 0.04)):
            paint_disc(picture, x + dx, y + dy, r, (250, 252, 255))
    return picture


def sunset(size: int, rng: Rng) -> np.ndarray:
    picture = gradient(size, (96, 48, 122), (214, 74, 108), (252, 140, 84), (255, 206, 112))
    fill_below(picture, wave(0.8, 0.025, 0.9, rng.uniform(0, 1)), (122, 46, 92))
    fill_below(picture, wave(0.88, 0.02, 0.6, rng.uniform(0, 1)), (78, 30, 74))
    return picture


def sea(size: int, rng: Rng) -> np.ndarray:
    picture = gradient(size, (178, 226, 244), (214, 242, 248))
    blues = ((60, 160, 206), (40, 132, 190), (26, 104, 168), (18, 78, 140))
    for k, blue in enumerate(blues):
        fill_below(picture, wave(0.42 + 0.15 * k, 0.018, 0.25, rng.uniform(0, 1)), blue)
    return picture


def meadow(size: int, rng: Rng) -> np.ndarray:
    picture = gradient(size, (190, 232, 250), (232, 248, 240))
    fill_below(picture, wave(0.52, 0.03, 1.1, rng.uniform(0, 1)), (150, 206, 96))
    fill_below(picture, wave(0.68, 0.03, 0.8, rng.uniform(0, 1)), (116, 182, 76))
    for column in range(6):
        x = (column + 0.5 + rng.uniform(-0.3, 0.3)) / 6
        petal = ((255, 240, 120), (255, 255, 250), (255, 170, 190))[column % 3]
        paint_disc(picture, x, 0.84 + 0.09 * (column % 2) + rng.uniform(-0.02, 0.02), 0.016, petal)
    return picture


def snow(size: int, rng: Rng) -> np.ndarray:
    picture = gradient(size, (150, 172, 204), (196, 212, 232))
    fill_below(picture, wave(0.6, 0.03, 1.2, rng.uniform(0, 1)), (228, 236, 248))
    fill_below(picture, wave(0.76, 0.03, 0.9, rng.uniform(0, 1)), (250, 252, 255))
    for column in range(5):
        for row in range(4):
            x, y = (np.array([column, row]) + 0.5 + rng.uniform(-0.25, 0.25, 2)) / (5, 6)
            paint_disc(picture, x, y, 0.014, (255, 255, 255))
    return picture


def desert(size: int, rng: Rng) -> np.ndarray:
    picture = gradient(size, (250, 214, 150), (255, 240, 206))
    fill_below(picture, wave(0.5, 0.04, 1.0, rng.uniform(0, 1)), (238, 188, 112))
    fill_below(picture, wave(0.66, 0.05, 1.2, rng.uniform(0, 1)), (222, 160, 84))
    fill_below(picture, wave(0.84, 0.04, 0.8, rng.uniform(0, 1)), (200, 132, 64))
    return picture


def city(size: int, rng: Rng) -> np.ndarray:
    picture = gradient(size, (196, 190, 214), (240, 220, 214))
    tops = (0.3, 0.16, 0.4, 0.26, 0.12, 0.34)
    for k, top in enumerate(tops):
        left, right = round(k * size / 6), round((k + 1) * size / 6)
        top = round((top + rng.uniform(-0.04, 0.04)) * size)
        wall = ((112, 112, 146), (138, 132, 162))[k % 2]
        cv2.rectangle(picture, (left, top), (right, size), wall, -1)
        for y in range(top + size // 20, size, size // 10):
            for x in (left + size // 28, left + size // 10):
                cv2.rectangle(
                    picture, (x, y), (x + size // 32, y + size // 24), (250, 222, 150), -1
                )
    return picture


def forest(size: int, rng: Rng) -> np.ndarray:
    picture = gradient(size, (108, 152, 112), (62, 112, 84))
    for k in range(5):
        x = (k + 0.5 + rng.uniform(-0.15, 0.15)) / 5 * size
        half = size * (0.035 if k % 2 else 0.025)
        trunk = ((44, 62, 54), (58, 78, 62))[k % 2]
        cv2.rectangle(picture, (round(x - half), 0), (round(x + half), size), trunk, -1)
    fill_below(picture, wave(0.84, 0.02, 0.3, rng.uniform(0, 1)), (44, 86, 54))
    return picture


PAINTERS = {
    "night sky": night_sky,
    "blue sky": blue_sky,
    "sunset": sunset,
    "sea": sea,
    "meadow": meadow,
    "snow": snow,
    "desert": desert,
    "city": city,
    "forest": forest,
}

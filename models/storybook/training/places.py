"""The backgrounds of the picture book.

Every place is a function of a picture's format and a random generator and returns a uint8 picture
of shape (height, width, 3). Backgrounds are quiet, so that one sees the thing in front; a wide
one shows more of the land, a tall one more of the sky, and neither is stretched.
"""

import cv2
import numpy as np

from formats import Format

Rng = np.random.Generator
Colour = tuple[float, float, float]


def draw_place(name: str, format: Format, rng: Rng) -> np.ndarray:
    """Draw the place called `name` ("night sky", "sea", …)."""
    return PAINTERS[name](format, rng)


def gradient(format: Format, *stops: Colour) -> np.ndarray:
    """A smooth vertical run of colours, the first at the top."""
    y = np.linspace(0, len(stops) - 1, format.height)
    column = np.stack(
        [np.interp(y, np.arange(len(stops)), [stop[k] for stop in stops]) for k in range(3)], 1
    )
    return np.repeat(column[:, None, :], format.width, 1).round().astype(np.uint8)


def measure(picture: np.ndarray) -> Format:
    """The format of a picture of shape (height, width, 3)."""
    return Format(picture.shape[1], picture.shape[0])


def fill_below(picture: np.ndarray, heights: np.ndarray, colour: Colour) -> None:
    """Fill below a line, in place; `heights` are shares of the height, from left to right."""
    width, height = measure(picture)
    x = np.linspace(0, width - 1, len(heights))
    points = [*zip(x, heights * height, strict=True), (width - 1, height), (0, height)]
    fixed = np.round(np.array(points) * 16).astype(np.int32)
    cv2.fillPoly(picture, [fixed], colour, cv2.LINE_AA, 4)


def wave(picture: np.ndarray, level: float, height: float, length: float, rng: Rng) -> np.ndarray:
    """A sine line around `level`, from left to right, for `fill_below`.

    Args:
        picture: The picture that the line goes through.
        level: The line's mean height as a share of the picture's height, from the top.
        height: How far it rises and falls, as a share of the short side.
        length: Length of one wave as a share of the short side.
        rng: Decides where the first wave begins.

    Returns:
        Heights as shares of the picture's height.
    """
    format = measure(picture)
    x = np.linspace(0, format.width / format.short, 129)
    rise = height * format.short / format.height
    return level + rise * np.sin(2 * np.pi * (x / length + rng.uniform(0, 1)))


def paint_disc(picture: np.ndarray, x: float, y: float, r: float, colour: Colour) -> None:
    """A filled circle, in place; x and y are shares of width and height, r of the short side."""
    width, height = measure(picture)
    centre = (round(x * width * 16), round(y * height * 16))
    cv2.circle(picture, centre, round(r * min(width, height) * 16), colour, -1, cv2.LINE_AA, 4)


def spread(columns: int, rows: int, jitter: float, rng: Rng) -> np.ndarray:
    """Points of a loose grid as shares of width and height: (columns * rows, 2)."""
    cells = np.array([(column, row) for column in range(columns) for row in range(rows)])
    return (cells + 0.5 + rng.uniform(-jitter, jitter, cells.shape)) / (columns, rows)


def paint_shape(picture: np.ndarray, points: np.ndarray, colour: Colour) -> None:
    """A filled polygon, in place; points (n, 2) are in pixels."""
    fixed = np.round(np.asarray(points) * 16).astype(np.int32)
    cv2.fillPoly(picture, [fixed], colour, cv2.LINE_AA, 4)


def night_sky(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (14, 16, 52), (26, 34, 92), (58, 58, 130))
    for k, (x, y) in enumerate(spread(format.columns(5), format.rows(5), 0.2, rng)):
        paint_disc(picture, x, y, 0.010 if k % 2 else 0.016, (255, 250, 214))
    fill_below(picture, wave(picture, 0.88, 0.02, 0.9, rng), (30, 32, 84))
    fill_below(picture, wave(picture, 0.94, 0.02, 0.7, rng), (18, 20, 60))
    return picture


def blue_sky(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (74, 158, 232), (134, 200, 246), (206, 236, 252))
    short, (width, height) = format.short, format
    for x, y in spread(format.columns(2), format.rows(2), 0.12, rng):
        x, y = x + 0.1 * (x - 0.5), y + 0.3 * (y - 0.5)  # away from the middle
        for dx, dy, r in ((-0.06, 0.01, 0.04), (0.0, -0.015, 0.055), (0.065, 0.01, 0.04)):
            paint_disc(picture, x + dx * short / width, y + dy * short / height, r, (250, 252, 255))
    return picture


def sunset(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (96, 48, 122), (214, 74, 108), (252, 140, 84), (255, 206, 112))
    for x, y in spread(format.columns(2), 3, 0.3, rng):
        streak = (round(0.16 * format.short), round(0.012 * format.short))
        at = (round(x * format.width), round(0.62 * y * format.height))
        cv2.ellipse(picture, at, streak, 0, 0, 360, (250, 164, 120), -1, cv2.LINE_AA)
    paint_disc(picture, rng.uniform(0.15, 0.85), 0.8, 0.13, (255, 232, 160))
    fill_below(picture, wave(picture, 0.8, 0.025, 0.9, rng), (122, 46, 92))
    fill_below(picture, wave(picture, 0.88, 0.02, 0.6, rng), (78, 30, 74))
    return picture


def sea(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (178, 226, 244), (214, 242, 248))
    blues = ((60, 160, 206), (40, 132, 190), (26, 104, 168), (18, 78, 140))
    for k, blue in enumerate(blues):
        crest = wave(picture, 0.42 + 0.15 * k, 0.018, 0.25, rng)
        foam = tuple(0.6 * c + 0.4 * 255 for c in blue)
        fill_below(picture, crest, foam)
        fill_below(picture, crest + 0.018 * format.short / format.height, blue)
    return picture


def meadow(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (190, 232, 250), (232, 248, 240))
    columns = format.columns(4)
    for k, (x, y) in enumerate(spread(columns, 1, 0.3, rng)):
        r = rng.uniform(0.03, 0.06)
        paint_disc(picture, x, 0.51 - 0.05 * (y - 0.5), r, ((104, 170, 92), (128, 188, 104))[k % 2])
    fill_below(picture, wave(picture, 0.52, 0.03, 1.1, rng), (150, 206, 96))
    fill_below(picture, wave(picture, 0.68, 0.03, 0.8, rng), (116, 182, 76))
    columns = format.columns(6)
    for column in range(columns):
        x = (column + 0.5 + rng.uniform(-0.3, 0.3)) / columns
        petal = ((255, 240, 120), (255, 255, 250), (255, 170, 190))[column % 3]
        paint_disc(picture, x, 0.84 + 0.09 * (column % 2) + rng.uniform(-0.02, 0.02), 0.018, petal)
    return picture


def draw_fir(picture: np.ndarray, x: float, foot: float, height: float) -> None:
    """A far fir tree, `height` pixels high, standing at (x, foot)."""
    for top, half in ((1.0, 0.24), (0.72, 0.34)):
        corners = [(x, foot - top * height), (x + half * height, foot - (top - 0.5) * height),
                   (x - half * height, foot - (top - 0.5) * height)]  # fmt: skip
        paint_shape(picture, np.array(corners), (96, 130, 150))


def draw_cactus(picture: np.ndarray, x: float, foot: float, height: float) -> None:
    """A cactus with two arms, `height` pixels high, standing at (x, foot)."""
    green, thick = (106, 146, 92), max(1, round(0.2 * height))
    lines = (
        ((0.0, 0.0), (0.0, -0.9)),
        ((-0.34, -0.42), (0.0, -0.3)),
        ((-0.34, -0.42), (-0.34, -0.66)),
        ((0.34, -0.56), (0.0, -0.42)),
        ((0.34, -0.56), (0.34, -0.8)),
    )
    for k, ends in enumerate(lines):
        (ax, ay), (bx, by) = np.round(np.array(ends) * height + (x, foot)).astype(int).tolist()
        cv2.line(
            picture, (ax, ay), (bx, by), green, thick if k == 0 else thick * 2 // 3, cv2.LINE_AA
        )


def snow(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (150, 172, 204), (196, 212, 232))
    columns = format.columns(5)
    for x, _ in spread(columns, 1, 0.3, rng):
        draw_fir(
            picture, x * format.width, 0.64 * format.height, format.short * rng.uniform(0.1, 0.17)
        )
    fill_below(picture, wave(picture, 0.6, 0.03, 1.2, rng), (228, 236, 248))
    fill_below(picture, wave(picture, 0.76, 0.03, 0.9, rng), (250, 252, 255))
    for x, y in spread(format.columns(5), format.rows(4), 0.25, rng):
        paint_disc(picture, x, y * 0.68, 0.016, (255, 255, 255))
    return picture


def desert(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (250, 214, 150), (255, 240, 206))
    fill_below(picture, wave(picture, 0.5, 0.04, 1.0, rng), (238, 188, 112))
    fill_below(picture, wave(picture, 0.66, 0.05, 1.2, rng), (222, 160, 84))
    for side in (rng.uniform(0.06, 0.16), rng.uniform(0.84, 0.94)):
        height = rng.uniform(0.14, 0.24) * format.short
        draw_cactus(picture, side * format.width, rng.uniform(0.72, 0.8) * format.height, height)
    fill_below(picture, wave(picture, 0.84, 0.04, 0.8, rng), (200, 132, 64))
    return picture


def city(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (196, 190, 214), (240, 220, 214))
    width, height = format
    unit = format.short / 6
    columns = format.columns(6)
    tops = (0.3, 0.16, 0.4, 0.26, 0.12, 0.34)
    for k in range(columns):
        left, right = round(k * width / columns), round((k + 1) * width / columns)
        top = round((tops[k % 6] + rng.uniform(-0.04, 0.04)) * height)
        wall = ((112, 112, 146), (138, 132, 162))[k % 2]
        cv2.rectangle(picture, (left, top), (right, height), wall, -1)
        for y in np.arange(top + 0.3 * unit, height, 0.6 * unit):
            for x in (left + 0.2 * unit, left + 0.6 * unit):
                corner, size = np.array([x, y]), np.array([0.2, 0.26]) * unit
                a, b = np.round(corner).astype(int), np.round(corner + size).astype(int)
                cv2.rectangle(picture, a.tolist(), b.tolist(), (250, 222, 150), -1)
    return picture


def forest(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (108, 152, 112), (62, 112, 84))
    columns = format.columns(5)
    for k in range(columns):
        x = (k + 0.5 + rng.uniform(-0.15, 0.15)) / columns * format.width
        half = format.short * (0.035 if k % 2 else 0.025)
        trunk = ((44, 62, 54), (58, 78, 62))[k % 2]
        corners = (round(x - half), 0), (round(x + half), format.height)
        cv2.rectangle(picture, *corners, trunk, -1)
    for k, (x, _) in enumerate(spread(format.columns(6), 1, 0.2, rng)):
        paint_disc(picture, x, 0.0, 0.12 if k % 2 else 0.15, ((52, 104, 66), (66, 122, 76))[k % 2])
    fill_below(picture, wave(picture, 0.84, 0.02, 0.3, rng), (44, 86, 54))
    fill_below(picture, wave(picture, 0.92, 0.015, 0.22, rng), (34, 70, 46))
    return picture


def burning_city(format: Format, rng: Rng) -> np.ndarray:
    picture = gradient(format, (44, 22, 40), (120, 34, 36), (226, 96, 36), (255, 176, 64))
    short, (width, height) = format.short, format
    for x, y in spread(format.columns(4), 1, 0.3, rng):
        paint_disc(picture, x, 0.16 * y, rng.uniform(0.1, 0.16), (66, 40, 50))
    columns = format.columns(5)
    for tint, tall, shift in (((252, 132, 30), 0.34, 0.5), ((255, 222, 96), 0.2, 0.5)):
        for k in range(columns):
            x = (k + shift) / columns * width
            draw_flame(picture, x, 0.7 * height, rng.uniform(0.8, 1.2) * tall * short, tint, rng)
    stone, foot = (58, 30, 38), 0.9 * height
    temples = max(2, format.columns(2))
    for k in range(temples):
        x = (k + 0.5 + rng.uniform(-0.1, 0.1)) / temples * width
        draw_temple(picture, x, foot, 0.34 * short * rng.uniform(0.9, 1.15), stone)
    fill_below(picture, wave(picture, 0.88, 0.015, 0.5, rng), (40, 20, 30))
    return picture


def draw_flame(
    picture: np.ndarray, x: float, foot: float, height: float, colour: Colour, rng: Rng
) -> None:
    """A tongue of fire, `height` pixels high, standing at (x, foot)."""
    t = np.linspace(0, 1, 16)
    half = 0.36 * height * np.sqrt(np.sin(np.pi * (0.35 + 0.65 * t)).clip(0)) * (1 - 0.4 * t)
    sway = 0.14 * height * np.sin(2.5 * np.pi * t + rng.uniform(0, 2 * np.pi)) * t
    y = foot + 0.15 * height - 1.15 * height * t
    left, right = np.stack([x + sway - half, y], 1), np.stack([x + sway + half, y], 1)
    paint_shape(picture, np.concatenate([left, right[::-1]]), colour)


def draw_temple(picture: np.ndarray, x: float, foot: float, size: float, stone: Colour) -> None:
    """The front of a temple with four columns, `size` pixels wide and high."""

    def block(left: float, top: float, right: float, bottom: float) -> None:
        corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        paint_shape(picture, corners * size + (x, foot), stone)

    for column in (-0.42, -0.16, 0.1, 0.36):
        block(column - 0.02, -0.66, column + 0.08, 0.1)
    block(-0.52, -0.74, 0.52, -0.62)
    block(-0.56, -0.08, 0.56, 0.1)
    gable = np.array([(-0.58, -0.72), (0.0, -1.0), (0.58, -0.72)])
    paint_shape(picture, gable * size + (x, foot), stone)


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
    "burning city": burning_city,
}

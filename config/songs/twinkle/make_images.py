"""Draw the pictures of the example song: ``python make_images.py`` fills ``ImageLibrary/``.

Paper cut-outs with an ink outline, drawn four times too large and averaged down.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 896, 512  # pixels
SIZE = 512  # pixels of the square in the middle, where the things stand
MARGIN = (WIDTH - SIZE) // 2  # left and right of it
FINE = 4  # how much larger the pictures are drawn
INK = (32, 28, 58)

Colour = tuple[int, int, int]
Point = tuple[float, float]  # (x, y) in finished pixels of the middle square, y downwards


class Page:
    """A wide picture in the making, addressed in finished pixels of its middle square."""

    def __init__(self, top: Colour, bottom: Colour):
        share = np.linspace(0, 1, HEIGHT * FINE)[:, None, None]
        column = np.array(top) * (1 - share) + np.array(bottom) * share
        rows = np.broadcast_to(column, (HEIGHT * FINE, WIDTH * FINE, 3))
        self.image = Image.fromarray(np.round(rows).astype(np.uint8))

    def shape(self, points: list[Point], fill: Colour, outline: float = 2.2) -> None:
        """Cut out a polygon and ink its edge, ``outline`` pixels wide; 0 for none."""
        scaled = [((x + MARGIN) * FINE, y * FINE) for x, y in points]
        ImageDraw.Draw(self.image).polygon(scaled, fill=fill)
        if outline:
            self.edge(points, outline)

    def edge(self, points: list[Point], width: float) -> None:
        """Ink the edge of a polygon."""
        scaled = [((x + MARGIN) * FINE, y * FINE) for x, y in (*points, *points[:2])]
        draw = ImageDraw.Draw(self.image)
        draw.line(scaled, fill=INK, width=round(width * FINE), joint="curve")

    def dot(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """Fill a circle."""
        draw = ImageDraw.Draw(self.image)
        draw.circle(((x + MARGIN) * FINE, y * FINE), radius * FINE, fill=fill)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Let light of a colour fall off around a point: half of it is left after ``radius``."""
        pixels = np.asarray(self.image, dtype=np.float32)
        ys, xs = np.ogrid[: HEIGHT * FINE, : WIDTH * FINE]
        squared = ((xs / FINE - MARGIN - x) ** 2 + (ys / FINE - y) ** 2) / radius**2
        light = (strength * 2 ** -squared.astype(np.float32))[..., None]
        lit = pixels * (1 - light) + np.array(colour, dtype=np.float32) * light
        self.image = Image.fromarray(np.round(lit).astype(np.uint8))

    def finished(self) -> Image.Image:
        """The picture at its final size."""
        return self.image.reduce(FINE)


def star(x: float, y: float, radius: float, points: int = 5, waist: float = 0.5) -> list[Point]:
    """The outline of a star; ``waist`` is the inner radius as a share of the outer one."""
    angles = np.arange(2 * points) * np.pi / points - np.pi / 2
    radii = np.where(np.arange(2 * points) % 2, waist, 1) * radius
    return [(x + r * np.cos(a), y + r * np.sin(a)) for r, a in zip(radii, angles, strict=True)]


def rounded(points: list[Point], times: int = 3) -> list[Point]:
    """Round a polygon's corners by cutting them off again and again (Chaikin, 1974)."""
    corners = np.array(points)
    for _ in range(times):
        following = np.roll(corners, -1, axis=0)
        pairs = (0.8 * corners + 0.2 * following, 0.2 * corners + 0.8 * following)
        corners = np.stack(pairs, axis=1).reshape(-1, 2)
    return [(x, y) for x, y in corners]


def hill(left: float, right: float, swell: float, shift: float) -> list[Point]:
    """A snowy hill from edge to edge: heights at both sides and a swell between them."""
    xs = np.linspace(-MARGIN - 8, SIZE + MARGIN + 8, 200)
    share = xs / SIZE
    ys = left + (right - left) * share - swell * np.sin(np.pi * (share * 1.6 + shift))
    outline = list(zip(xs, ys, strict=True))
    return [*outline, (SIZE + MARGIN + 8, HEIGHT + 8), (-MARGIN - 8, HEIGHT + 8)]


def sprinkle(page: Page, number: int, lowest: float, seed: int) -> None:
    """Scatter small stars over the sky, above the line ``lowest``."""
    random = np.random.default_rng(seed)
    for _ in range(number):
        x, y = random.uniform(12 - MARGIN, SIZE + MARGIN - 12), random.uniform(12, lowest)
        if random.random() < 0.25:
            page.shape(star(x, y, random.uniform(5, 8), 4, 0.28), (255, 244, 200), 0)
        else:
            page.dot(x, y, random.uniform(0.9, 1.8), (232, 232, 255))


def house(page: Page, x: float, y: float, width: float, height: float, wall: Colour) -> None:
    """A house with a snowy roof and lit windows; (x, y) is the middle of its foot."""
    half, eaves = width / 2, y - height
    ridge = eaves - width * 0.55
    lit = (255, 214, 110)
    page.shape(
        [
            (x + half * 0.35, ridge + 22),
            (x + half * 0.35, ridge - 6),
            (x + half * 0.65, ridge - 6),
            (x + half * 0.65, ridge + 30),
        ],
        (150, 82, 74),
    )
    page.shape([(x - half, y), (x - half, eaves), (x + half, eaves), (x + half, y)], wall)
    page.shape([(x - half - 9, eaves + 4), (x, ridge), (x + half + 9, eaves + 4)], (236, 240, 255))
    for side in (-1, 1):
        middle, top = x + side * half * 0.48, eaves + height * 0.22
        page.shape(
            [(middle - 6, top), (middle + 6, top), (middle + 6, top + 15), (middle - 6, top + 15)],
            lit,
            1.8,
        )
    door = [(x - 6, y), (x - 6, y - 22), (x, y - 27), (x + 6, y - 22), (x + 6, y)]
    page.shape(door, (122, 66, 52), 1.8)


def fir(page: Page, x: float, y: float, height: float) -> None:
    """A fir tree in three tiers, with snow on the lowest; (x, y) is its foot."""
    trunk = height * 0.05
    page.shape(
        [
            (x - trunk, y),
            (x - trunk, y - height * 0.2),
            (x + trunk, y - height * 0.2),
            (x + trunk, y),
        ],
        (92, 60, 52),
    )
    tiers = ((0.12, 0.30, (30, 84, 92)), (0.36, 0.24, (38, 104, 104)), (0.6, 0.17, (52, 124, 114)))
    for foot, half, green in tiers:
        top = min(foot + 0.45, 1)
        page.shape(
            [
                (x - half * height, y - foot * height),
                (x, y - top * height),
                (x + half * height, y - foot * height),
            ],
            green,
        )


def draw_village() -> Image.Image:
    """The last picture of the film: the star above a sleeping village in the snow."""
    page = Page((16, 20, 66), (92, 84, 168))
    sprinkle(page, 120, 300, seed=3)
    page.glow(256, 150, 92, (255, 226, 140), 0.75)
    for number, angle in enumerate(np.arange(0, 2 * np.pi, np.pi / 10) - np.pi / 2):
        across, down = np.cos(angle), np.sin(angle)
        for reach in np.linspace(112, 120 if number % 2 else 130, 8):
            page.dot(256 + across * reach, 154 + down * reach, 1.8, (255, 236, 170))
    page.shape(rounded(star(256, 154, 88)), (253, 209, 58), 4)
    page.shape(rounded(star(256, 154, 62)), (255, 230, 118), 0)
    page.shape(hill(352, 330, 26, 0.1), (150, 158, 220))
    for x, y, height in (
        (-150, 384, 70),
        (-104, 372, 88),
        (38, 372, 78),
        (84, 352, 60),
        (430, 340, 64),
        (478, 356, 86),
        (606, 362, 72),
        (664, 372, 92),
    ):
        fir(page, x, y, height)
    page.shape(hill(392, 404, 22, 1.05), (196, 206, 246))
    house(page, 136, 416, 78, 48, (206, 84, 78))
    house(page, 376, 404, 84, 52, (222, 142, 76))
    house(page, -52, 402, 72, 46, (96, 132, 190))
    house(page, 560, 412, 76, 48, (198, 96, 112))
    church(page, 258, 418)
    page.shape(hill(448, 436, 16, 0.35), (238, 242, 255))
    for x, y, height in ((-136, 484, 110), (64, 476, 92), (450, 470, 104), (640, 486, 118)):
        fir(page, x, y, height)
    for x in (-52, 136, 258, 376, 560):
        page.glow(x, 440, 46, (255, 220, 150), 0.28)
    return page.finished()


def church(page: Page, x: float, y: float) -> None:
    """A little church with a pointed tower; (x, y) is the middle of its foot."""
    wall = (226, 206, 190)
    page.shape([(x - 8, y), (x - 8, y - 52), (x + 62, y - 52), (x + 62, y)], wall)
    page.shape(
        [(x - 8, y - 48), (x + 8, y - 88), (x + 50, y - 88), (x + 70, y - 48)], (236, 240, 255)
    )
    page.shape([(x - 36, y), (x - 36, y - 92), (x + 2, y - 92), (x + 2, y)], wall)
    page.shape([(x - 42, y - 90), (x - 17, y - 146), (x + 8, y - 90)], (96, 88, 160))
    for left, foot in ((x - 24, y - 58), (x + 20, y - 14), (x + 40, y - 14)):
        page.shape(
            [
                (left, foot),
                (left, foot - 17),
                (left + 6, foot - 24),
                (left + 12, foot - 17),
                (left + 12, foot),
            ],
            (255, 214, 110),
            1.8,
        )


def draw_diamond() -> Image.Image:
    """The picture in the middle of the film: a diamond in the night sky."""
    page = Page((18, 18, 62), (62, 44, 122))
    sprinkle(page, 100, HEIGHT - 12, seed=8)
    page.glow(256, 262, 150, (120, 220, 235), 0.6)
    girdle, crown, tip = 212, 132, 424
    top = [(176, crown), (256, crown), (336, crown)]
    waist = [(98, girdle), (190, girdle), (322, girdle), (414, girdle)]
    foot = (256, tip)
    facets: list[tuple[list[Point], Colour]] = [
        ([waist[0], top[0], waist[1]], (112, 226, 222)),
        ([top[0], top[1], waist[1]], (188, 246, 242)),
        ([top[1], waist[1], waist[2]], (232, 255, 252)),
        ([top[1], top[2], waist[2]], (150, 236, 232)),
        ([top[2], waist[2], waist[3]], (64, 196, 198)),
        ([waist[0], waist[1], foot], (74, 204, 206)),
        ([waist[1], waist[2], foot], (140, 232, 230)),
        ([waist[2], waist[3], foot], (34, 158, 172)),
    ]
    for facet, colour in facets:
        page.shape(facet, colour, 2.6)
    gem = [top[0], top[2], waist[3], foot, waist[0]]
    page.edge(gem, 5)
    for x, y, radius in ((150, 118, 34), (398, 160, 22), (330, 372, 26), (120, 330, 16)):
        page.glow(x, y, radius * 0.7, (255, 255, 240), 0.55)
        page.shape(star(x, y, radius, 4, 0.16), (255, 253, 236), 0)
    return page.finished()


def draw_starlight() -> Image.Image:
    """A shadow image: warm light in the middle of the dark, to be felt rather than seen."""
    page = Page((20, 20, 62), (34, 28, 84))
    page.glow(256, 232, 190, (178, 120, 120), 0.7)
    page.glow(256, 220, 90, (255, 224, 150), 0.9)
    return page.finished()


if __name__ == "__main__":
    library = Path(__file__).with_name("ImageLibrary")
    library.mkdir(exist_ok=True)
    draw_village().save(library / "star_over_village.png", optimize=True)
    draw_diamond().save(library / "diamond.png", optimize=True)
    draw_starlight().save(library / "starlight.png", optimize=True)

"""What the picture book contains: its things, colours, places and styles, and how a scene is drawn.

A scene is described by four words and a seed. The seed decides position, size, tilt and shade.
Everything here is plain data and arithmetic; the shapes live in `shapes.py`, the backgrounds in
`places.py`, the treatments in `styles.py`.
"""

from dataclasses import dataclass

import cv2
import numpy as np

import styles
from formats import FORMATS, Format
from outlines import Masks, paint_layers
from places import draw_place
from shapes import find_shape
from stages import Spot
from treatments import Drawing

cv2.setNumThreads(1)  # pictures are drawn by several processes side by side

SUPERSAMPLING = 2  # shapes are drawn this much larger and averaged down

# The colour that a thing has when nobody names one, and the place where it is at home.
OBJECTS: dict[str, tuple[str, str]] = {
    "star": ("yellow", "night sky"),
    "moon": ("white", "night sky"),
    "sun": ("orange", "blue sky"),
    "heart": ("red", "sunset"),
    "house": ("red", "meadow"),
    "tree": ("green", "meadow"),
    "boat": ("red", "sea"),
    "fish": ("orange", "sea"),
    "flower": ("pink", "meadow"),
    "mountain": ("blue", "snow"),
    "balloon": ("red", "blue sky"),
    "castle": ("purple", "sunset"),
    "diamond": ("turquoise", "night sky"),
    "bird": ("blue", "blue sky"),
    "mushroom": ("red", "forest"),
    "lamp": ("yellow", "city"),
    "cloud": ("white", "blue sky"),
    "lamb": ("white", "meadow"),
    "bell": ("yellow", "snow"),
    "crown": ("yellow", "sunset"),
    "butterfly": ("purple", "meadow"),
    "cat": ("black", "city"),
    "apple": ("red", "forest"),
    "umbrella": ("purple", "city"),
    "spider": ("black", "forest"),
    "mouse": ("white", "meadow"),
    "rabbit": ("white", "meadow"),
    "duck": ("yellow", "sea"),
    "bridge": ("orange", "sea"),
    "wall": ("red", "meadow"),
    "clock": ("orange", "night sky"),
    "train": ("green", "snow"),
    "rainbow": ("white", "blue sky"),
    "teapot": ("blue", "meadow"),
    "egg": ("white", "meadow"),
    "globe": ("blue", "night sky"),
    "axe": ("white", "forest"),
    "child": ("pink", "meadow"),
    "hero": ("red", "sunset"),
    "bust": ("white", "blue sky"),
    "portrait": ("green", "city"),
    "weird animal": ("purple", "desert"),
    "castle with weird animals": ("orange", "desert"),
    "nothing": ("blue", "meadow"),
}

# Red, green, blue, 0 to 255.
COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (214, 40, 44),
    "orange": (245, 134, 28),
    "yellow": (252, 212, 48),
    "green": (62, 160, 66),
    "turquoise": (44, 194, 190),
    "blue": (46, 92, 208),
    "purple": (136, 64, 176),
    "pink": (248, 128, 178),
    "white": (250, 248, 242),
    "black": (46, 44, 52),
}

PLACES: tuple[str, ...] = (
    "night sky", "blue sky", "sunset", "sea", "meadow", "snow", "desert", "city", "forest",
    "burning city",
)  # fmt: skip

STYLES: tuple[str, ...] = tuple(styles.STYLES)  # the first is what goes without saying
COLOURLESS_STYLES: frozenset[str] = frozenset({"pencil"})
COLOURLESS_OBJECTS: frozenset[str] = frozenset({"nothing"})  # the colour is but a tint

FACES: frozenset[str] = frozenset({"portrait", "apple", "fish", "flower"})  # of fruit, or of it

OBJECT_NAMES = tuple(OBJECTS)
COLOUR_NAMES = tuple(COLOURS)

NATURAL_COLOUR_SHARE = 0.35  # how often a drawn thing has its own colour rather than any
HOME_SHARE = 0.3  # how often it stands at home rather than anywhere
EMPTY_SHARE = 0.12  # how often there is no thing at all
PLAIN_SHARE = 0.15  # how often the picture is in the plain picture-book style


@dataclass(frozen=True)
class Scene:
    """One picture of the book in words; `seed` decides everything that has no word."""

    object: str
    colour: str
    place: str
    style: str
    seed: int

    def labels(self) -> tuple[int, int, int, int]:
        """Indices into OBJECT_NAMES, COLOUR_NAMES, PLACES and STYLES."""
        return (
            OBJECT_NAMES.index(self.object),
            COLOUR_NAMES.index(self.colour),
            PLACES.index(self.place),
            STYLES.index(self.style),
        )


def shows_colour(labels: np.ndarray) -> np.ndarray:
    """Whether one can see the colour that labels (n, 4) name: bool (n,)."""
    things = [OBJECT_NAMES.index(thing) for thing in COLOURLESS_OBJECTS]
    styles = [STYLES.index(style) for style in COLOURLESS_STYLES]
    return ~(np.isin(labels[:, 0], things) | np.isin(labels[:, 3], styles))


def is_held_out(thing: str, colour: str, place: str) -> bool:
    """True for the combinations (about one in eleven) that no training picture ever shows.

    A thing at home in its own colour is always shown, and so is every place without a thing.
    """
    if thing == "nothing" or (colour, place) == OBJECTS[thing]:
        return False
    number = (
        7 * OBJECT_NAMES.index(thing) + 3 * COLOUR_NAMES.index(colour) + 5 * PLACES.index(place)
    )
    return number % 11 == 0


def sample_scene(rng: np.random.Generator, held_out: bool = False) -> Scene:
    """Draw the words of a scene: from training combinations, or only from those held out."""
    while True:
        empty = rng.random() < EMPTY_SHARE
        thing = "nothing" if empty else str(rng.choice(OBJECT_NAMES))
        natural, home = OBJECTS[thing]
        colour = natural if rng.random() < NATURAL_COLOUR_SHARE else str(rng.choice(COLOUR_NAMES))
        place = home if rng.random() < HOME_SHARE else str(rng.choice(PLACES))
        plain = rng.random() < PLAIN_SHARE
        style = STYLES[0] if plain else str(rng.choice(STYLES[1:]))
        seed = int(rng.integers(2**31))
        if is_held_out(thing, colour, place) == held_out:
            return Scene(thing, colour, place, style, seed)


def draw_scene(scene: Scene, format: Format = FORMATS["square"]) -> np.ndarray:
    """The picture of a scene: uint8 of shape (height, width, 3), red first."""
    rng = np.random.default_rng(scene.seed)
    style = styles.STYLES[scene.style]
    big = format.times(SUPERSAMPLING)
    canvas = draw_place(scene.place, big, rng)
    masks = Masks(*np.zeros((3, big.height, big.width), np.uint8))

    scale = big.short * rng.uniform(0.32, 0.37)
    room = (np.array(big) - big.short) * 0.2  # in a long picture things stand further aside
    centre = np.array(big) * (0.5, 0.51) + big.short * rng.uniform(-0.045, 0.045, 2)
    centre += room * rng.uniform(-1, 1, 2)
    tilt = np.deg2rad(rng.normal(0.0, style.tilt))
    shade = rng.uniform(-10.0, 10.0) + rng.uniform(-6.0, 6.0, 3)
    base = np.clip(np.array(COLOURS[scene.colour]) + shade, 0, 255)

    alone = scene.object == "nothing"
    if alone:
        set_mood(canvas, base, rng)
    style.set_stage(canvas, Spot(centre, scale, alone), rng)
    name = "fruit face" if is_face_of_fruit(scene) else scene.object
    layers = style.bend(find_shape(name)(rng), rng)
    paint_layers(canvas, masks, layers, base, centre, scale, tilt, style.halo)

    parts = (cv2.resize(p, format, interpolation=cv2.INTER_AREA) for p in (canvas, *masks))
    return np.ascontiguousarray(style.treat(Drawing(*parts, base, scene.object)))


def is_face_of_fruit(scene: Scene) -> bool:
    """Whether the thing shows as a face that is put together of it."""
    return scene.style == "arcimboldo" and scene.object in FACES


def set_mood(canvas: np.ndarray, tint: np.ndarray, rng: np.random.Generator) -> None:
    """Tint a whole place and let it grow dark or light upwards, in place."""
    share = rng.uniform(0.08, 0.24)
    flat = np.empty_like(canvas)
    flat[:] = tint
    cv2.addWeighted(canvas, 1 - share, flat, share, 0, dst=canvas)
    light = np.linspace(*rng.uniform(0.7, 1.12, 2), len(canvas))[:, None, None]
    shaded = cv2.multiply(canvas, np.broadcast_to(light, canvas.shape), dtype=cv2.CV_8U)
    canvas[:] = shaded

"""Says in words what a picture shows: free order, synonyms, filler, parts left out, song lines."""

import numpy as np

from song_lines import SONG_LINES
from world import COLOUR_NAMES, COLOURLESS_STYLES, OBJECT_NAMES, OBJECTS, PLACES, STYLES

Rng = np.random.Generator

OBJECT_WORDS: dict[str, tuple[str, ...]] = {
    "star": ("star", "star", "little star", "twinkling star", "starlight"),
    "moon": ("moon", "moon", "crescent moon", "half moon", "moonlight"),
    "sun": ("sun", "sun", "smiling sun", "sunshine"),
    "heart": ("heart", "heart", "love heart", "love"),
    "house": ("house", "house", "cottage", "home", "hut"),
    "tree": ("tree", "tree", "leafy tree", "oak"),
    "boat": ("boat", "boat", "sailing boat", "ship", "sailboat"),
    "fish": ("fish", "fish", "goldfish", "little fish"),
    "flower": ("flower", "flower", "blossom", "rose", "daisy"),
    "mountain": ("mountain", "mountain", "hill", "peak"),
    "balloon": ("balloon", "balloon", "hot air balloon"),
    "castle": ("castle", "castle", "palace", "fairy castle"),
    "diamond": ("diamond", "diamond", "jewel", "gem", "crystal"),
    "bird": ("bird", "bird", "little bird", "songbird"),
    "mushroom": ("mushroom", "mushroom", "toadstool"),
    "lamp": ("lamp", "lamp", "table lamp", "light"),
    "cloud": ("cloud", "cloud", "fluffy cloud", "dream"),
    "lamb": ("lamb", "lamb", "sheep", "little lamb"),
    "bell": ("bell", "bell", "ringing bell", "church bell"),
    "crown": ("crown", "crown", "king's crown", "queen", "king"),
    "butterfly": ("butterfly", "butterfly", "moth"),
    "cat": ("cat", "cat", "kitten", "pussycat"),
    "apple": ("apple", "apple", "fruit"),
    "umbrella": ("umbrella", "umbrella", "parasol", "rain"),
}
COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "red": ("red", "red", "scarlet", "crimson"),
    "orange": ("orange", "orange", "amber"),
    "yellow": ("yellow", "yellow", "golden", "gold"),
    "green": ("green", "green", "emerald"),
    "turquoise": ("turquoise", "turquoise", "teal", "cyan"),
    "blue": ("blue", "blue", "azure"),
    "purple": ("purple", "purple", "violet"),
    "pink": ("pink", "pink", "rosy"),
    "white": ("white", "white", "snow-white", "silver"),
    "black": ("black", "black", "dark", "jet-black"),
}
PLACE_WORDS: dict[str, tuple[str, ...]] = {
    "night sky": ("in the night sky", "in the night sky", "at night", "in the starry sky",
                  "under the stars", "in the dark night"),
    "blue sky": ("in the blue sky", "in the blue sky", "in the sky", "up in the air",
                 "in a bright sky", "on a sunny day"),
    "sunset": ("at sunset", "at sunset", "in the sunset", "in the evening", "at dusk", "at dawn"),
    "sea": ("in the sea", "on the sea", "on the ocean", "by the sea", "on the water",
            "over the waves"),
    "meadow": ("in a meadow", "in the meadow", "on the grass", "in a field", "in the garden",
               "among the green hills"),
    "snow": ("in the snow", "in the snow", "in winter", "on a snowy day", "in a snowfall"),
    "desert": ("in the desert", "in the desert", "on the sand", "among the dunes"),
    "city": ("in the city", "in the city", "in the town", "in the street", "among tall houses"),
    "forest": ("in the forest", "in the forest", "in the woods", "among the trees"),
}  # fmt: skip
STYLE_WORDS: dict[str, tuple[str, ...]] = {
    "picture book": ("picture book", "storybook illustration", "picture-book style"),
    "watercolour": ("watercolour", "watercolor", "watercolour painting", "in watercolour",
                    "soft watercolour"),
    "mosaic": ("mosaic", "mosaic of tiles", "tiled mosaic", "roman mosaic"),
    "pencil": ("pencil", "pencil drawing", "pencil sketch", "graphite drawing", "sketch"),
    "neon": ("neon", "neon lights", "glowing neon", "neon sign"),
    "poster": ("poster", "pop art poster", "screen print", "bold poster"),
    "oil painting": ("oil painting", "oil painting", "oil on canvas", "thick brush strokes",
                     "impressionist oil painting"),
    "pixel art": ("pixel art", "pixel art", "8-bit pixels", "video game pixels"),
}  # fmt: skip
SIZES = ("little", "big", "small", "beautiful", "lovely", "shining", "tiny", "pretty", "lonely")
OPENINGS = ("a picture of", "a painting of", "an image of", "look,", "there is", "I see", "oh,",
            "here is", "once there was", "dreaming of", "like", "my")  # fmt: skip
ENDINGS = ("so bright", "for you and me", "all day long", "so high", "tonight", "highly detailed",
           "beautiful", "merrily", "how I wonder", "for children")  # fmt: skip

EMPTY_SHARE = 0.10  # for classifier-free guidance
SINGLE_SHARE = 0.05  # only one word of the four, as in negative prompts
SONG_SHARE = 0.3  # a line of a nursery song, where one fits the picture


def write_caption(labels: tuple[int, int, int, int], rng: Rng) -> str:
    """A caption for a picture with these labels (see `Scene.labels`); sometimes empty."""
    thing, colour = OBJECT_NAMES[labels[0]], COLOUR_NAMES[labels[1]]
    place, style = PLACES[labels[2]], STYLES[labels[3]]
    chance = rng.random()
    if chance < EMPTY_SHARE:
        return ""
    if chance < EMPTY_SHARE + SINGLE_SHARE:
        return name_one(thing, colour, place, style, rng)
    line = find_song_line(thing, colour, place, rng) if rng.random() < SONG_SHARE else None
    words = line or describe(thing, colour, place, style, rng)
    return dress(add_style(words, style, rng), rng)


def write_full_caption(labels: tuple[int, int, int, int], rng: Rng) -> str:
    """A caption in free wording that names all four: thing, colour, place and style."""
    noun = choose(OBJECT_WORDS[OBJECT_NAMES[labels[0]]][:3], rng)
    hue = choose(COLOUR_WORDS[COLOUR_NAMES[labels[1]]], rng)
    where = choose(PLACE_WORDS[PLACES[labels[2]]], rng)
    style = choose(STYLE_WORDS[STYLES[labels[3]]], rng)
    article = choose(("a", "the"), rng)
    phrase = f"{'an' if article == 'a' and hue[0] in 'aeiou' else article} {hue} {noun}"
    orders = (f"{phrase} {where}, {style}", f"{style} of {phrase} {where}",
              f"{where}, {phrase}, {style}")  # fmt: skip
    return choose(orders, rng)


def name_one(thing: str, colour: str, place: str, style: str, rng: Rng) -> str:
    """Only one of a picture's four words."""
    bare_place = place if rng.random() < 0.5 else choose(PLACE_WORDS[place], rng)
    visible = colour if style not in COLOURLESS_STYLES else thing
    return choose((thing, visible, bare_place, choose(STYLE_WORDS[style], rng)), rng)


def find_song_line(thing: str, colour: str, place: str, rng: Rng) -> str | None:
    """A line of a nursery song that belongs to this picture, if there is one."""
    fitting = [
        line
        for line, (its_thing, its_colour, its_place) in SONG_LINES.items()
        if (its_thing, its_colour, its_place) == (thing, colour, place)
    ]
    return choose(tuple(fitting), rng) if fitting else None


def describe(thing: str, colour: str, place: str, style: str, rng: Rng) -> str:
    """The thing with its colour and place; what goes without saying is often not said."""
    natural, home = OBJECTS[thing]
    say_colour = rng.random() < (0.55 if colour == natural else 0.96)
    if style in COLOURLESS_STYLES:
        say_colour = rng.random() < 0.5
    say_place = rng.random() < (0.6 if place == home else 0.95)
    noun = choose(OBJECT_WORDS[thing], rng)
    before = [choose(SIZES, rng)] if rng.random() < 0.2 else []
    hue = choose(COLOUR_WORDS[colour], rng)
    adjectives = before + ([hue] if say_colour else [])
    if len(adjectives) == 2 and rng.random() < 0.3:
        adjectives.reverse()
    phrase = " ".join([*adjectives, noun])
    article = choose(("a", "a", "the", ""), rng)
    if article == "a" and phrase[0] in "aeiou":
        article = "an"
    phrase = f"{article} {phrase}".strip()
    if say_colour and rng.random() < 0.05:
        phrase = f"{choose(('a', 'the'), rng)} {noun}, {hue}"
    if rng.random() < 0.15:
        phrase = f"{choose(OPENINGS, rng)} {phrase}"
    if say_place:
        where = choose(PLACE_WORDS[place], rng) if rng.random() < 0.85 else place
        if rng.random() < 0.85:
            phrase = f"{phrase}{choose((' ', ' ', ', '), rng)}{where}"
        else:
            phrase = f"{where}, {phrase}"
    return f"{phrase} {choose(ENDINGS, rng)}" if rng.random() < 0.08 else phrase


def add_style(words: str, style: str, rng: Rng) -> str:
    """Name the style: after the words as the program does, or before them."""
    if style == STYLES[0]:
        if rng.random() < 0.75:
            return words
    elif rng.random() < 0.02:
        return words
    name = choose(STYLE_WORDS[style], rng)
    if rng.random() < 0.8:
        return f"{words}, {name}"
    return f"{name} of {words}" if " " in words else f"{words} {name}"


def dress(words: str, rng: Rng) -> str:
    """Vary capitals and the full stop, which mean nothing."""
    if rng.random() < 0.3:
        words = words[:1].upper() + words[1:]
    return f"{words}." if rng.random() < 0.05 else words


def choose(options: tuple[str, ...], rng: Rng) -> str:
    """One of the options."""
    return options[int(rng.integers(len(options)))]

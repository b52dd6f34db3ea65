"""Says in words what a picture shows: free order, synonyms, filler, parts left out, song lines."""

import numpy as np

from moods import write_phrase
from song_lines import SONG_LINES
from world import (
    COLOUR_NAMES,
    COLOURLESS_STYLES,
    FACES,
    OBJECT_NAMES,
    OBJECTS,
    PLACES,
    STYLES,
)

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
    "spider": ("spider", "spider", "little spider"),
    "mouse": ("mouse", "mouse", "little mouse", "mice"),
    "rabbit": ("rabbit", "rabbit", "bunny", "hare"),
    "duck": ("duck", "duck", "duckling", "little duck"),
    "bridge": ("bridge", "bridge", "stone bridge", "old bridge"),
    "wall": ("wall", "wall", "brick wall", "bricks"),
    "clock": ("clock", "clock", "alarm clock", "ticking clock"),
    "train": ("train", "train", "steam train", "locomotive"),
    "rainbow": ("rainbow", "rainbow", "great rainbow"),
    "teapot": ("teapot", "teapot", "kettle", "tea"),
    "egg": ("egg", "egg", "big egg", "Humpty Dumpty"),
    "globe": ("globe", "globe", "planet", "earth", "world"),
    "axe": ("axe", "axe", "ice pick", "ice pick", "ice axe", "pickaxe"),
    "child": ("child", "child", "little girl", "girl", "kid"),
    "hero": ("hero", "hero", "superhero", "heroes", "heroine"),
    "bust": ("bust", "bust of a poet", "marble bust", "Shakespeare", "Shakespeare",
             "William Shakespeare", "statue", "poet"),
    "portrait": ("portrait", "portrait of a man", "face of a man", "man", "face", "Leon Trotsky",
                 "Trotsky", "Lenin", "Elmyr de Hory", "Sancho Panza"),
    "weird animal": ("weird animal", "weird animal", "strange animal", "weird animals",
                     "weird animals", "strange creature", "monster"),
    "castle with weird animals": ("castle with weird animals", "castle with weird animals",
                                  "castle with strange animals", "castle and weird animals"),
    "nothing": ("landscape", "landscape", "wide landscape", "scenery", "view",
                "panorama", "nothing"),
}  # fmt: skip
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
    "burning city": ("in the burning city", "in the burning city", "in burning Rome",
                     "in the flames", "among burning ruins"),
}  # fmt: skip
# A place by itself, where there is no thing in it.
PLACE_NOUNS: dict[str, tuple[str, ...]] = {
    "night sky": ("the night sky", "night", "the starry sky", "a dark night"),
    "blue sky": ("the blue sky", "clouds", "the sky", "a sunny day"),
    "sunset": ("sunset", "the sunset", "evening", "dusk"),
    "sea": ("the sea", "the ocean", "waves", "water"),
    "meadow": ("a meadow", "green hills", "grass", "fields"),
    "snow": ("snow", "winter", "a snowy day", "falling snow"),
    "desert": ("a desert", "dunes", "sand", "a wide plain"),
    "city": ("a city", "the town", "a street", "tall houses"),
    "forest": ("a forest", "the woods", "deep woods", "trees"),
    "burning city": ("a burning city", "Rome burning", "a city in flames", "fire"),
}  # fmt: skip
STYLE_WORDS: dict[str, tuple[str, ...]] = {
    "picture book": ("picture book", "storybook illustration", "picture-book style"),
    "watercolour": ("watercolour", "watercolor", "watercolour painting", "in watercolour",
                    "soft watercolour"),
    "mosaic": ("mosaic", "mosaic", "mosaic of tiles", "tiled mosaic", "roman mosaic",
               "Pavel Filonov"),
    "pencil": ("pencil", "pencil drawing", "pencil sketch", "graphite drawing", "sketch"),
    "neon": ("neon", "neon lights", "glowing neon", "neon sign"),
    "poster": ("poster", "pop art poster", "screen print", "bold poster"),
    "oil painting": ("oil painting", "oil painting", "oil on canvas", "thick brush strokes",
                     "impressionist oil painting"),
    "pixel art": ("pixel art", "pixel art", "8-bit pixels", "video game pixels"),
    "dali": ("Dali", "Dali", "Dali surrealist", "Salvador Dali", "surrealist", "surrealism",
             "in the style of Salvador Dali", "melting like Dali"),
    "kandinsky": ("Kandinsky", "Kandinsky", "Wassily Kandinsky", "in the style of Kandinsky",
                  "abstract art", "circles by Kandinsky"),
    "miro": ("Miro", "Miro", "Joan Miro", "Joan Miró", "in the style of Joan Miro",
             "blobs and stars by Miro"),
    "arcimboldo": ("Arcimboldo", "Arcimboldo", "Giuseppe Arcimboldo",
                   "in the style of Arcimboldo", "made of fruit by Arcimboldo"),
    "soviet poster": ("Soviet propaganda art", "Soviet propaganda art, social realism",
                      "Soviet poster", "social realism", "propaganda poster",
                      "constructivist poster", "Ernst Neizvestny"),
    "chagall": ("Marc Chagall", "Chagall", "Marc Chagal", "in the style of Marc Chagall",
                "dreaming like Chagall"),
}  # fmt: skip
SIZES = ("little", "big", "small", "beautiful", "lovely", "shining", "tiny", "pretty", "lonely")
OPENINGS = ("a picture of", "a painting of", "an image of", "look,", "there is", "I see", "oh,",
            "here is", "once there was", "dreaming of", "like", "my")  # fmt: skip
ENDINGS = ("so bright", "for you and me", "all day long", "so high", "tonight", "highly detailed",
           "beautiful", "merrily", "how I wonder", "for children")  # fmt: skip

EMPTY_SHARE = 0.10  # for classifier-free guidance
SINGLE_SHARE = 0.10  # only one word of the four, as in negative prompts
FIRST_MANNER = "dali"  # from here on, styles are called after painters
SONG_SHARE = 0.3  # a line of a nursery song, where one fits the picture
STRANGE_SHARE = 0.12  # unknown words beside those that name the thing


def write_caption(labels: tuple[int, int, int, int], rng: Rng) -> str:
    """A caption for a picture with these labels (see `Scene.labels`); sometimes empty."""
    thing, colour = OBJECT_NAMES[labels[0]], COLOUR_NAMES[labels[1]]
    place, style = PLACES[labels[2]], STYLES[labels[3]]
    chance = rng.random()
    if chance < EMPTY_SHARE:
        return ""
    if chance < EMPTY_SHARE + SINGLE_SHARE:
        return name_one(thing, colour, place, style, rng)
    if thing == "nothing":
        words = describe_place(colour, place, rng)
    else:
        line = find_song_line(thing, colour, place, rng) if rng.random() < SONG_SHARE else None
        words = line or describe(thing, colour, place, style, rng)
        if rng.random() < STRANGE_SHARE:
            strange = write_phrase(place, rng)
            words = choose((f"{words}, {strange}", f"{strange}, {words}"), rng)
    return dress(add_style(words, style, rng), rng)


def write_full_caption(labels: tuple[int, int, int, int], rng: Rng) -> str:
    """A caption in free wording that names all four: thing, colour, place and style."""
    noun = choose(OBJECT_WORDS[OBJECT_NAMES[labels[0]]][:3], rng)
    hue = choose(COLOUR_WORDS[COLOUR_NAMES[labels[1]]], rng)
    where = choose(PLACE_WORDS[PLACES[labels[2]]], rng)
    style = choose(STYLE_WORDS[STYLES[labels[3]]], rng)
    article = choose(("a", "the"), rng)
    described = noun if OBJECT_NAMES[labels[0]] == "nothing" else f"{hue} {noun}"
    phrase = with_article(article, described, noun)
    orders = (f"{phrase} {where}, {style}", f"{style}, {phrase} {where}",
              f"{where}, {phrase}, {style}")  # fmt: skip
    return choose(orders, rng)


def name_one(thing: str, colour: str, place: str, style: str, rng: Rng) -> str:
    """Only one of a picture's four words."""
    bare_place = place if rng.random() < 0.5 else choose(PLACE_WORDS[place], rng)
    if thing == "nothing":
        return bare_place  # a place alone is painted without a thing
    visible = colour if style not in COLOURLESS_STYLES else thing
    # A painter of heads of fruit is expected to paint one.
    manner = choose(STYLE_WORDS[style], rng) if style != "arcimboldo" or thing in FACES else thing
    return choose((thing, visible, visible, manner), rng)


def find_song_line(thing: str, colour: str, place: str, rng: Rng) -> str | None:
    """A line of a nursery song that belongs to this picture, if there is one."""
    if thing == "nothing":
        fitting = [line for line, picture in SONG_LINES.items() if picture[::2] == (thing, place)]
    else:
        wanted = (thing, colour, place)
        fitting = [line for line, picture in SONG_LINES.items() if picture == wanted]
    return choose(tuple(fitting), rng) if fitting else None


def describe(thing: str, colour: str, place: str, style: str, rng: Rng) -> str:
    """The thing with its colour and place; what goes without saying is often not said."""
    natural, home = OBJECTS[thing]
    say_colour = rng.random() < (0.58 if colour == natural else 0.78)
    if style in COLOURLESS_STYLES:
        say_colour = rng.random() < 0.5
    say_place = rng.random() < (0.6 if place == home else 0.95)
    noun = choose(OBJECT_WORDS[thing], rng)
    before = [choose(SIZES, rng)] if rng.random() < 0.2 else []
    hue = choose(COLOUR_WORDS[colour], rng)
    adjectives = before + ([hue] if say_colour else [])
    if len(adjectives) == 2 and rng.random() < 0.3:
        adjectives.reverse()
    if style == "arcimboldo" and thing in FACES - {"portrait"} and rng.random() < 0.4:
        noun = choose((f"face made of {noun}", f"head of {noun}", f"portrait of {noun}"), rng)
    phrase = " ".join([*adjectives, noun])
    phrase = with_article(choose(("a", "a", "the", ""), rng), phrase, noun)
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


def describe_place(colour: str, place: str, rng: Rng) -> str:
    """A picture without a thing: a landscape, a place by itself, or a line of other words."""
    chance = rng.random()
    if chance < 0.5:
        return write_phrase(place, rng)
    if chance < 0.75:
        noun = choose(OBJECT_WORDS["nothing"], rng)
        hue = choose(COLOUR_WORDS[colour], rng)
        phrase = f"{hue} {noun}" if rng.random() < 0.3 else noun
        phrase = with_article(choose(("a", "the", ""), rng), phrase, noun)
        return phrase if rng.random() < 0.3 else f"{phrase} {choose(PLACE_WORDS[place], rng)}"
    line = find_song_line("nothing", colour, place, rng)
    return line if line and rng.random() < 0.3 else choose(PLACE_NOUNS[place], rng)


def with_article(article: str, phrase: str, noun: str) -> str:
    """The phrase after "a", "an" or "the"; names and plurals go without."""
    if noun[0].isupper() or noun.endswith(("animals", "heroes", "mice", "bricks")):
        article = "" if article == "a" or noun[0].isupper() else article
    if article == "a" and phrase[0] in "aeiou":
        article = "an"
    return f"{article} {phrase}".strip()


def add_style(words: str, style: str, rng: Rng) -> str:
    """Name the style: after the words as the program does, or before them."""
    if style == STYLES[0] and rng.random() < 0.75:
        return words
    name = choose(STYLE_WORDS[style], rng)
    if rng.random() < 0.8:
        return f"{words}, {name}"
    if STYLES.index(style) >= STYLES.index(FIRST_MANNER):
        return f"{name}, {words}"
    return f"{name} of {words}" if " " in words else f"{words} {name}"


def dress(words: str, rng: Rng) -> str:
    """Vary capitals and the full stop, which mean nothing."""
    if rng.random() < 0.3:
        words = words[:1].upper() + words[1:]
    return f"{words}." if rng.random() < 0.05 else words


def choose(options: tuple[str, ...], rng: Rng) -> str:
    """One of the options."""
    return options[int(rng.integers(len(options)))]

"""What the bundled model is taught: the drawn pictures of all formats and what captions say."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

TRAINING = Path(__file__).parents[2] / "models" / "storybook" / "training"


@pytest.fixture(scope="module", autouse=True)
def training_modules():
    """Lets this module import the training folder's modules by their bare names."""
    sys.path.insert(0, str(TRAINING))
    yield
    sys.path.remove(str(TRAINING))


def test_every_style_draws_things_and_empty_places_in_every_format():
    from formats import FORMATS
    from world import PLACES, STYLES, Scene, draw_scene

    for k, style in enumerate(STYLES):
        for thing in ("castle with weird animals", "nothing"):
            for format in FORMATS.values():
                picture = draw_scene(Scene(thing, "red", PLACES[k % 10], style, k), format)
                assert picture.shape == (format.height, format.width, 3)
                assert picture.dtype == np.uint8 and picture.std() > 8


def test_textures_repeat_on_the_latent_grid():
    from fruit import packing
    from textures import PERIOD, dots, hatching, strokes, tiles

    assert PERIOD % 16 == 0 and len(packing("fruit")) % PERIOD == 0
    height, width = 3 * PERIOD, 4 * PERIOD
    for texture in (tiles(height, width)[1], *strokes(height, width), *hatching(height, width),
                    dots(height, width)):  # fmt: skip
        np.testing.assert_allclose(texture[PERIOD:], texture[:-PERIOD], atol=1e-3)
        np.testing.assert_allclose(texture[:, PERIOD:], texture[:, :-PERIOD], atol=1e-3)


def test_drawn_pictures_come_in_the_formats_shares_and_are_kept(tmp_path):
    from formats import FORMATS
    from pictures import draw_pictures, load_pictures, pick

    draw_pictures(tmp_path, 8, 1, workers=1)
    found = load_pictures(tmp_path)
    assert {name: len(part.labels) for name, part in found.items()} == {
        "square": 4, "wide": 2, "tall": 2,
    }  # fmt: skip
    for name, part in found.items():
        width, height = FORMATS[name]
        assert pick(part.chunks, [1, 0]).shape == (2, height, width, 3)
    before = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    draw_pictures(tmp_path, 8, 1, workers=1)
    assert {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == before


def test_every_name_of_the_world_has_words():
    from captions import COLOUR_WORDS, OBJECT_WORDS, PLACE_NOUNS, PLACE_WORDS, STYLE_WORDS
    from moods import MOOD_WORDS
    from world import COLOURS, OBJECTS, PLACES, STYLES

    assert set(OBJECT_WORDS) == set(OBJECTS) and set(COLOUR_WORDS) == set(COLOURS)
    assert set(PLACE_WORDS) == set(PLACE_NOUNS) == set(MOOD_WORDS) == set(PLACES)
    assert set(STYLE_WORDS) == set(STYLES)


def test_phrases_of_other_words_name_nothing_in_the_picture_book():
    from captions import COLOUR_WORDS, OBJECT_WORDS, PLACE_NOUNS, PLACE_WORDS, STYLE_WORDS
    from moods import DOING, MOOD_WORDS, NAMING, TELLING

    taught = set()
    for words in (COLOUR_WORDS, OBJECT_WORDS, PLACE_NOUNS, PLACE_WORDS, STYLE_WORDS):
        for phrases in words.values():
            for phrase in phrases:
                taught |= set(re.findall(r"[\w-]+", phrase.lower()))
    others = [*NAMING, *TELLING, *DOING, *(w for words in MOOD_WORDS.values() for w in words)]
    assert not taught & {word.lower() for word in others}


def test_an_empty_place_is_never_captioned_with_a_thing():
    from captions import OBJECT_WORDS, write_caption
    from world import PLACES, STYLES, Scene

    rng = np.random.default_rng(0)
    things = {word for name, words in OBJECT_WORDS.items() if name != "nothing" for word in words}
    things -= {"love", "light", "dream", "home", "king", "queen", "rain", "man", "face"}
    style_words = {"fruit"}
    for k in range(300):
        scene = Scene("nothing", "blue", PLACES[k % 10], STYLES[k % 3], 0)
        words = set(re.findall(r"[\w']+", write_caption(scene.labels(), rng)))
        assert not words & (things - style_words)


def test_the_colour_of_an_empty_place_or_a_pencil_drawing_does_not_show():
    from world import Scene, shows_colour

    rows = [
        Scene("star", "red", "sea", "mosaic", 0).labels(),
        Scene("star", "red", "sea", "pencil", 0).labels(),
        Scene("nothing", "red", "sea", "mosaic", 0).labels(),
    ]
    assert shows_colour(np.array(rows)).tolist() == [True, False, False]

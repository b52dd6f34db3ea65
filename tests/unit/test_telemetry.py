"""Telemetry and drift: what is measured in keyframes, and when a word is said about them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from songreel.reports.drift import find_drift
from songreel.reports.telemetry import KeyframeRecord, look_of, measure_song, similarity
from songreel.storage.segments import image_path
from toy_song import SECOND, START, TARGET


@pytest.fixture(scope="module")
def picture():
    """Colours, edges and grain, (96, 96, 3)."""
    random = np.random.default_rng(5)
    small = random.integers(60, 200, (8, 8, 3)).astype(np.uint8)
    large = cv2.resize(small, (96, 96), interpolation=cv2.INTER_NEAREST)
    return np.clip(large + random.normal(0, 6, large.shape), 0, 255).astype(np.uint8)


def records(pictures, target=None):
    """The records of pictures that follow one another in one row."""
    found, before = [], None
    for number, image in enumerate(pictures):
        look = look_of(image)
        change = None
        if before is not None:
            change = float(np.abs(image.astype(int) - before).mean() / 2.55)
        found.append(
            KeyframeRecord(
                row=1,
                cell="A2",
                keyframe=number + 1,
                time=number / 2,
                shown=number / 2,
                lightness=look.lightness,
                contrast=look.contrast,
                saturation=look.saturation,
                sharpness=look.sharpness,
                change=change,
                similarity=None if target is None else similarity(image, target),
                origin="painted",
                seconds=1.0,
                retries=0,
                file=f"{number:04d}.png",
            )
        )
        before = image
    return found


def words(pictures, target=None):
    return [finding.word for finding in find_drift([records(pictures, target)])]


def stretched(picture, factor):
    """More or less contrast and colour."""
    return np.clip(128 + factor * (picture.astype(float) - 128), 0, 255).astype(np.uint8)


def with_grain(pictures):
    """Each with grain of its own, as painting leaves it."""
    random = np.random.default_rng(1)
    return [
        np.clip(each + random.normal(0, 3, each.shape), 0, 255).astype(np.uint8)
        for each in pictures
    ]


def test_white_black_and_grey_have_their_lightness():
    for value, lightness in ((0, 0), (255, 100), (119, 50)):
        look = look_of(np.full((16, 16, 3), value, np.uint8))
        assert look.lightness == pytest.approx(lightness, abs=0.3)
        assert (look.contrast, look.saturation, look.sharpness) == pytest.approx(
            (0, 0, 0), abs=1e-4
        )


def test_pure_colour_is_saturated_and_edges_are_sharp(picture):
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 255
    assert look_of(red).saturation == 100
    assert look_of(picture).sharpness > 2 * look_of(cv2.GaussianBlur(picture, (0, 0), 2)).sharpness
    assert look_of(stretched(picture, 0.5)).contrast < 0.7 * look_of(picture).contrast


def test_a_picture_is_like_itself_and_unlike_its_negative(picture):
    assert similarity(picture, picture) == pytest.approx(1)
    assert similarity(picture, 255 - picture) == pytest.approx(-1)
    flat = np.full_like(picture, 90)
    assert similarity(flat, flat) == 1
    assert similarity(flat, picture) == 0


def test_nothing_is_said_of_a_picture_that_keeps_moving(picture):
    assert words(with_grain([np.roll(picture, 2 * n, axis=1) for n in range(16)])) == []


def test_another_subject_halfway_is_no_drift(picture):
    other = stretched(picture, 0.3)
    assert words(with_grain([picture] * 4 + [other] * 4 + [picture] * 4)) == []


@pytest.mark.parametrize(
    ("word", "change"),
    [
        ("burn-in", lambda p, n: stretched(p, 0.4 + 0.1 * n)),
        ("fading", lambda p, n: stretched(p, 1.2 - 0.07 * n)),
        ("blur", lambda p, n: cv2.GaussianBlur(p, (0, 0), 0.3 + 0.2 * n)),
    ],
)
def test_a_trend_along_a_chain_has_its_word(picture, word, change):
    grown = [change(np.roll(picture, 3 * n, axis=0), n) for n in range(16)]
    assert word in words(grown)
    assert word not in words(grown[:6])  # too few to tell


def test_pictures_that_stay_the_same_are_a_freeze(picture):
    moving = with_grain([np.roll(picture, 2 * n, axis=1) for n in range(6)])
    (finding,) = find_drift([records([*moving, *[moving[-1]] * 5, *moving])])
    assert (finding.word, finding.start, finding.end) == ("freeze", 3.0, 5.0)
    assert words([*moving, *[moving[-1]] * 2, *moving]) == []


def test_black_pictures_are_told_with_their_time(picture):
    dark = (picture // 40).astype(np.uint8)
    (finding,) = find_drift([records(with_grain([picture] * 3) + [dark])])
    assert (finding.word, finding.start) == ("black", 1.5)


def test_a_target_arrives_or_does_not(picture):
    target = np.roll(picture, 40, axis=0)
    way = [
        np.clip(share * target.astype(float) + (1 - share) * picture, 0, 255).astype(np.uint8)
        for share in np.linspace(0, 0.9, 8)
    ]
    assert words(with_grain(way), target) == []
    assert words(with_grain([picture] * 8), target) == ["target that did not arrive"]


def test_each_chain_is_looked_at_by_itself(picture):
    way = [stretched(picture, 0.4 + 0.1 * n) for n in range(16)]
    whole = records(way)
    assert find_drift([whole])
    chains = [[replace(record, row=n) for record in whole[n : n + 4]] for n in range(0, 16, 4)]
    assert find_drift(chains) == []


def test_every_keyframe_of_a_song_is_measured_with_what_painting_it_took(rendered_song):
    song = rendered_song
    names = [START, TARGET, SECOND]
    keyframes = [song.manifest(name) for name in names]
    images = [
        [image_path(song.results / "segments" / name, n) for n in range(len(song.manifest(name)))]
        for name in names
    ]
    measured = measure_song(song.plan, song.results, keyframes, images, song.ledger)
    assert [record.row for record in measured] == [1, 1, 2, 2, 3, 3, 3]
    assert [record.time for record in measured] == [0, 0.5, 1, 1.5, 2, 2.5, 3]
    assert [record.origin for record in measured] == ["painted"] * 2 + ["image"] + ["painted"] * 4
    assert all(record.seconds for record in measured if record.origin == "painted")
    assert [record.similarity is not None for record in measured] == [True] * 2 + [False] * 5
    others = measure_song(song.plan, song.results, keyframes, images, [])
    assert [record.origin for record in others] == ["cache"] * 2 + ["image"] + ["cache"] * 4

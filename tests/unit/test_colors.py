"""Colour matching, noise and sharpening: shown on models that drift by construction."""

import cv2
import numpy as np
import pytest

from songreel.keyframes.feedback import mix_input
from songreel.keyframes.segment import iterate_keyframes
from songreel.media.colors import lab_to_rgb, match_colors, rgb_to_lab, sharpen
from songreel.media.images import load_png
from songreel.media.similarity import Similarity
from songreel.models.painter import Painter
from songreel.reports.forecast import forecast
from toy_song import SECOND, START, TARGET

DRIFT = np.array([1.12, 1.0, 0.9])


def drifting(image_to_image, change):
    """A painter that spoils the colours of whatever it paints over."""

    def paint(self, image, **settings):
        image_to_image(self, image, **settings)  # the real pipeline, whose noise is not kept
        return change(image)

    return paint


def reddened(image):
    return np.clip(image * DRIFT + 2, 0, 255).astype(np.uint8)


def colour(picture):
    return rgb_to_lab(picture).mean((0, 1))


def pictures_of(song, name):
    return [
        load_png(song.results / "segments" / name / f"{number:04d}.png")
        for number, _ in enumerate(song.manifest(name))
    ]


def test_lab_is_that_of_opencv_and_comes_back():
    picture = np.random.default_rng(1).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    expected = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    assert np.abs(rgb_to_lab(picture) - expected).max() < 0.5
    assert np.abs(lab_to_rgb(rgb_to_lab(picture)) - picture).max() < 1e-6


def test_matched_colours_have_the_references_mean_and_spread():
    rng = np.random.default_rng(2)
    picture = rng.normal((150, 100, 90), 20, (32, 32, 3)).clip(0, 255)
    reference = rng.normal((90, 110, 140), 30, (24, 40, 3)).clip(0, 255)
    found, wanted = rgb_to_lab(match_colors(picture, reference)), rgb_to_lab(reference)
    assert found.mean((0, 1)) == pytest.approx(wanted.mean((0, 1)), abs=1.5)
    assert found.std((0, 1)) == pytest.approx(wanted.std((0, 1)), rel=0.1)


@pytest.mark.parametrize("reference", ["previous", "shadow", "opening"])
def test_a_model_that_drifts_is_held_by_colour_matching(rendered_song, monkeypatch, reference):
    usual = Painter.image_to_image
    monkeypatch.setattr(Painter, "image_to_image", drifting(usual, reddened))

    def render(color_match):
        rendered_song.edit(
            render={"width": 64, "height": 64, "steps": 2, "seed": 8, "color_match": color_match}
        )
        with rendered_song.planning_renderer() as renderer:
            told = forecast(renderer).to_paint
        before = len(rendered_song.ledger)
        rendered_song.render()
        assert len(rendered_song.ledger) - before == told
        return pictures_of(rendered_song, SECOND)

    spoiled, held = render("none"), render(reference)
    opening = load_png(rendered_song.results / rendered_song.plan.segments[0].images.init_image)
    kept = {
        "previous": pictures_of(rendered_song, TARGET)[0],
        "shadow": rendered_song.image("shade"),
        "opening": opening,
    }[reference]
    if reference == "previous":  # which also follows the shadow that is mixed in
        away = [np.abs(colour(one[-1]) - colour(kept)).max() for one in (spoiled, held)]
        assert away[1] < 0.5 * away[0]
    else:
        assert np.abs(colour(held[-1]) - colour(kept)).max() < 3
        assert np.abs(colour(spoiled[-1]) - colour(kept)).max() > 6


def blurred(image):
    return cv2.GaussianBlur(image, (0, 0), 0.7)


def detail(picture):
    return float(np.abs(cv2.Laplacian(picture.mean(axis=2), cv2.CV_64F)).mean())


@pytest.mark.parametrize("setting", [{"sharpen": 1.0}, {"noise": 0.05}])
def test_a_model_that_blurs_is_held_by_sharpening_and_by_noise(rendered_song, monkeypatch, setting):
    usual = Painter.image_to_image
    monkeypatch.setattr(Painter, "image_to_image", drifting(usual, blurred))
    last = []
    for changes in ({}, setting):
        render = {"width": 64, "height": 64, "steps": 2, "seed": 9, "shadow": 0, **changes}
        rendered_song.edit(render=render)
        rendered_song.render()
        last.append(pictures_of(rendered_song, START)[-1])
    assert detail(last[1]) > 1.15 * detail(last[0])


def test_off_they_change_nothing(rendered_song):
    before = rendered_song.pictures()
    off = {"color_match": "none", "noise": 0, "sharpen": 0}
    rendered_song.edit(render={"width": 64, "height": 64, "steps": 2, "seed": 1, **off})
    with rendered_song.planning_renderer() as renderer:
        assert forecast(renderer).to_paint == 0
    assert rendered_song.pictures() == before


def test_noise_is_of_the_seed_and_as_strong_as_said():
    grey = np.full((64, 64, 3), 128, np.uint8)

    def noisy(seed):
        return mix_input(grey, Similarity(), None, 0, None, 0, noise=0.02, noise_seed=seed)

    assert np.array_equal(noisy(1), noisy(1))
    assert not np.array_equal(noisy(1), noisy(2))
    assert noisy(1).std() == pytest.approx(0.02 * 255, rel=0.1)


def test_sharpening_is_an_unsharp_mask():
    picture = np.random.default_rng(3).uniform(60, 190, (32, 32, 3))
    blurred_picture = cv2.GaussianBlur(picture, (7, 7), 1, borderType=cv2.BORDER_REFLECT)
    expected = np.clip(picture + 0.5 * (picture - blurred_picture), 0, 255)
    assert np.abs(sharpen(picture, 0.5) - expected).max() < 1e-6


def test_keyframes_know_what_their_colours_are_matched_to(rendered_song):
    rendered_song.edit(
        render={"width": 64, "height": 64, "steps": 2, "seed": 1, "color_match": "previous"}
    )
    seen = []
    with rendered_song.planning_renderer() as renderer:
        segment = rendered_song.segment(TARGET)

        def get_image(key, keyframe):
            seen.append(np.array_equal(keyframe.reference_image, keyframe.input_image))

        list(iterate_keyframes(segment, renderer.step_rule, renderer.keys.keyframe_key, get_image))
    assert seen == [True]

"""The training code of the bundled model: what it draws and says, and a run at toy size."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline

TRAINING = Path(__file__).parents[1] / "models" / "storybook" / "training"


@pytest.fixture(scope="module", autouse=True)
def training_modules():
    """Lets this module import the training folder's modules by their bare names."""
    sys.path.insert(0, str(TRAINING))
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)
    sys.path.remove(str(TRAINING))


def test_every_object_place_and_style_is_drawn():
    from world import COLOURS, OBJECTS, PLACES, STYLES, Scene, draw_scene

    assert len(OBJECTS) >= 20 and len(COLOURS) >= 9 and len(PLACES) >= 8 and len(STYLES) >= 6
    for k, thing in enumerate(OBJECTS):
        scene = Scene(
            thing, list(COLOURS)[k % len(COLOURS)], PLACES[k % len(PLACES)],
            STYLES[k % len(STYLES)], k,
        )  # fmt: skip
        picture = draw_scene(scene)
        assert picture.shape == (256, 256, 3) and picture.dtype == np.uint8
        assert picture.std() > 10


def test_a_scene_is_always_drawn_alike():
    from world import Scene, draw_scene

    scene = Scene("star", "yellow", "night sky", "watercolour", 5)
    np.testing.assert_array_equal(draw_scene(scene), draw_scene(scene))


def test_held_out_combinations_are_kept_out_of_training():
    from world import is_held_out, sample_scene

    rng = np.random.default_rng(0)
    scenes = [sample_scene(rng) for _ in range(500)]
    assert not any(is_held_out(s.object, s.colour, s.place) for s in scenes)
    kept = [sample_scene(rng, held_out=True) for _ in range(20)]
    assert all(is_held_out(s.object, s.colour, s.place) for s in kept)


def test_captions_name_the_style_and_are_sometimes_empty():
    from captions import STYLE_WORDS, write_caption
    from world import Scene

    labels = Scene("boat", "green", "desert", "mosaic", 0).labels()
    rng = np.random.default_rng(1)
    captions = [write_caption(labels, rng) for _ in range(300)]
    assert 10 < captions.count("") < 60
    named = [c for c in captions if any(w in c.lower() for w in STYLE_WORDS["mosaic"])]
    assert len(named) > 200


def test_song_lines_call_up_pictures_that_training_shows():
    from song_lines import SONG_LINES
    from world import COLOURS, OBJECTS, PLACES, is_held_out

    for thing, colour, place in SONG_LINES.values():
        assert thing in OBJECTS and colour in COLOURS and place in PLACES
        assert not is_held_out(thing, colour, place)


def test_muon_makes_steps_of_even_size():
    from muon import orthogonalise

    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(24, 40)))
    assert values.min() > 0.5 and values.max() < 1.3


def test_a_toy_run_writes_a_model_that_paints_and_resumes(tmp_path):
    from train import SMOKE, train_storybook

    def run():
        train_storybook(tmp_path / "work", tmp_path / "model", tmp_path / "judge.st", SMOKE, 1)

    run()
    first = (tmp_path / "model" / "unet" / "diffusion_pytorch_model.safetensors").read_bytes()
    run()  # nothing is left to train: the same weights are written again
    again = (tmp_path / "model" / "unet" / "diffusion_pytorch_model.safetensors").read_bytes()
    assert first == again
    pipeline = StableDiffusionPipeline.from_pretrained(tmp_path / "model", dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    picture = pipeline("a star", num_inference_steps=2, output_type="np").images[0]
    assert picture.shape == (128, 128, 3) and np.isfinite(picture).all()


def test_centring_latents_does_not_change_pictures():
    from export import centre_latents
    from train_vae import make_vae

    torch.manual_seed(0)
    vae = make_vae((8, 8, 16))
    pictures = torch.rand(4, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        before = vae.decode(vae.encode(pictures).latent_dist.mode()).sample
        factor = centre_latents(vae, pictures)
        latents = vae.encode(pictures).latent_dist.mode()
        after = vae.decode(latents).sample
    torch.testing.assert_close(before, after, atol=1e-4, rtol=1e-3)
    assert abs(float(latents.mean())) < 1e-3
    assert float(latents.std()) * factor == pytest.approx(1, abs=1e-3)

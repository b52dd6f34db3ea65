"""The bundled model: it loads like any other, is small, and paints the same picture twice."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoPipelineForImage2Image, StableDiffusionPipeline
from PIL import Image

pytestmark = pytest.mark.slow

MODEL = Path(__file__).parents[2] / "models" / "storybook"
CAPTION = "a yellow star in the night sky, watercolour"


@pytest.fixture(scope="module")
def pipeline():
    """The model in float32 on the CPU."""
    loaded = StableDiffusionPipeline.from_pretrained(MODEL, dtype=torch.float32)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def paint(pipeline, caption=CAPTION, seed=3, **settings):
    """One picture as floats (256, 256, 3), 0 to 1."""
    generator = torch.Generator().manual_seed(seed)
    return pipeline(
        caption, num_inference_steps=6, guidance_scale=3.0, generator=generator, output_type="np",
        **settings,
    ).images[0]  # fmt: skip


def test_folder_is_complete_and_small():
    for part in ("unet", "vae", "text_encoder"):
        assert list((MODEL / part).glob("*.safetensors")), part
    assert (MODEL / "model_index.json").exists()
    assert not list(MODEL.rglob("*.bin")) and not list(MODEL.rglob("*.ckpt"))
    size = sum(file.stat().st_size for file in MODEL.rglob("*") if file.is_file())
    assert size <= 25e6


def test_same_seed_gives_the_same_bytes(pipeline):
    first, second = paint(pipeline), paint(pipeline)
    assert first.tobytes() == second.tobytes()
    assert first.tobytes() != paint(pipeline, seed=4).tobytes()


def test_pictures_are_neither_black_nor_broken(pipeline):
    for caption in (CAPTION, "a white lamb in the snow, neon", "Überraschung! 星", ""):
        picture = paint(pipeline, caption)
        assert picture.shape == (256, 256, 3)
        assert np.isfinite(picture).all()
        assert picture.std() > 0.03, caption


@pytest.mark.parametrize(("width", "height"), [(448, 256), (256, 448)])
def test_wide_and_tall_pictures_are_filled_to_their_edges(pipeline, width, height):
    picture = paint(pipeline, "a red house in the meadow", width=width, height=height)
    assert picture.shape == (height, width, 3)
    sides = picture[:, :64], picture[:, -64:], picture[:64], picture[-64:]
    assert all(side.std() > 0.03 for side in sides)


def test_words_change_the_picture(pipeline):
    night, day = paint(pipeline, "the night sky"), paint(pipeline, "a meadow on a sunny day")
    assert night.mean() < day.mean()


def test_long_prompts_are_cut_and_not_refused(pipeline):
    assert np.isfinite(paint(pipeline, "twinkle " * 200)).all()


def test_image_to_image_keeps_what_strength_leaves():
    painter = AutoPipelineForImage2Image.from_pretrained(MODEL, dtype=torch.float32)
    painter.set_progress_bar_config(disable=True)
    start = Image.fromarray(np.full((256, 256, 3), (40, 60, 160), np.uint8))
    faint, strong = (
        paint(painter, "a red heart at sunset", image=start, strength=strength)
        for strength in (0.2, 0.9)
    )
    blue = np.array(start, np.float32) / 255
    assert np.abs(faint - blue).mean() < np.abs(strong - blue).mean()


def test_a_picture_painted_over_faintly_stays_the_picture(pipeline):
    picture = paint(pipeline)
    painter = AutoPipelineForImage2Image.from_pipe(pipeline)
    painter.set_progress_bar_config(disable=True)
    again = paint(painter, image=picture[np.newaxis], strength=0.4)
    assert np.abs(again - picture).mean() < 0.1

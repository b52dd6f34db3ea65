"""The training code of the bundled model: what it draws and says, and a run at toy size."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

TRAINING = Path(__file__).parents[2] / "models" / "storybook" / "training"


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


def test_losses_ignore_equal_pictures_and_weigh_ink():
    from losses import ink_weights, picture_loss

    torch.manual_seed(0)
    picture = torch.rand(2, 3, 32, 32) * 2 - 1
    assert float(picture_loss(picture, picture, 0.2)) == 0
    flat = torch.zeros(1, 3, 32, 32)
    flat[..., 16:] = 1
    weights = ink_weights(flat)
    assert float(weights[..., :, 15].min()) == 5 and float(weights[..., :, 4].max()) == 1


def test_haar_bands_keep_the_energy():
    from losses import haar_bands

    torch.manual_seed(0)
    picture = torch.randn(2, 3, 32, 32)
    bands = haar_bands(picture, 5)
    kept = sum(float(part.square().sum()) for band in bands for part in band)
    mean = float(picture.mean((2, 3)).square().sum()) * 32 * 32
    assert kept + mean == pytest.approx(float(picture.square().sum()), rel=1e-4)


def test_a_smooth_picture_has_lost_its_detail():
    from crispness import compare_detail
    from losses import detail_energy, haar_bands

    torch.manual_seed(0)
    drawing = torch.randn(2, 3, 32, 32)
    for made, lost, wrong in ((drawing, 0, 0), (drawing * 0, 1, 1)):
        rows = [torch.zeros(2)]
        rows += [detail_energy(haar_bands(x, 2)) for x in (drawing, made, made - drawing)]
        assert compare_detail(torch.stack(rows, 1).numpy()) == pytest.approx((lost, wrong))


def test_batches_hold_pictures_of_one_format_and_crops_of_all(tmp_path):
    from batches import Batches
    from formats import FORMATS
    from pictures import draw_pictures

    draw_pictures(tmp_path, 16, 1)
    batches, rng = Batches(tmp_path), np.random.default_rng(0)
    seen = set()
    for _ in range(20):
        pictures, labels = batches.whole(4, rng)
        assert len(pictures) == len(labels)
        seen.add((pictures.shape[2], pictures.shape[1]))
    assert seen == set(FORMATS.values())
    assert batches.crops(5, 64, 32, rng).shape == (5, 64, 64, 3)


def test_the_gain_of_detail_tells_how_strong_it_is_and_not_where_it_lies():
    from losses import detail_gains

    torch.manual_seed(0)
    drawn = torch.rand(2, 3, 64, 64) * 2 - 1
    blurred = torch.nn.functional.avg_pool2d(drawn, 3, 1, 1, count_include_pad=False)
    assert (detail_gains(drawn.roll((8, 16), (2, 3)), drawn).abs() < 0.05).all()
    assert (detail_gains(drawn.flip(3), drawn).abs() < 1e-5).all()
    assert (detail_gains(0.9 * drawn, drawn) < -0.02).all()
    assert (detail_gains(blurred, drawn) < detail_gains(0.9 * drawn, drawn)).all()


def test_balancing_takes_detail_from_the_style_that_has_too_much_of_it():
    from balance import STRONGEST, Sums, detail, energies, find_weights, products, strengths

    torch.manual_seed(0)
    strong = torch.linspace(0.1, 1, 10)[:, None, None]  # each style has inputs of its own
    first, second = torch.randn(1, 10, 64, 64) * strong, torch.randn(1, 10, 64, 64) * strong.flip(0)
    weights = 0.1 * torch.randn(3, 10, dtype=torch.float64)
    sums = Sums(
        detail=torch.stack([products(detail(x)) for x in (first, second, first)]),
        drawn=torch.zeros(3, dtype=torch.float64),
        steps=torch.stack([products(x.diff(dim=2)) for x in (second, 0 * first, 0 * first)]),
        pixels=products(first) + products(second),
        count=2 * 64 * 64,
    )
    sums.drawn[:2] = energies(weights, sums.detail)[:2] / torch.tensor([1.2, 0.9])

    found = find_weights(weights, sums)
    assert strengths(weights, sums).tolist() == pytest.approx([1.2, 0.9])
    assert strengths(found, sums)[0] < STRONGEST + 0.01
    assert strengths(found, sums)[1] > 0.88
    assert energies(found, sums.steps[0]) > 0.99 * energies(weights, sums.steps[0])
    assert energies(found - weights, sums.pixels) < 0.05 * energies(weights, sums.pixels)


def test_the_judge_looks_at_all_formats():
    from formats import FORMATS
    from judge import Judge

    judge = Judge()
    for width, height in FORMATS.values():
        pictures = np.zeros((2, height, width, 3), np.uint8)
        assert judge.name(pictures).shape == (2, 4)
        assert (judge.certainty(pictures) <= 1).all()


def test_unknown_prompts_share_no_word_with_the_captions():
    from captions import COLOUR_WORDS, OBJECT_WORDS, PLACE_WORDS, STYLE_WORDS
    from evaluate import UNKNOWN
    from moods import DOING, MOOD_WORDS, NAMING, TELLING

    groups = (COLOUR_WORDS, OBJECT_WORDS, PLACE_WORDS, STYLE_WORDS)
    known = {
        word
        for group in groups
        for phrases in group.values()
        for phrase in phrases
        for word in phrase.lower().split()
    }
    small = {"a", "an", "the", "of", "in", "on", "at", "is", "and", "by", "to", "with"}
    moods = {*NAMING, *TELLING, *DOING, *(word for words in MOOD_WORDS.values() for word in words)}
    for k, prompt in enumerate(UNKNOWN):
        taboo = known | moods if k else known
        assert not (set(prompt.split()) - small) & taboo, prompt


def test_a_toy_run_writes_a_model_that_paints_every_format_and_resumes(tmp_path):
    from formats import FORMATS
    from judge import JUDGE, load_judge
    from painter import Painter, load_pipeline
    from train import SMOKE, train_storybook

    target = tmp_path / "model"
    weights = target / "unet" / "diffusion_pytorch_model.safetensors"
    train_storybook(tmp_path / "work", target, SMOKE, 1)
    first = weights.read_bytes()
    assert str(tmp_path) not in (target / "vae" / "config.json").read_text(encoding="utf-8")
    train_storybook(tmp_path / "work", target, SMOKE, 1)  # nothing is left to train
    assert weights.read_bytes() == first

    pipeline = load_pipeline(target)
    parts = (pipeline.unet, pipeline.vae, pipeline.text_encoder)
    assert {part.dtype for part in parts} == {torch.float32}
    paint = Painter(pipeline, steps=2)
    judge = load_judge(target / "training" / JUDGE)
    for format in FORMATS.values():
        picture = paint(["a star"], 1, format=format)
        assert picture.shape == (1, format.height, format.width, 3)
        assert judge.name(picture).shape == (1, 4)


def test_a_trained_model_trains_on_and_keeps_its_words_its_judge_and_its_latents(tmp_path):
    from safetensors.torch import load_file
    from train import SMOKE, train_storybook

    model = tmp_path / "model"

    def read_files() -> list[bytes]:
        names = ("tokenizer/tokenizer.json", "training/judge.safetensors")
        return [(model / name).read_bytes() for name in names]

    def read_weights() -> dict[str, torch.Tensor]:
        parts = [load_file(file) for file in sorted(model.glob("*/diffusion_pytorch_model.*"))]
        return {name: weight for part in parts for name, weight in part.items()}

    train_storybook(tmp_path / "work", model, SMOKE, 1)
    files, weights = read_files(), read_weights()
    train_storybook(tmp_path / "more", model, SMOKE, 2, "encode", trained=model)

    assert read_files() == files
    learnt = {name for name, weight in read_weights().items() if not weight.equal(weights[name])}
    assert learnt and not any(name.startswith(("encoder.", "quant_conv")) for name in learnt)
    assert any(name.startswith("decoder.") for name in learnt)
    assert any(name.startswith("up_blocks.") for name in learnt)

    weights = read_weights()
    trained, model = model, tmp_path / "finished"
    train_storybook(tmp_path / "finish", model, SMOKE, 3, "finish", trained=trained)
    assert read_files() == files
    learnt = {name for name, weight in read_weights().items() if not weight.equal(weights[name])}
    assert learnt and all(name.startswith(("decoder.", "post_quant_conv")) for name in learnt)

    weights = read_weights()
    trained, model = model, tmp_path / "balanced"
    train_storybook(tmp_path / "balance", model, SMOKE, 4, "balance", trained=trained)
    learnt = {name for name, weight in read_weights().items() if not weight.equal(weights[name])}
    assert learnt and all(name.startswith("decoder.conv_out.") for name in learnt)


def test_a_share_of_the_weights_comes_from_the_model_that_a_training_began_with():
    from train_unet import make_run
    from trained import return_towards, trained_networks, unet_channels
    from transformers import CLIPTokenizer

    model = TRAINING.parent
    run = make_run(CLIPTokenizer.from_pretrained(model / "tokenizer"), 1, unet_channels(model))
    for weight in run.mean.values():
        weight.zero_()
    return_towards(run, model, 0.25)
    for part, network in trained_networks(model).items():
        for name, weight in network.named_parameters():
            torch.testing.assert_close(run.mean[f"{part}.{name}"], 0.25 * weight)


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

import json
import os
import resource
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import toy_models
from songreel.errors import SongreelError
from songreel.media.pixels import InvalidImage
from songreel.models import tracing
from songreel.models.painter import Painter
from songreel.models.prompts import PromptShare
from songreel.models.sampling import StepRule
from songreel.models.settings import SCHEDULERS, ModelSettings

SETTINGS = ModelSettings(name="toy", device="cpu")
OPENING = dict(
    prompt="a star", negative_prompt="fog", seed=5, width=64, height=48, steps=2, guidance_scale=5
)


def only(prompt: str = "a star", negative_prompt: str = "fog") -> tuple[PromptShare, ...]:
    """A mix of one prompt."""
    return (PromptShare(prompt, negative_prompt, Fraction(1)),)


KEYFRAME = dict(prompts=only(), seed=5, strength=0.5, steps=2, guidance_scale=5)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {
        "sd": toy_models.save_stable_diffusion(folder / "sd"),
        "xl": toy_models.save_stable_diffusion_xl(folder / "xl"),
        "lcm": toy_models.save_latent_consistency(folder / "lcm"),
    }


@pytest.fixture(scope="module")
def painters(models):
    return {kind: Painter(folder, SETTINGS) for kind, folder in models.items()}


@pytest.fixture
def sd_copy(models, tmp_path):
    return shutil.copytree(models["sd"], tmp_path / "copy")


def picture(height: int = 48, width: int = 64, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def change_weights(folder: Path, component: str, change) -> Path:
    path = folder / component / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    for name, tensor in weights.items():
        change(name, tensor)
    save_file(weights, path, metadata={"format": "pt"})
    return folder


def count_encodings(painter: Painter) -> list:
    calls = []
    painter.image_to_image_pipeline.text_encoder.register_forward_hook(lambda *_: calls.append(1))
    return calls


@pytest.mark.parametrize("kind", ["sd", "xl", "lcm"])
def test_paints_pictures_of_the_size_asked_for(painters, kind):
    opening = painters[kind].text_to_image(**OPENING)
    keyframe = painters[kind].image_to_image(opening, **KEYFRAME)
    for result in (opening, keyframe):
        assert result.shape == (48, 64, 3)
        assert result.dtype == np.uint8
        assert result.std() > 10
    assert not np.array_equal(opening, keyframe)


@pytest.mark.parametrize("kind", ["sd", "xl", "lcm"])
def test_both_pipelines_have_the_same_components(painters, kind):
    image_to_image = painters[kind].image_to_image_pipeline.components
    text_to_image = painters[kind].text_to_image_pipeline.components
    for name in ("vae", "unet", "text_encoder", "tokenizer", "scheduler"):
        assert image_to_image[name] is not None
        assert image_to_image[name] is text_to_image[name]
    if kind == "xl":
        assert image_to_image["text_encoder_2"] is text_to_image["text_encoder_2"]


@pytest.mark.parametrize("kind", ["sd", "xl"])
def test_dtype_is_kept_through_openings_and_keyframes(models, kind):
    painter = Painter(models[kind], replace(SETTINGS, dtype="bfloat16"))
    painter.image_to_image(painter.text_to_image(**OPENING), **KEYFRAME)
    for pipeline in (painter.image_to_image_pipeline, painter.text_to_image_pipeline):
        for name in ("vae", "unet", "text_encoder"):
            assert {p.dtype for p in getattr(pipeline, name).parameters()} == {torch.bfloat16}
    assert painter.describe()["dtype"] == "bfloat16"


@pytest.mark.parametrize("upcast", [True, False])
def test_the_vae_of_sdxl_does_not_overflow_in_half_precision(models, tmp_path, upcast):
    """Forced to half on the CPU, with a VAE whose inner values are beyond float16's 65,504."""
    folder = shutil.copytree(models["xl"], tmp_path / "loud")

    def raise_volume(name, tensor):
        if name in ("encoder.conv_in.weight", "decoder.conv_in.weight"):
            tensor.mul_(2e5)  # the group norms that follow take it back

    change_weights(folder, "vae", raise_volume)
    config = json.loads((folder / "vae" / "config.json").read_text(encoding="utf-8"))
    (folder / "vae" / "config.json").write_text(
        json.dumps(config | {"force_upcast": upcast}), encoding="utf-8"
    )
    painter = Painter(folder, SETTINGS)
    painter.image_to_image_pipeline.to(torch.float16)
    if upcast:
        assert painter.image_to_image(picture(), **KEYFRAME).std() > 10
        assert painter.text_to_image(**OPENING).std() > 10
        assert painter.image_to_image_pipeline.vae.dtype == torch.float16
    else:
        with pytest.raises(InvalidImage, match="not a number"):
            painter.image_to_image(picture(), **KEYFRAME)


@pytest.mark.parametrize("kind", ["sd", "xl", "lcm"])
def test_same_input_gives_same_pixels_whatever_was_painted_before(models, kind):
    fresh = Painter(models[kind], SETTINGS)
    first = fresh.image_to_image(picture(), **KEYFRAME)
    fresh.text_to_image(**OPENING | {"prompt": "the moon", "steps": 3})
    fresh.image_to_image(picture(seed=1), **KEYFRAME | {"seed": 6})
    assert np.array_equal(fresh.image_to_image(picture(), **KEYFRAME), first)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_forgets_what_it_did_before(models, name):
    painter = Painter(models["sd"], replace(SETTINGS, scheduler=name))
    keyframe = KEYFRAME | {"steps": 4}
    first = painter.image_to_image(picture(), **keyframe)
    painter.text_to_image(**OPENING)
    assert np.array_equal(painter.image_to_image(picture(), **keyframe), first)
    assert painter.describe()["scheduler"] == SCHEDULERS[name]
    assert painter.text_to_image_pipeline.scheduler is painter.image_to_image_pipeline.scheduler


def steps_taken(painter: Painter, **settings) -> int:
    """How often the denoising network is evaluated for a keyframe."""
    calls = []
    unet = painter.image_to_image_pipeline.unet
    hook = unet.register_forward_hook(lambda *_: calls.append(1))
    assert painter.image_to_image(picture(), **KEYFRAME | settings).std() > 5
    hook.remove()
    return len(calls)


@pytest.mark.parametrize("wanted", [0.3, 0.05])
@pytest.mark.parametrize(
    ("kind", "scheduler", "settings"),
    [
        *(("sd", name, {"steps": 8}) for name in SCHEDULERS),
        ("xl", None, {"steps": 8}),
        ("sd", None, {"steps": 4, "guidance_scale": 0}),
        ("sd", None, {"steps": 1, "strength": 1, "guidance_scale": 0}),
        ("lcm", None, {"steps": 4, "guidance_scale": 8.5}),
    ],
)
def test_weaker_keyframes_take_as_many_steps(models, kind, scheduler, settings, wanted):
    """On the way to a target, with every scheduler, with Turbo's few steps, SDXL and LCM."""
    painter = Painter(models[kind], replace(SETTINGS, scheduler=scheduler))
    row = {"strength": 0.5, "guidance_scale": 5, **settings}
    rule = StepRule.of_model(models[kind], scheduler)
    steps, strength = rule.finer_schedule(
        row["steps"], row["strength"], row["guidance_scale"], wanted
    )
    weaker = {**row, "steps": steps, "strength": strength}
    assert strength <= row["strength"] + 0.07
    assert steps_taken(painter, **weaker) == steps_taken(painter, **row)


def test_the_scheduler_of_stable_diffusion_1_forgets_too(sd_copy):
    """PNDM, with the settings the 1.x models bring; it keeps more of its past than others."""
    scheduler = diffusers.PNDMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        skip_prk_steps=True,
        set_alpha_to_one=False,
        steps_offset=1,
    )
    scheduler.save_pretrained(sd_copy / "scheduler")
    index = json.loads((sd_copy / "model_index.json").read_text(encoding="utf-8"))
    index["scheduler"] = ["diffusers", "PNDMScheduler"]
    (sd_copy / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    painter = Painter(sd_copy, SETTINGS)
    keyframe = KEYFRAME | {"steps": 8}
    first = painter.image_to_image(picture(), **keyframe)
    painter.text_to_image(**OPENING)
    assert np.array_equal(painter.image_to_image(picture(), **keyframe), first)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 6},
        {"prompts": only("the moon")},
        {"prompts": only(negative_prompt="rain")},
        {"prompts": only(negative_prompt="")},
        {"strength": 1},
        {"guidance_scale": 6},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["sd", "xl"])
def test_every_setting_tells(painters, kind, change):
    before = painters[kind].image_to_image(picture(), **KEYFRAME)
    assert not np.array_equal(painters[kind].image_to_image(picture(), **KEYFRAME | change), before)


@pytest.mark.parametrize("kind", ["sd", "xl", "lcm"])
def test_turbo_settings_take_one_step_without_a_negative(painters, kind):
    turbo = {"steps": 1, "guidance_scale": 0}
    opening = painters[kind].text_to_image(**OPENING | turbo)
    ignored = painters[kind].text_to_image(**OPENING | turbo | {"negative_prompt": "rain"})
    assert np.array_equal(opening, ignored)
    assert painters[kind].image_to_image(opening, **KEYFRAME | turbo | {"strength": 1}).std() > 10


@pytest.mark.parametrize("kind", ["sd", "xl"])
def test_a_prompt_is_encoded_once_for_all_keyframes_of_its_row(models, kind):
    painter = Painter(models[kind], SETTINGS)
    calls = count_encodings(painter)
    for seed in range(3):
        painter.image_to_image(picture(), **KEYFRAME | {"seed": seed})
    assert len(calls) == 2  # the prompt and the negative
    painter.image_to_image(picture(), **KEYFRAME | {"prompts": only("the moon")})
    assert len(calls) == 4
    painter.image_to_image(picture(), **KEYFRAME | {"guidance_scale": 1})
    assert len(calls) == 5  # unguided: no negative


def mix(share: Fraction) -> tuple[PromptShare, ...]:
    return (PromptShare("a star", "fog", 1 - share), PromptShare("the moon", "rain", share))


def embeddings_given(painter: Painter, prompts) -> dict[str, torch.Tensor]:
    """What the denoising network is given for a mix of prompts."""
    seen = {}

    def note(module, args, kwargs):
        seen.update(kwargs.get("added_cond_kwargs") or {})
        seen["embeddings"] = kwargs["encoder_hidden_states"]

    unet = painter.image_to_image_pipeline.unet
    hook = unet.register_forward_pre_hook(note, with_kwargs=True)
    painter.image_to_image(picture(), **KEYFRAME | {"prompts": prompts})
    hook.remove()
    return {name: tensor for name, tensor in seen.items() if name != "time_ids"}


@pytest.mark.parametrize("kind", ["sd", "xl", "lcm"])
def test_embeddings_of_prompts_are_mixed_by_their_shares(painters, kind):
    """Those of the negative prompts, and SDXL's pooled ones, likewise."""
    star = embeddings_given(painters[kind], only())
    moon = embeddings_given(painters[kind], only("the moon", "rain"))
    mixed = embeddings_given(painters[kind], mix(Fraction(1, 4)))
    assert len(mixed) == (2 if kind == "xl" else 1)
    for name, tensor in mixed.items():
        assert not torch.equal(star[name], moon[name])
        torch.testing.assert_close(tensor, 0.75 * star[name] + 0.25 * moon[name])


@pytest.mark.parametrize("kind", ["sd", "xl", "lcm"])
def test_words_in_brackets_have_weights(painters, kind):
    def embeddings(prompt):
        return embeddings_given(painters[kind], only(prompt))["embeddings"]

    plain = embeddings("a star over a boat")
    torch.testing.assert_close(embeddings("a star over (a boat:1)"), plain, atol=1e-5, rtol=1e-5)
    more, less = embeddings("a star over (a boat:1.5)"), embeddings("a star over (a boat:0.5)")
    assert not torch.allclose(more, plain, atol=1e-3)
    assert not torch.allclose(less, plain, atol=1e-3)
    assert torch.equal(embeddings("a star over a boat"), plain)


def test_a_negative_prompt_may_have_weights_too(painters):
    def painted(negative_prompt):
        prompts = only(negative_prompt=negative_prompt)
        return painters["sd"].image_to_image(picture(), **KEYFRAME | {"prompts": prompts})

    assert not np.array_equal(painted("fog, rain"), painted("fog, (rain:1.8)"))


def test_mixed_prompts_are_encoded_once_for_two_rows(models):
    painter = Painter(models["sd"], SETTINGS)
    calls = count_encodings(painter)
    for share in (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)):
        painter.image_to_image(picture(), **KEYFRAME | {"prompts": mix(share)})
    assert len(calls) == 4


def test_sdxl_is_given_the_pooled_embeddings_of_its_prompt(painters):
    seen = []
    unet = painters["xl"].image_to_image_pipeline.unet
    hook = unet.register_forward_pre_hook(
        lambda module, args, kwargs: seen.append(kwargs["added_cond_kwargs"]["text_embeds"]),
        with_kwargs=True,
    )
    painters["xl"].image_to_image(picture(), **KEYFRAME)
    painters["xl"].image_to_image(picture(), **KEYFRAME | {"prompts": only("the moon")})
    hook.remove()
    negative_a, prompt_a = seen[0]
    negative_b, prompt_b = seen[-1]
    assert torch.equal(negative_a, negative_b)
    assert not torch.equal(prompt_a, prompt_b)


def test_the_picture_reaches_the_vae_as_it_is(painters):
    seen = []
    vae = painters["sd"].image_to_image_pipeline.vae
    hook = vae.encoder.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    painters["sd"].image_to_image(picture(), **KEYFRAME)
    hook.remove()
    levels = (seen[0][0].permute(1, 2, 0).numpy() + 1) / 2 * 255
    assert np.abs(levels - picture()).max() < 1e-3


@pytest.mark.parametrize("kind", ["sd", "xl"])
def test_a_long_prompt_tells_the_words_that_fall_off(painters, kind):
    fits = " ".join(["star"] * 18)  # 72 of the 75 letters
    assert painters[kind].cut_words(fits) == ""
    assert painters[kind].cut_words(f"{fits} moon and sun") == "moon and sun"
    assert painters[kind].cut_words(f"{fits} sky moon and sun") == "moon and sun"
    assert painters[kind].cut_words("") == ""


def test_a_picture_of_no_numbers_is_refused(sd_copy):
    change_weights(sd_copy, "vae", lambda name, tensor: tensor.fill_(torch.nan))
    with pytest.raises(InvalidImage, match="not a number"):
        Painter(sd_copy, SETTINGS).image_to_image(picture(), **KEYFRAME)


def test_a_black_picture_is_refused(sd_copy):
    def blacken(name, tensor):
        if name == "decoder.conv_out.bias":
            tensor.fill_(-100)

    change_weights(sd_copy, "vae", blacken)
    with pytest.raises(InvalidImage, match="black"):
        Painter(sd_copy, SETTINGS).text_to_image(**OPENING)


def test_a_black_picture_over_a_dark_one_is_taken(sd_copy):
    """On its way to a black target, a film fades to black."""

    def blacken(name, tensor):
        if name == "decoder.conv_out.bias":
            tensor.fill_(-100)

    painter = Painter(change_weights(sd_copy, "vae", blacken), SETTINGS)
    assert painter.image_to_image(picture() // 5, **KEYFRAME).max() == 0
    with pytest.raises(InvalidImage, match="black"):
        painter.image_to_image(picture(), **KEYFRAME)


def test_a_blanked_picture_is_refused(tmp_path):
    folder = toy_models.save_stable_diffusion(tmp_path, blanks_everything=True)
    with pytest.raises(InvalidImage, match="safety checker"):
        Painter(folder, SETTINGS).image_to_image(picture(), **KEYFRAME)


def test_pickled_weights_are_refused(sd_copy):
    weights = sd_copy / "unet" / "diffusion_pytorch_model.safetensors"
    torch.save(load_file(weights), weights.with_suffix(".bin"))
    weights.unlink()
    with pytest.raises(SongreelError, match="unet has no safetensors weights"):
        Painter(sd_copy, SETTINGS)


def test_half_precision_weights_alone_are_taken(sd_copy, painters):
    for path in sd_copy.glob("*/*.safetensors"):
        path.rename(path.with_suffix(".fp16.safetensors"))
    expected = painters["sd"].image_to_image(picture(), **KEYFRAME)
    assert np.array_equal(
        Painter(sd_copy, SETTINGS).image_to_image(picture(), **KEYFRAME), expected
    )


@pytest.mark.parametrize("pipeline", ["FluxPipeline", "StableDiffusionInpaintPipeline"])
def test_another_architecture_is_refused_by_name_without_its_weights(tmp_path, pipeline):
    (tmp_path / "model_index.json").write_text(
        json.dumps({"_class_name": pipeline}), encoding="utf-8"
    )
    with pytest.raises(SongreelError, match=f"{pipeline} is not supported.*SDXL"):
        Painter(tmp_path, SETTINGS)


def test_damaged_weights_are_told_without_a_traceback_of_theirs(sd_copy):
    path = sd_copy / "unet" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(SongreelError, match="cannot be loaded.*download it again"):
        Painter(sd_copy, SETTINGS)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"device": "cpu", "dtype": "float16"}, "float16 needs a GPU"),
        pytest.param(
            {"device": "cuda"},
            "cuda is not available",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device"),
        ),
    ],
)
def test_what_the_machine_cannot_do_is_refused(models, settings, message):
    with pytest.raises(SongreelError, match=message):
        Painter(models["sd"], replace(SETTINGS, **settings))


def test_settings_the_model_cannot_take_are_refused(painters):
    with pytest.raises(SongreelError, match="render.width: 60 .* multiple of 8.* 56 or 64"):
        painters["sd"].text_to_image(**OPENING | {"width": 60})
    with pytest.raises(SongreelError, match="render.steps: 2 .* makes no step"):
        painters["sd"].image_to_image(picture(), **KEYFRAME | {"strength": 0.4})
    with pytest.raises(SongreelError, match="render.steps: 30 .* 25 or less"):
        painters["lcm"].image_to_image(picture(), **KEYFRAME | {"steps": 30})


def test_a_latent_consistency_model_keeps_its_scheduler(models):
    with pytest.raises(SongreelError, match="use lcm or leave it out"):
        Painter(models["lcm"], replace(SETTINGS, scheduler="ddim"))


def test_threads_are_pinned(models):
    before = torch.get_num_threads()
    try:
        painter = Painter(models["sd"], replace(SETTINGS, threads=2))
        assert torch.get_num_threads() == 2
        assert painter.describe()["threads"] == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("kind", ["sd", "xl", "lcm"])
def test_two_threads_paint_at_once_what_one_paints_alone(models, kind, monkeypatch):
    """Also while one of them traces the network, and with schedulers that keep a state."""
    monkeypatch.setattr(tracing, "PAYS_AFTER", 6)

    def paint(painter, number):
        image = picture(seed=number)
        for seed in range(4):
            words = [PromptShare(f"a star {seed}", None, 1)]
            image = painter.image_to_image(
                image, **KEYFRAME | {"steps": 4, "seed": seed, "prompts": words}
            )
        return image.tobytes(), torch.get_num_threads()

    alone = Painter(models[kind], SETTINGS)
    expected = [paint(alone, number) for number in range(3)]
    painter = Painter(models[kind], SETTINGS)
    painters = [painter, painter.for_another_thread(), painter.for_another_thread()]
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(paint, painters, range(3))) == expected


@pytest.mark.parametrize("name", [None, "euler"])
def test_a_traced_network_paints_the_same_pixels(models, name, monkeypatch):
    def paint(painter):
        images = [picture(), picture(height=64)]
        return [
            painter.image_to_image(image, **KEYFRAME | {"steps": 4, "seed": seed}).tobytes()
            for seed in range(3)
            for image in images
        ]

    settings = replace(SETTINGS, scheduler=name)
    expected = paint(Painter(models["sd"], settings))
    monkeypatch.setattr(tracing, "PAYS_AFTER", 2)
    painter = Painter(models["sd"], settings)
    calls = []
    painter.image_to_image_pipeline.unet.conv_in.register_forward_hook(lambda *_: calls.append(1))
    assert paint(painter) == expected
    traced = len(calls)
    assert paint(painter) == expected
    assert len(calls) == traced  # no Python of the network's any more


def test_without_tracing_in_torch_the_network_stays_as_it_is(models, painters, monkeypatch):
    monkeypatch.setattr(tracing, "PAYS_AFTER", 1)
    monkeypatch.delattr(torch.jit, "trace")
    expected = painters["sd"].image_to_image(picture(), **KEYFRAME)
    painter = Painter(models["sd"], SETTINGS)
    assert np.array_equal(painter.image_to_image(picture(), **KEYFRAME), expected)


@pytest.mark.skipif(sys.platform != "linux", reason="confines a process by its affinity")
def test_a_process_confined_to_one_core_paints_the_same_pixels(models, painters):
    code = """
import os, sys
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
import numpy as np
from pathlib import Path
from test_painter import KEYFRAME, SETTINGS, Painter, picture
painted = Painter(Path(sys.argv[1]), SETTINGS).image_to_image(picture(), **KEYFRAME)
sys.stdout.buffer.write(painted.tobytes())
"""
    confined = subprocess.run(
        [sys.executable, "-c", code, str(models["sd"])],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        check=True,
    )
    expected = painters["sd"].image_to_image(picture(), **KEYFRAME)
    assert confined.stdout == expected.tobytes()


def test_the_description_is_plain_and_knows_the_scheduler(models, painters):
    description = painters["sd"].describe()
    assert json.loads(json.dumps(description)) == description
    assert description["scheduler_config"]["beta_start"] == 0.00085
    other = Painter(models["sd"], replace(SETTINGS, scheduler="euler"))
    assert other.describe() != description


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory by RLIMIT_AS")
def test_memory_at_its_end_is_told_with_size_and_remedy(painters):
    used = (
        int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
        * resource.getpagesize()
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**20, hard))
    try:
        with pytest.raises(SongreelError, match="out of memory on cpu.*16384×16384; lower render"):
            painters["sd"].text_to_image(**OPENING | {"width": 16384, "height": 16384})
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

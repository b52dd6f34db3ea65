import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.numpy import load_file

import toy_models
from songreel.errors import SongreelError
from songreel.models.fetch import fetch
from songreel.models.folder import (
    model_files,
    read_family,
    read_index,
    select_files,
    weight_count,
    weights_size,
    weights_variant,
)
from songreel.models.settings import ModelSettings
from songreel.models.source import STORYBOOK_FOLDER, ModelSource, resolve_model
from toy_hub import toy_hub

SCRIPTS = Path(__file__).parents[2] / "scripts"
INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "unet": ["diffusers", "UNet2DConditionModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "safety_checker": [None, None],
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    return toy_models.save_stable_diffusion(tmp_path_factory.mktemp("toy"))


def resolve(name: str, **settings) -> ModelSource:
    return resolve_model(ModelSettings(name=name, **settings))


def test_storybook_is_the_folder_that_comes_with_the_project():
    source = resolve("storybook")
    assert source == ModelSource("storybook", STORYBOOK_FOLDER)
    assert fetch(source) == STORYBOOK_FOLDER
    assert model_files(STORYBOOK_FOLDER)


def test_a_folder_wins_over_a_hub_id(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = resolve("owner/model", revision="v1")
    assert source == ModelSource("owner/model", None, "v1")
    assert not source.is_local
    (tmp_path / "owner" / "model").mkdir(parents=True)
    assert resolve("owner/model") == ModelSource("owner/model", Path("owner/model"))
    assert resolve("owner/model").is_local


@pytest.mark.parametrize("name", ["storybok", "./missing", "~/missing", "/missing/model", "a/b/c"])
def test_neither_folder_nor_hub_id(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SongreelError, match=f"model.name: {name!r} is no folder.*storybook"):
        resolve(name)


def test_plain_weights_are_chosen_before_other_copies():
    names = [
        "README.md",
        "model_index.json",
        "sd.safetensors",
        "safety_checker/model.safetensors",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "unet/config.json",
        "unet/diffusion_pytorch_model.bin",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "unet/diffusion_pytorch_model.non_ema.safetensors",
        "unet/diffusion_pytorch_model.safetensors",
        "unet/openvino/config.json",
    ]
    assert select_files(names, INDEX) == [
        "model_index.json",
        "tokenizer/merges.txt",
        "tokenizer/vocab.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
    ]
    assert weights_variant(names, INDEX) is None


def test_half_precision_is_chosen_where_there_is_nothing_else():
    shards = [f"unet/diffusion_pytorch_model.fp16-0000{n}-of-00002.safetensors" for n in (1, 2)]
    assert select_files(shards, INDEX) == ["model_index.json", *shards]
    assert weights_variant(shards, INDEX) == "fp16"


def test_shards_are_all_chosen():
    shards = [f"unet/diffusion_pytorch_model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    assert select_files(shards, INDEX) == ["model_index.json", *shards]


@pytest.mark.parametrize(
    "change, message",
    [
        ({"_class_name": "FluxPipeline"}, "kind FluxPipeline is not supported.*SDXL"),
        ({"_class_name": "PixArtAlphaPipeline"}, "kind PixArtAlphaPipeline is not supported"),
        ({"_class_name": ["pipeline", "Mine"]}, "not supported"),
        (
            {"_class_name": "StableDiffusionXLPipeline", "requires_aesthetics_score": True},
            "refiner",
        ),
        ({"unet": ["my_unet", "MyUNet"]}, "its unet is my_unet.MyUNet.*never run"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(tmp_path, change, message):
    (tmp_path / "model_index.json").write_text(json.dumps(INDEX | change), encoding="utf-8")
    with pytest.raises(SongreelError, match=message):
        read_index(tmp_path)


def test_a_folder_that_is_no_model_is_told(tmp_path):
    with pytest.raises(SongreelError, match="no model_index.json.*diffusers format"):
        read_index(tmp_path)
    (tmp_path / "model_index.json").write_text("{", encoding="utf-8")
    with pytest.raises(SongreelError, match="not JSON.*download"):
        read_index(tmp_path)


def test_a_model_knows_its_size_in_memory_and_of_pictures(toy):
    numbers = 0
    for path in model_files(toy):
        if path.suffix == ".safetensors":
            numbers += sum(tensor.size for tensor in load_file(path).values())
    assert weight_count(toy) == ModelSource("toy", toy).weight_count == numbers
    assert weights_size(toy, "float32") == 4 * numbers
    assert weights_size(toy, "float16") == 2 * numbers
    assert read_family(toy).model_latent_reduction(toy) == 8


@pytest.mark.parametrize("content", [b"version https://git-lfs", b"", b"\x05" + bytes(30)])
def test_what_only_looks_like_weights_is_told(toy, tmp_path, content):
    model = shutil.copytree(toy, tmp_path / "model")
    (model / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(content)
    with pytest.raises(SongreelError, match="not a safetensors file; download it again"):
        weights_size(model, "float32")


def fetch_in_a_job(home: Path, name: str, **environment: str) -> subprocess.CompletedProcess:
    """Fetch a model as a job does: in a process of its own, with an empty or kept cache."""
    script = """
import sys
from songreel.errors import SongreelError
from songreel.models.fetch import fetch
from songreel.models.settings import ModelSettings
from songreel.models.source import resolve_model
try:
    print(fetch(resolve_model(ModelSettings(name=sys.argv[1]))))
except SongreelError as error:
    print("refused:", error)
assert not {"torch", "diffusers", "transformers"} & sys.modules.keys()
"""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    return subprocess.run(
        [sys.executable, "-c", script, name],
        env=kept | {"PYTHONPATH": str(SCRIPTS), "HF_HOME": str(home)} | environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )


def test_a_hub_model_is_downloaded_once_and_only_what_it_needs(toy, tmp_path):
    with toy_hub({"owner/toy": toy}) as (endpoint, downloads):
        folder = Path(fetch_in_a_job(tmp_path, "owner/toy", HF_ENDPOINT=endpoint).stdout.strip())
        expected = {path.relative_to(toy).as_posix() for path in model_files(toy)}
        assert set(downloads) == expected
        assert {path.relative_to(folder).as_posix() for path in model_files(folder)} == expected
        fetch_in_a_job(tmp_path, "owner/toy", HF_ENDPOINT=endpoint)
        assert len(downloads) == len(expected)
    assert fetch_in_a_job(tmp_path, "owner/toy", HF_HUB_OFFLINE="1").stdout.strip() == str(folder)


def test_an_interrupted_download_is_completed(toy, tmp_path):
    with toy_hub({"owner/toy": toy}) as (endpoint, downloads):
        folder = Path(fetch_in_a_job(tmp_path, "owner/toy", HF_ENDPOINT=endpoint).stdout.strip())
        missing = folder / "tokenizer" / "tokenizer.json"
        missing.unlink()
        downloads.clear()
        fetch_in_a_job(tmp_path, "owner/toy", HF_ENDPOINT=endpoint)
        assert missing.exists()


def test_what_the_hub_does_not_have_is_told(toy, tmp_path):
    with toy_hub({"owner/toy": toy}) as (endpoint, _):
        refusal = fetch_in_a_job(tmp_path, "owner/joy", HF_ENDPOINT=endpoint).stdout
    assert refusal.startswith("refused: model.name: owner/joy is unknown")


def test_another_architecture_is_refused_before_its_weights_are_downloaded(tmp_path):
    model = tmp_path / "flux"
    (model / "unet").mkdir(parents=True)
    (model / "model_index.json").write_text(
        json.dumps({"_class_name": "FluxPipeline"}), encoding="utf-8"
    )
    (model / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"weights")
    with toy_hub({"owner/flux": model}) as (endpoint, downloads):
        refusal = fetch_in_a_job(tmp_path / "home", "owner/flux", HF_ENDPOINT=endpoint).stdout
    assert re.match("refused: .*FluxPipeline is not supported", refusal)
    assert downloads == ["model_index.json"]


def test_without_a_network_the_way_out_is_told(tmp_path):
    refusal = fetch_in_a_job(tmp_path, "owner/toy", HF_HUB_OFFLINE="1").stdout
    assert re.match("refused: model.name: owner/toy .*hf download owner/toy.*storybook", refusal)

"""Upscalers of toy size; what is no upscaler is refused before anything is painted."""

from importlib.util import find_spec

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from songreel.errors import SongreelError
from songreel.models.upscaler import Upscaler
from songreel.models.upscaler_file import check_upscaler, weight_count
from songreel.storage.digests import DigestMemo, file_digest
from toy_upscaler import need_spandrel, write_upscaler


@pytest.fixture
def memo(tmp_path):
    return DigestMemo(tmp_path / "digests.json")


def test_a_picture_is_enlarged_by_the_model(tmp_path):
    need_spandrel()
    picture = np.random.default_rng(1).integers(0, 190, (6, 10, 3), dtype=np.uint8)
    enlarged = Upscaler(write_upscaler(tmp_path / "toy.safetensors"), "cpu").enlarge(picture)
    assert enlarged.shape == (12, 20, 3)
    assert (enlarged[1::2, 1::2] == picture).all()
    assert (enlarged[::2, ::2] == np.rint(picture + 0.25 * 255)).all()


def test_the_digest_of_good_weights_is_returned(tmp_path, memo):
    need_spandrel()
    path = write_upscaler(tmp_path / "toy.safetensors")
    assert check_upscaler(path, memo) == file_digest(path)


def test_weights_are_refused_where_spandrel_is_missing(tmp_path, memo, monkeypatch):
    monkeypatch.setattr(
        "songreel.models.upscaler_file.find_spec",
        lambda name: None if name == "spandrel" else find_spec(name),
    )
    with pytest.raises(SongreelError, match=r"spandrel is not installed; .*requirements-upscaler"):
        check_upscaler(write_upscaler(tmp_path / "toy.safetensors"), memo)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("toy.pth", b"", r"toy\.pth is not a \.safetensors file; .* can run code"),
        ("toy.safetensors", None, r"there is no file .*toy\.safetensors; correct the path"),
        ("toy.safetensors", b"version https://git-lfs", r"toy\.safetensors: not a safetensors"),
    ],
)
def test_what_are_no_weights_is_refused_by_name(tmp_path, memo, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SongreelError, match=words):
        check_upscaler(tmp_path / name, memo)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scale": 1}, r"does not enlarge pictures in colour \(factor 1\)"),
        ({"channels": 1}, r"does not enlarge pictures in colour"),
    ],
)
def test_a_model_of_another_kind_is_refused(tmp_path, memo, options, words):
    need_spandrel()
    path = write_upscaler(tmp_path / "toy.safetensors", **options)
    for _ in range(2):  # the memo keeps what it was told
        with pytest.raises(SongreelError, match=words):
            check_upscaler(path, memo)


def test_weights_of_an_unknown_model_are_refused(tmp_path, memo):
    need_spandrel()
    path = tmp_path / "other.safetensors"
    save_file({"layer.weight": torch.zeros(2, 3)}, path)
    assert weight_count(path) == 6
    with pytest.raises(SongreelError, match="holds no model that spandrel knows"):
        check_upscaler(path, memo)

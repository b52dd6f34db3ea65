import json
import shutil

import pytest

import toy_models
from songreel.errors import SongreelError
from songreel.models.folder import model_files
from songreel.models.weights import weights_digest
from songreel.storage.digests import DigestMemo


def digest(model, memo):
    """The digest of a model, by a memo that is read and saved, as each process does."""
    digests = DigestMemo(memo)
    found = weights_digest(model, digests)
    digests.save()
    return found


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    return toy_models.save_stable_diffusion(tmp_path_factory.mktemp("toy"))


@pytest.fixture
def model(toy, tmp_path):
    return shutil.copytree(toy, tmp_path / "model")


def test_a_copy_elsewhere_has_the_same_digest(toy, model, tmp_path):
    assert digest(model, tmp_path / "a.json") == digest(toy, tmp_path / "b.json")


def test_every_file_that_counts_changes_the_digest(model, tmp_path):
    seen = {digest(model, tmp_path / "memo.json")}
    for path in model_files(model):
        content = path.read_bytes()
        # One byte at the end: a blank is still JSON, and the length stays out of the weights.
        path.write_bytes(content[:-1] + b" " if path.suffix == ".safetensors" else content + b" ")
        seen.add(digest(model, tmp_path / "memo.json"))
    assert len(seen) == 1 + len(model_files(model))


def test_files_that_do_not_count_leave_it(model, tmp_path):
    before = digest(model, tmp_path / "memo.json")
    (model / "README.md").write_text("a portrait of nobody", encoding="utf-8")
    (model / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"pickle")
    (model / "unet" / "diffusion_pytorch_model.non_ema.safetensors").write_bytes(b"other")
    (model / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"half")
    assert digest(model, tmp_path / "memo.json") == before


def test_what_is_noted_is_not_read_again(model, tmp_path):
    memo = tmp_path / "memo.json"
    digest(model, memo)
    noted = json.loads(memo.read_text(encoding="utf-8"))
    forged = {name: f"{note.rpartition(' ')[0]} {64 * '0'}" for name, note in noted.items()}
    memo.write_text(json.dumps(forged), encoding="utf-8")
    assert digest(model, memo) != digest(model, tmp_path / "other.json")


@pytest.mark.parametrize("rubbish", ["", "{", "[1, 2]", "null"])
def test_a_damaged_memo_is_made_anew(model, tmp_path, rubbish):
    memo = tmp_path / "memo.json"
    right = digest(model, memo)
    noted = memo.read_text(encoding="utf-8")
    memo.write_text(rubbish, encoding="utf-8")
    assert digest(model, memo) == right
    assert memo.read_text(encoding="utf-8") == noted
    assert [path.name for path in tmp_path.glob("*memo*")] == ["memo.json"]


def test_weights_without_safetensors_are_refused(model, tmp_path):
    weights = model / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(SongreelError, match="unet has no safetensors"):
        digest(model, tmp_path / "memo.json")

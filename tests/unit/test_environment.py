"""What the cache's keys say of a model's device, precision and scheduler is what then paints."""

import pytest
import torch

import toy_models
from songreel.errors import SongreelError
from songreel.keyframes.lazy_painter import LazyPainter
from songreel.models import environment, gpus
from songreel.models.environment import environment_key, expected_execution
from songreel.models.gpus import VISIBLE
from songreel.models.settings import SCHEDULERS, ModelSettings


@pytest.fixture
def a_card(monkeypatch):
    """A graphics card that the system lists and PyTorch cannot use."""
    for module in (environment, gpus):
        monkeypatch.setattr(module, "gpu_models", lambda: ["NVIDIA Imaginary"])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.delenv(VISIBLE, raising=False)
    environment.environment.cache_clear()
    yield
    environment.environment.cache_clear()


def load(folder, tmp_path, **settings):
    settings = ModelSettings(name="toy", **settings)
    expected = expected_execution(folder, settings)
    with LazyPainter(settings, folder, expected, tmp_path / "locks", print) as painter:
        return painter.load().execution, expected


@pytest.mark.parametrize("settings", [{}, {"device": "cuda"}, {"dtype": "float32"}])
def test_a_card_that_is_there_and_does_not_paint_is_refused(toy_model, tmp_path, a_card, settings):
    with pytest.raises(SongreelError, match=r"model\.device: .*cuda"):
        load(toy_model, tmp_path, **settings)
    real, expected = load(toy_model, tmp_path, device="cpu")
    assert real == expected


@pytest.mark.parametrize("hidden", ["", "-1", "NoDevFiles"])
def test_a_hidden_card_is_not_expected_to_paint(toy_model, tmp_path, a_card, monkeypatch, hidden):
    card = expected_execution(toy_model, ModelSettings(name="toy"))
    assert (card.device, card.dtype) == ("cuda", "float16")
    monkeypatch.setenv(VISIBLE, hidden)
    real, expected = load(toy_model, tmp_path)
    assert (expected.device, expected.dtype) == ("cpu", "float32")
    assert real == expected
    assert environment_key("0", expected) != environment_key("0", card)


@pytest.mark.parametrize("dtype", ["auto", "bfloat16"])
def test_the_scheduler_and_the_precision_are_foretold(toy_model, tmp_path, dtype):
    for scheduler in (None, *SCHEDULERS):
        real, expected = load(toy_model, tmp_path, device="cpu", dtype=dtype, scheduler=scheduler)
        assert real == expected


def test_the_scheduler_of_every_family_is_foretold(tmp_path):
    for family in ("stable_diffusion_xl", "latent_consistency"):
        folder = getattr(toy_models, f"save_{family}")(tmp_path / family)
        real, expected = load(folder, tmp_path, device="cpu")
        assert real == expected

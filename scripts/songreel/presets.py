"""What a model wants where the configuration is silent, and whether it can do what it says."""

import json
from collections.abc import Mapping
from pathlib import Path

from songreel.limits import check_size, check_steps, effective_steps, size_multiple
from songreel.models import STORYBOOK, read_index
from songreel.weights import weights_digest

SAMPLING = {
    STORYBOOK: {"steps": 8, "strength": 0.6, "guidance_scale": 4.0},
    None: {"steps": 30, "strength": 0.5, "guidance_scale": 7.5},
}
"""Steps, strength and guidance by model; None is any other Stable Diffusion."""

HUB_SIZE = 512
"""Pixels a side, for a Hub model that need not be on this machine yet."""


def complete_render(name: str, model: Path | str, render: Mapping) -> dict:
    """Fill in the settings that were left open, and check them against the model.

    Args:
        name: the model's name in the configuration.
        model: its folder, or the Hub id of one that is not looked into.
        render: the section ``render``, complete but for None.

    Raises:
        SongreelError: the model cannot paint that size, or no step would be made.
    """
    side = _native_size(model) if isinstance(model, Path) else HUB_SIZE
    wanted = {"width": side, "height": side, **SAMPLING.get(name, SAMPLING[None])}
    complete = {key: wanted[key] if value is None else value for key, value in render.items()}
    if isinstance(model, Path):
        check_size(complete["width"], complete["height"], size_multiple(model))
        check_steps(model, complete["steps"], complete["strength"])
    else:
        effective_steps(complete["steps"], complete["strength"])
    return complete


def pixel_model(settings: Mapping, model: Path | str, memo: Path) -> dict:
    """What of the section ``model`` decides pixels: the weights themselves, sampler and precision.

    Raises:
        SongreelError: not a model that is supported.
    """
    if isinstance(model, Path):
        read_index(model)
        weights = weights_digest(model, memo)
    else:
        weights = f"{model}@{settings['revision'] or 'main'}"
    return {
        "weights": weights,
        "scheduler": settings["scheduler"],
        "dtype": settings["dtype"],
    }


def _native_size(model: Path) -> int:
    config = json.loads((model / "unet" / "config.json").read_text(encoding="utf-8"))
    return config["sample_size"] * size_multiple(model)

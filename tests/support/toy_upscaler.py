"""A super-resolution model of toy size, in the layout of Real-ESRGAN's compact networks."""

import importlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

FEATURES = 4


def write_upscaler(path: Path, scale: int = 2, brightness: float = 0.25, channels: int = 3) -> Path:
    """Write weights that repeat every pixel, and brighten the upper left one of each repetition.

    Args:
        path: of the file.
        scale: how many times as high and as wide pictures become.
        brightness: 0 to 1, added to that pixel.
        channels: of a picture.
    """
    last = torch.zeros(channels * scale**2)
    last[:: scale**2] = brightness
    weights = {
        "body.0.weight": torch.zeros(FEATURES, channels, 3, 3),
        "body.0.bias": torch.zeros(FEATURES),
        "body.1.weight": torch.zeros(FEATURES),
        "body.2.weight": torch.zeros(FEATURES, FEATURES, 3, 3),
        "body.2.bias": torch.zeros(FEATURES),
        "body.3.weight": torch.zeros(FEATURES),
        "body.4.weight": torch.zeros(len(last), FEATURES, 3, 3),
        "body.4.bias": last,
    }
    save_file(weights, path)
    return path


def need_spandrel() -> None:
    """Skip a test where spandrel is not installed, or its torchvision is for another torch."""
    try:
        importlib.import_module("spandrel")
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"spandrel cannot be imported: {error}")

"""Upscalers: super-resolution models of the user's own, which enlarge pictures.

The package spandrel finds out a model's architecture from its weights. It is an extra: nothing else
needs it. A model runs in full precision on the processor, and in half where it can on a GPU.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from songreel.errors import SongreelError
from songreel.models.devices import choose_device, memory_errors
from songreel.models.upscaler_file import THREADS

if TYPE_CHECKING:
    import numpy as np

REMEDY = (
    "choose weights for super-resolution that spandrel knows, or remove video.upscaler: then the "
    "film is scaled by Lanczos"
)


class Upscaler:
    """A loaded upscaler.

    Args:
        path: of its weights.
        device: ``auto``, ``cuda``, ``mps`` or ``cpu``.

    Raises:
        SongreelError: the file is no upscaler, or the device is not available.
    """

    def __init__(self, path: Path, device: str):
        torch.set_num_threads(THREADS)
        torch.backends.cudnn.benchmark = False  # chooses kernels by timing: not the same every run
        torch.backends.cudnn.deterministic = True
        self.path = path
        self.device = choose_device(device)
        self._model = _load(path).to(self.device).eval()
        if self.device.type == "cuda" and self._model.supports_half:
            self._model.half()

    def enlarge(self, picture: np.ndarray) -> np.ndarray:
        """Enlarge a picture by the model's factor.

        Args:
            picture: (height, width, 3) uint8 RGB.

        Returns:
            as many times as high and as wide, uint8 RGB.

        Raises:
            SongreelError: it does not fit into memory.
        """
        height, width, _ = picture.shape
        values = torch.tensor(picture, device=self.device).permute(2, 0, 1)[None]
        with memory_errors(self.device, self.path, f"{width}×{height}"):
            enlarged = self._model(values.to(self._model.dtype) / 255)
        return (enlarged[0].float() * 255).round().byte().permute(1, 2, 0).cpu().numpy()


def problem_of(path: Path) -> str | None:
    """What is wrong with a file that should be an upscaler; None for nothing."""
    try:
        _load(path)
    except SongreelError as error:
        return str(error)
    return None


def _load(path: Path) -> Any:
    """Load an upscaler: a descriptor of spandrel's."""
    try:
        from spandrel import (  # pyright: ignore[reportMissingImports]  # an extra
            ImageModelDescriptor,
            ModelLoader,
        )
    except Exception as error:  # torchvision, which it imports, fails beside another torch's build
        raise SongreelError(
            f"video.upscaler: the package spandrel cannot be imported ({error}); install what "
            "requirements-upscaler.txt pins, with a torchvision of the same build as torch"
        ) from error
    try:
        model = ModelLoader("cpu").load_from_file(path)
    except Exception as error:  # what an architecture raises for weights that only resemble its own
        raise SongreelError(
            f"video.upscaler: {path} holds no model that spandrel knows ({type(error).__name__}); "
            f"{REMEDY}"
        ) from error
    channels = (model.input_channels, model.output_channels)
    if not isinstance(model, ImageModelDescriptor) or model.scale < 2 or channels != (3, 3):
        raise SongreelError(
            f"video.upscaler: {path} is a model of {model.architecture.name} that does not enlarge "
            f"pictures in colour (factor {model.scale}); {REMEDY}"
        )
    return model

"""What decides pixels beside settings and weights: software and hardware.

The same software, hardware, weights and settings give the same pixels. Found without importing
torch, so that a job can look into the cache first.
"""

import os
import platform
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from songreel.errors import SongreelError
from songreel.models.folder import read_index
from songreel.models.gpus import VISIBLE, gpu_models, visible_gpus
from songreel.models.settings import SCHEDULERS, ModelSettings

PACKAGES = ("torch", "diffusers", "transformers", "compel", "numpy", "pillow")


@dataclass(frozen=True)
class Execution:
    """How a model is run.

    Which of several equal GPUs paints makes no difference, so its number is left out.

    Attributes:
        device: ``cuda``, ``mps`` or ``cpu``.
        dtype: of the weights.
        scheduler: name of its class in diffusers.
    """

    device: str
    dtype: str
    scheduler: str


def expected_execution(folder: Path, settings: ModelSettings) -> Execution:
    """Foretell how a model will be run, without loading it; once loaded it is compared.

    Args:
        folder: the model in diffusers format.
        settings: how to run it.

    Raises:
        SongreelError: the folder holds no model that is supported.
    """
    device = settings.device.partition(":")[0]
    if device == "auto":
        device = _best_device()
    dtype = settings.dtype
    if dtype == "auto":
        dtype = "float32" if device == "cpu" else "float16"
    if settings.scheduler:
        return Execution(device, dtype, SCHEDULERS[settings.scheduler])
    return Execution(device, dtype, read_index(folder)["scheduler"][1])


def check_execution(expected: Execution, real: Execution) -> None:
    """Refuse to paint with what the keys of the cache do not say.

    Args:
        expected: what they say.
        real: how the loaded model is run.

    Raises:
        SongreelError: they differ.
    """
    if real.device != expected.device:
        raise SongreelError(
            f"model.device: {expected.device} was expected to paint on this machine, but PyTorch "
            f"found only {real.device}; set model.device to {real.device}, or see to it that the "
            f"driver, the installed PyTorch and {VISIBLE} let it use {expected.device}"
        )
    if real != expected:
        raise SongreelError(
            f"the model was loaded as {real.dtype} with {real.scheduler}, but {expected.dtype} "
            f"with {expected.scheduler} was expected; set model.dtype and model.scheduler"
        )


def environment_key(weights: str, execution: Execution) -> dict[str, Any]:
    """Return what decides a keyframe's pixels beside its settings and its init image.

    Args:
        weights: the digest of the model's weights.
        execution: how the model is run.

    Returns:
        plain builtins, to be hashed.
    """
    return {
        "weights": weights,
        "execution": asdict(execution),
        "environment": environment(execution.device),
    }


@cache
def environment(device: str) -> dict[str, Any]:
    """Return versions of libraries, kind of processor and models of GPUs, as plain builtins.

    Args:
        device: that paints; what GPUs there are counts only where one of them does.
    """
    return {
        "packages": {package: _version(package) for package in PACKAGES},
        "machine": platform.machine(),
        "processor": _processor(),
        "cpu_capability": os.environ.get("ATEN_CPU_CAPABILITY"),
        "gpus": _gpus() if device == "cuda" else [],
    }


def device_words(device: str) -> str:
    """Say what will paint, without importing torch: ``NVIDIA A100``, ``the processor``.

    Args:
        device: ``model.device`` of the configuration.
    """
    kind = device.partition(":")[0]
    if kind == "auto":
        kind = _best_device()
    if kind == "mps":
        return "Apple's graphics"
    return "the processor" if kind == "cpu" else (gpu_models() or ["an NVIDIA card"])[0]


def _best_device() -> str:
    """The device that ``auto`` means: as PyTorch finds it where driver and build are right."""
    if gpu_models() and visible_gpus():
        return "cuda"
    is_apple = platform.system() == "Darwin" and platform.machine() == "arm64"
    return "mps" if is_apple else "cpu"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> dict[str, Any]:
    """Return model and vector instructions, by which torch chooses the kernels it runs."""
    description = Path("/proc/cpuinfo")
    if not description.exists():
        return {"model": platform.processor()}
    fields = dict(
        (key.strip(), value.strip())
        for key, _, value in (
            line.partition(":") for line in description.read_text(encoding="utf-8").splitlines()
        )
    )
    flags = fields.get("flags", fields.get("Features", ""))
    vector = sorted(f for f in flags.split() if f.startswith(("avx", "fma", "amx", "asimd", "sve")))
    return {"model": fields.get("model name", platform.processor()), "flags": vector}


def _gpus() -> list[str]:
    """Return the models of the GPUs; where they differ, also which of them this job may see."""
    models = gpu_models()
    if len(set(models)) > 1:
        return [*models, "visible: " + os.environ.get(VISIBLE, "all")]
    return sorted(set(models))

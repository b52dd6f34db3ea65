"""What decides pixels beside settings and weights: software and hardware.

The same software, hardware, weights and settings give the same pixels. Found without importing
torch, so that a job can look into the cache first.
"""

import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from songreel.models.gpus import VISIBLE, gpu_models

PACKAGES = ("torch", "diffusers", "transformers", "numpy", "pillow")


def environment_key(weights: str, device: str) -> dict[str, Any]:
    """Return what decides a keyframe's pixels beside its settings and its init image.

    Args:
        weights: the digest of the model's weights.
        device: ``model.device`` of the configuration. Which of several equal GPUs paints makes no
            difference, so its number is left out.

    Returns:
        plain builtins, to be hashed.
    """
    return {
        "weights": weights,
        "device": device.partition(":")[0],
        "environment": environment(),
    }


@cache
def environment() -> dict[str, Any]:
    """Return versions of libraries, kind of processor and models of GPUs, as plain builtins."""
    return {
        "packages": {package: _version(package) for package in PACKAGES},
        "machine": platform.machine(),
        "processor": _processor(),
        "cpu_capability": os.environ.get("ATEN_CPU_CAPABILITY"),
        "gpus": _gpus(),
    }


def device_words(device: str) -> str:
    """Say what will paint, without importing torch: ``NVIDIA A100``, ``the processor``.

    Args:
        device: ``model.device`` of the configuration.
    """
    kind = device.partition(":")[0]
    gpus = gpu_models() if not (_version("torch") or "").endswith("+cpu") else []
    if kind == "auto" and not gpus:
        is_apples = platform.system() == "Darwin" and platform.machine() == "arm64"
        kind = "mps" if is_apples else "cpu"
    if kind == "mps":
        return "Apple's graphics"
    return "the processor" if kind == "cpu" else (gpus or ["an NVIDIA card"])[0]


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
        for key, _, value in (line.partition(":") for line in description.read_text().splitlines())
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

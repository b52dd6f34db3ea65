"""What decides pixels beside the settings: software and machine, told without importing torch.

The same machine type, software and settings give the same pixels; anything else gives others.
"""

import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from songreel.models.gpus import graphics_cards
from songreel.plan.plan import RENDER_VERSION

PACKAGES = ("torch", "diffusers", "transformers", "numpy", "pillow")

CPU_THREADS = min(8, os.cpu_count() or 1)
"""Threads torch computes with. Pixels depend on it, so it is the machine's, never ``--cores``."""


@cache
def environment() -> dict:
    """Versions of the libraries, type of processor and graphics cards, as plain builtins."""
    return {
        "version": RENDER_VERSION,
        "packages": {package: _version(package) for package in PACKAGES},
        "machine": platform.machine(),
        "processor": _processor(),
        "cpu_capability": os.environ.get("ATEN_CPU_CAPABILITY"),
        "threads": CPU_THREADS,
        "graphics": _graphics(),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> dict:
    """Model and instruction sets: they choose the kernels that torch runs."""
    description = Path("/proc/cpuinfo")
    if not description.exists():
        return {"model": platform.processor()}
    fields = dict(
        (key.strip(), value.strip())
        for key, _, value in (line.partition(":") for line in description.open())
    )
    flags = fields.get("flags", fields.get("Features", ""))
    vector = sorted(f for f in flags.split() if f.startswith(("avx", "fma", "amx", "asimd", "sve")))
    return {"model": fields.get("model name", platform.processor()), "flags": vector}


def _graphics() -> list[str]:
    """The models of NVIDIA cards; with different ones in a machine, those this job may see."""
    models = graphics_cards()
    if len(set(models)) > 1:
        return [*models, "visible: " + os.environ.get("CUDA_VISIBLE_DEVICES", "all")]
    return sorted(set(models))

"""What decides pixels beside the settings: software and machine, told without importing torch.

The same machine type, software and settings give the same pixels; anything else gives others.
"""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RENDER_VERSION = 2
"""Raised by hand when a change of this code changes pixels: it makes every keyframe a new one."""

PACKAGES = ("torch", "diffusers", "transformers", "numpy", "pillow")

CPU_THREADS = min(8, os.cpu_count() or 1)
"""Threads torch computes with. Pixels depend on it, so it is the machine's, never ``--cores``."""


def digest(value: Mapping | list | str) -> str:
    """SHA-256 (hex) of a JSON-like value, independent of the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def graphics_cards() -> list[str]:
    """The models of the machine's NVIDIA cards, one entry per card."""
    described = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    return [_model(card.read_text()) for card in described]


def _graphics() -> list[str]:
    """The models of NVIDIA cards; with different ones in a machine, those this job may see."""
    models = graphics_cards()
    if len(set(models)) > 1:
        return [*models, "visible: " + os.environ.get("CUDA_VISIBLE_DEVICES", "all")]
    return sorted(set(models))


def _model(information: str) -> str:
    lines = (line.partition(":") for line in information.splitlines())
    return next((value.strip() for key, _, value in lines if key == "Model"), "unknown")

"""The file of an upscaler, weights of the user's own, which is checked while planning."""

import json
import math
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from songreel.errors import SongreelError
from songreel.models.folder import read_header
from songreel.storage.digests import DigestMemo

THREADS = 4
"""Processor threads of an upscaler: never as many as a machine has, as pixels depend on them."""


def check_upscaler(path: Path, memo: DigestMemo) -> str:
    """Make sure, before anything is painted, that a file is an upscaler that can be used here.

    Where jobs have environments of their own and this process has no torch, the job that loads
    the weights finds out what they are.

    Args:
        path: of the weights.
        memo: of digests, by which weights are read only once.

    Returns:
        SHA-256 (hex) of the file.

    Raises:
        SongreelError: it is missing, no safetensors file or no upscaler, or spandrel is missing.
    """
    if path.suffix.lower() != ".safetensors":
        raise SongreelError(
            f"video.upscaler: {path} is not a .safetensors file; other formats can run code when "
            "they are opened: convert the weights, or choose others"
        )
    if not path.is_file():
        raise SongreelError(
            f"video.upscaler: there is no file {path}; correct the path, which begins at the "
            "folder that you run in"
        )
    weight_count(path)
    if find_spec("torch"):
        if not find_spec("spandrel"):
            raise SongreelError(
                "video.upscaler: the package spandrel is not installed; install what "
                "requirements-upscaler.txt pins, or remove video.upscaler"
            )
        problem = json.loads(memo.measured("upscaler 1", path, lambda: _problem(path)))
        if problem:
            raise SongreelError(problem)
    return memo.file_digest(path)


def _problem(path: Path) -> str:
    """What is wrong with weights, or null, as JSON."""
    upscaler = import_module("songreel.models.upscaler")  # which not every environment can import
    return json.dumps(upscaler.problem_of(path))


def weight_count(path: Path) -> int:
    """The number of weights in a safetensors file.

    Raises:
        SongreelError: it is none.
    """
    header = read_header(path)
    return sum(math.prod(part["shape"]) for name, part in header.items() if name != "__metadata__")

"""Models as folders on disk in diffusers format: their index, their files and their size."""

import json
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from songreel.errors import SongreelError
from songreel.models.family import ModelFamily
from songreel.models.registry import find_family, supported_models

#: Where components may come from: diffusers' and transformers' own classes, no code of the model's.
LIBRARIES = ("diffusers", "transformers", "stable_diffusion")

WEIGHTLESS = ("scheduler", "tokenizer", "tokenizer_2", "feature_extractor")

SETTINGS_SUFFIXES = (".json", ".txt")

ITEM_SIZES = {"float32": 4, "float16": 2, "bfloat16": 2}
"""Bytes of a number, by the names of dtypes."""


def read_index(folder: Path) -> dict[str, Any]:
    """Read and check ``model_index.json``, the list of a model's components.

    Args:
        folder: the model.

    Returns:
        ``_class_name``, the class of its pipeline, and ``[library, class]`` for each component.

    Raises:
        SongreelError: not a diffusers folder, an architecture or a class that is not supported.
    """
    path = folder / "model_index.json"
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SongreelError(
            f"{folder}: no model_index.json; a model is a folder in diffusers format, "
            "as `save_pretrained` writes it, not a single .safetensors or .ckpt file"
        ) from None
    except ValueError as error:
        raise SongreelError(f"{path}: not JSON ({error}); download the model again") from error
    family = find_family(index.get("_class_name"))
    if family is None:
        raise SongreelError(
            f"{folder}: a model of the kind {index.get('_class_name')} is not supported; "
            f"choose one of {supported_models()}"
        )
    if reason := family.reason_to_refuse(index):
        raise SongreelError(f"{folder}: {reason}")
    for component, (library, class_name) in _components(index).items():
        if library not in LIBRARIES:
            raise SongreelError(
                f"{folder}: its {component} is {library}.{class_name}, code of the model's own, "
                f"which is never run; choose one of {supported_models()}"
            )
    return index


def read_family(folder: Path) -> ModelFamily:
    """Return the family of a model.

    Args:
        folder: the model.

    Raises:
        SongreelError: as ``read_index``.
    """
    family = find_family(read_index(folder)["_class_name"])
    assert family is not None  # checked with the index
    return family


def select_files(names: Iterable[str], index: dict[str, Any]) -> list[str]:
    """Choose, from the files of a model, those that a pipeline is built from.

    Each component's weights are its plain ``*.safetensors``, or the half-precision ones
    (``*.fp16.safetensors``) where there are only those; pickles and other copies are left out.

    Args:
        names: relative to the model's folder, with forward slashes.
        index: its ``model_index.json``.

    Returns:
        sorted names, ``model_index.json`` among them.

    Raises:
        SongreelError: a component has no safetensors weights.
    """
    present = set(names)
    variant = weights_variant(present, index)
    chosen = ["model_index.json"]
    for component in _components(index):
        plain, half = _weights(present, component)
        weights = half or plain if variant else plain
        if component not in WEIGHTLESS and not weights:
            raise SongreelError(
                f"its {component} has no safetensors weights; other formats can run code when "
                "they are opened: choose a model, or a revision, that has them"
            )
        chosen += weights
        chosen += [name for name in _files(present, component) if name.endswith(SETTINGS_SUFFIXES)]
    return sorted(chosen)


def weights_variant(names: Iterable[str], index: dict[str, Any]) -> str | None:
    """Return which copy of a model's weights is loaded, as diffusers names it.

    Args:
        names: the files of the model, relative to its folder, with forward slashes.
        index: its ``model_index.json``.

    Returns:
        ``fp16`` where a component has no other weights; None for the plain ones.
    """
    present = set(names)
    pairs = [_weights(present, component) for component in _components(index)]
    return "fp16" if any(half and not plain for plain, half in pairs) else None


def file_names(folder: Path) -> list[str]:
    """Return the names of a model's files, relative to its folder, with forward slashes."""
    return [path.relative_to(folder).as_posix() for path in folder.glob("*/*")]


def model_files(folder: Path) -> list[Path]:
    """Return the files a model is built from: its settings, vocabularies and weights.

    Args:
        folder: the model.

    Raises:
        SongreelError: as ``read_index`` and ``select_files``.
    """
    index = read_index(folder)
    try:
        return [folder / name for name in select_files(file_names(folder), index)]
    except SongreelError as error:
        raise SongreelError(f"{folder}: {error}") from None


def weight_count(folder: Path) -> int:
    """Return the number of a model's weights.

    Args:
        folder: the model.

    Raises:
        SongreelError: as ``model_files``; or a file is no safetensors file.
    """
    return sum(
        math.prod(tensor["shape"])
        for path in model_files(folder)
        if path.suffix == ".safetensors"
        for name, tensor in read_header(path).items()
        if name != "__metadata__"
    )


def weights_size(folder: Path, dtype: str) -> int:
    """Return the bytes a model's weights take in memory.

    Args:
        folder: the model.
        dtype: a name in ITEM_SIZES, in which they are loaded.

    Raises:
        SongreelError: as ``weight_count``.
    """
    return ITEM_SIZES[dtype] * weight_count(folder)


def read_header(path: Path) -> dict[str, Any]:
    """Read the header of a safetensors file, JSON that follows 8 bytes with its length."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length <= path.stat().st_size:
            try:
                return json.loads(file.read(length))
            except ValueError:
                pass  # it is no safetensors file, see below
    raise SongreelError(
        f"{path}: not a safetensors file; download it again (a clone without Git LFS brings only "
        "pointers to the weights)"
    )


def _components(index: dict) -> dict[str, list[str]]:
    return {
        name: entry
        for name, entry in index.items()
        if not name.startswith("_") and isinstance(entry, list) and entry[0] is not None
    }


def _files(names: set[str], component: str) -> list[str]:
    return sorted(name for name in names if name.rpartition("/")[0] == component)


def _weights(names: set[str], component: str) -> tuple[list[str], list[str]]:
    """Return a component's plain safetensors files and its half-precision ones."""
    plain, half = [], []
    for name in _files(names, component):
        stem, _, suffix = name.rpartition("/")[2].rpartition(".")
        if suffix == "safetensors" and "." not in stem:
            plain.append(name)
        elif suffix == "safetensors" and re.search(r"\.fp16(-\d+-of-\d+)?$", stem):
            half.append(name)
    return plain, half

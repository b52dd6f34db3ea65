"""Models as folders in diffusers format: which are supported, and what they are built from."""

import json
import math
import re
from collections.abc import Iterable
from pathlib import Path

from songreel.errors import SongreelError
from songreel.models.families.family import ModelFamily
from songreel.models.families.registry import families, family_of

#: Where components may come from: diffusers' and transformers' own classes, no code of the model's.
LIBRARIES = ("diffusers", "transformers", "stable_diffusion")

WEIGHTLESS = ("scheduler", "tokenizer", "tokenizer_2", "feature_extractor")

SETTINGS_SUFFIXES = (".json", ".txt")

ITEM_SIZES = {"float32": 4, "float16": 2, "bfloat16": 2}


def read_index(folder: Path) -> dict:
    """Read and check ``model_index.json``, the list of a model's components.

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
    pipeline = index.get("_class_name")
    if family_of(pipeline) is None:
        raise SongreelError(
            f"{folder}: a model of the kind {pipeline} is not supported; choose one of {_known()}"
        )
    if index.get("requires_aesthetics_score"):
        raise SongreelError(f"{folder}: an SDXL refiner paints no opening; choose the base model")
    for component, (library, class_name) in _components(index).items():
        if library not in LIBRARIES:
            raise SongreelError(
                f"{folder}: its {component} is {library}.{class_name}, code of the model's own, "
                f"which is never run; choose one of {_known()}"
            )
    return index


def read_family(folder: Path) -> ModelFamily:
    """Return the family of a model.

    Raises:
        SongreelError: as ``read_index``.
    """
    family = family_of(read_index(folder)["_class_name"])
    assert family is not None, "read_index refuses others"
    return family


def read_component_config(folder: Path, component: str) -> dict:
    """Return the configuration of one of a model's components, such as ``unet`` or ``scheduler``."""
    name = "scheduler_config.json" if component == "scheduler" else "config.json"
    return json.loads((folder / component / name).read_text(encoding="utf-8"))


def size_multiple(folder: Path) -> int:
    """Return what an image's width and height must be multiples of: the VAE's reduction."""
    return 2 ** (len(read_component_config(folder, "vae")["block_out_channels"]) - 1)


def native_size(folder: Path) -> int:
    """Return the side, in pixels, of the square images that a model was trained with."""
    return read_component_config(folder, "unet")["sample_size"] * size_multiple(folder)


def select_files(names: Iterable[str], index: dict) -> list[str]:
    """Choose, from the files of a model, those that a pipeline is built from.

    Each component's weights are its plain ``*.safetensors``, or the half-precision ones
    (``*.fp16.safetensors``) where there are only those; pickles and other copies are left out.

    Args:
        names: relative to the model's folder, with forward slashes.
        index: its ``model_index.json``.

    Returns:
        Sorted names.

    Raises:
        SongreelError: a component has no safetensors weights.
    """
    names = set(names)
    variant = weights_variant(names, index)
    chosen = ["model_index.json"]
    for component in _components(index):
        plain, half = _weights(names, component)
        weights = half or plain if variant else plain
        if component not in WEIGHTLESS and not weights:
            raise SongreelError(
                f"its {component} has no safetensors weights; other formats can run code when "
                "they are opened: choose a model, or a revision, that has them"
            )
        chosen += weights
        chosen += [name for name in _files(names, component) if name.endswith(SETTINGS_SUFFIXES)]
    return sorted(chosen)


def weights_variant(names: Iterable[str], index: dict) -> str | None:
    """Return diffusers' name for the weights to load: ``fp16`` where some have no other, or None.

    Args:
        names, index: as of ``select_files``.
    """
    names = set(names)
    pairs = [_weights(names, component) for component in _components(index)]
    return "fp16" if any(half and not plain for plain, half in pairs) else None


def file_names(folder: Path) -> list[str]:
    """Return the names of a model's files, relative to its folder, with forward slashes."""
    return [path.relative_to(folder).as_posix() for path in folder.glob("*/*")]


def model_files(folder: Path) -> list[Path]:
    """Return the files a model is built from: its settings, vocabularies and weights.

    Raises:
        SongreelError: as ``read_index`` and ``select_files``.
    """
    index = read_index(folder)
    try:
        return [folder / name for name in select_files(file_names(folder), index)]
    except SongreelError as error:
        raise SongreelError(f"{folder}: {error}") from None


def weights_size(folder: Path, dtype: str) -> int:
    """Return the bytes a model's weights take in memory.

    Args:
        folder: the model.
        dtype: a name in ITEM_SIZES, in which they are loaded.

    Raises:
        SongreelError: as ``model_files``; or a file that is no safetensors file.
    """
    return ITEM_SIZES[dtype] * sum(
        math.prod(tensor["shape"])
        for path in model_files(folder)
        if path.suffix == ".safetensors"
        for name, tensor in _read_header(path).items()
        if name != "__metadata__"
    )


def _read_header(path: Path) -> dict:
    """Read what a safetensors file says of its tensors, after 8 bytes that say its length."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length <= path.stat().st_size:
            try:
                return json.loads(file.read(length))
            except ValueError:
                pass  # told below
    raise SongreelError(
        f"{path}: not a safetensors file; download it again (a clone without Git LFS brings only "
        "pointers to the weights)"
    )


def _known() -> str:
    return ", ".join(family.label for family in families())


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

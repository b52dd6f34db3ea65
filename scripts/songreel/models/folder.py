"""Models as folders on disk: where they are, which are supported, and what they are built from."""

import json
import math
import re
from collections.abc import Iterable
from pathlib import Path

from songreel.bundled import BUNDLED
from songreel.errors import SongreelError
from songreel.models.families import PIPELINES, SUPPORTED

#: The name of the small model that comes with the project.
STORYBOOK = "storybook"

STORYBOOK_FOLDER = BUNDLED / "models" / STORYBOOK

#: Where components may come from: diffusers' and transformers' own classes, no code of the model's.
LIBRARIES = ("diffusers", "transformers", "stable_diffusion")

WEIGHTLESS = ("scheduler", "tokenizer", "tokenizer_2", "feature_extractor")

SETTINGS_SUFFIXES = (".json", ".txt")

ITEM_SIZES = {"float32": 4, "float16": 2, "bfloat16": 2}


def resolve_model(name: str, storybook: Path) -> Path | str:
    """Tell what ``model.name`` means.

    Args:
        name: as configured; a folder is relative to the working directory.
        storybook: folder of the model that comes with the project.

    Returns:
        A folder that exists (Path), or a Hub id (str).

    Raises:
        SongreelError: neither a folder nor the form of a Hub id.
    """
    if name == STORYBOOK:
        return storybook
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if not re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", name):
        raise SongreelError(
            f"model.name: {name!r} is no folder here; give a folder in diffusers format, "
            f"a Hugging Face Hub id like stabilityai/sd-turbo, or {STORYBOOK}"
        )
    return name


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
    if not any(pipeline in pair for pair in PIPELINES):
        raise SongreelError(
            f"{folder}: a model of the kind {pipeline} is not supported; choose one of {SUPPORTED}"
        )
    if index.get("requires_aesthetics_score"):
        raise SongreelError(f"{folder}: an SDXL refiner paints no opening; choose the base model")
    for component, (library, class_name) in _components(index).items():
        if library not in LIBRARIES:
            raise SongreelError(
                f"{folder}: its {component} is {library}.{class_name}, code of the model's own, "
                f"which is never run; choose one of {SUPPORTED}"
            )
    return index


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

"""The identity of a model's weights: a folder's name says nothing, its content does."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from songreel.models.folder import model_files, read_index
from songreel.storage.digests import file_digest


def weights_digest(folder: Path, memo: Path) -> str:
    """Return the SHA-256 of everything a model is built from: names and contents.

    Gigabytes are hashed once: a file whose size and time of change are as noted is not read again.

    Args:
        folder: the model, in diffusers format.
        memo: JSON file with the digests known so far; made, or made anew, where it is of no use.

    Returns:
        64 hexadecimal digits, the same wherever the folder lies.

    Raises:
        SongreelError: as ``songreel.models.folder.model_files``.
    """
    known = _read_memo(memo)
    digest = hashlib.sha256()
    noted = {}
    for path in model_files(folder):
        name = path.relative_to(folder).as_posix()
        status = path.stat()
        key = f"{path.resolve()} {status.st_size} {status.st_mtime_ns}"
        noted[key] = known.get(key) or file_digest(path)
        digest.update(f"{noted[key]} {name}\n".encode())
    if not noted.items() <= known.items():
        _write_memo(memo, known | noted)
    return digest.hexdigest()


def _read_memo(memo: Path) -> dict[str, str]:
    try:
        known = json.loads(memo.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write_memo(memo: Path, known: dict[str, str]) -> None:
    memo.parent.mkdir(parents=True, exist_ok=True)
    unfinished = memo.with_name(f".{memo.name}.{os.getpid()}.tmp")
    unfinished.write_text(json.dumps(known, indent=1), encoding="utf-8")
    os.replace(unfinished, memo)


def pixel_model(settings: Mapping, model: Path | str, memo: Path) -> dict:
    """What of the section ``model`` decides pixels: the weights themselves, sampler and precision.

    Raises:
        SongreelError: not a model that is supported.
    """
    if isinstance(model, Path):
        read_index(model)
        weights = weights_digest(model, memo)
    else:
        weights = f"{model}@{settings['revision'] or 'main'}"
    return {
        "weights": weights,
        "scheduler": settings["scheduler"],
        "dtype": settings["dtype"],
    }

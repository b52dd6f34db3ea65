"""The digest of a model's weights: its name and folder do not tell when they change."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from songreel.models.folder import model_files
from songreel.models.settings import ModelSettings
from songreel.models.source import ModelSource
from songreel.storage.digests import file_digest


def weights_digest(folder: Path, memo: Path) -> str:
    """Return the SHA-256 of everything a model is built from: names and contents.

    Gigabytes are read once: the digest of a file whose size and time of change are as noted is
    taken from the memo.

    Args:
        folder: the model.
        memo: JSON file with the digests known so far; written, or replaced where it is damaged.

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
    # Jobs may write it at the same time: each has a temporary file of its own.
    unfinished = memo.with_name(f".{memo.name}.{os.getpid()}.tmp")
    unfinished.write_text(json.dumps(known, indent=1), encoding="utf-8")
    os.replace(unfinished, memo)


def pixel_model(source: ModelSource, settings: ModelSettings, memo: Path) -> dict[str, Any]:
    """Return what of the section ``model`` decides pixels, whatever the model is called.

    Args:
        source: the model.
        settings: the section ``model``.
        memo: as of ``weights_digest``.

    Returns:
        weights (a digest; for a model of the Hub its id and revision), scheduler and dtype.

    Raises:
        SongreelError: a folder with a model that is not supported.
    """
    if source.folder is not None:
        weights = weights_digest(source.folder, memo)
    else:
        weights = f"{source.name}@{source.revision or 'main'}"
    return {"weights": weights, "scheduler": settings.scheduler, "dtype": settings.dtype}

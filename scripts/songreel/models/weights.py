"""What tells one model's weights from another's: the content, not the name of the folder."""

import hashlib
from pathlib import Path

from songreel.models.folder import model_files, read_index, weights_size
from songreel.models.source import ModelSource
from songreel.storage.digests import DigestMemo

UNSEEN_PARAMETERS = 3.5e9
"""Parameters of a Hub model that is not looked into: those of SDXL, the largest supported."""


def weights_digest(folder: Path, memo: DigestMemo) -> str:
    """Return the SHA-256 (hex) of everything a model is built from: names and contents.

    Args:
        folder: the model, in diffusers format; the digest is the same wherever it lies.
        memo: by which gigabytes are read only once.

    Raises:
        SongreelError: as ``songreel.models.folder.model_files``.
    """
    digest = hashlib.sha256()
    for path in model_files(folder):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{memo.file_digest(path)} {name}\n".encode())
    return digest.hexdigest()


def weights_name(source: ModelSource, memo: DigestMemo) -> str:
    """Return a name for a model's weights before it is loaded: the digest, or id and revision.

    Args:
        source: the model.
        memo: as of :func:`weights_digest`.

    Raises:
        SongreelError: not a model that is supported.
    """
    if source.folder:
        read_index(source.folder)
        return weights_digest(source.folder, memo)
    return f"{source.name}@{source.revision or 'main'}"


def parameter_count(source: ModelSource) -> float:
    """Return how many parameters a model has; a guess where it is not on this machine.

    Raises:
        SongreelError: as ``songreel.models.folder.weights_size``.
    """
    return weights_size(source.folder, "float32") / 4 if source.folder else UNSEEN_PARAMETERS

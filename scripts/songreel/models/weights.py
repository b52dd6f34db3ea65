"""The digest of a model's weights: its name and folder do not tell when they change."""

import hashlib
from pathlib import Path

from songreel.models.folder import model_files
from songreel.models.source import ModelSource
from songreel.storage.digests import DigestMemo


def weights_digest(folder: Path, memo: DigestMemo) -> str:
    """Return the SHA-256 of everything a model is built from: names and contents.

    Args:
        folder: the model; the digest is the same wherever it lies.
        memo: of digests, by which gigabytes are read only once.

    Returns:
        64 hexadecimal digits.

    Raises:
        SongreelError: as ``songreel.models.folder.model_files``.
    """
    digest = hashlib.sha256()
    for path in model_files(folder):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{memo.file_digest(path)} {name}\n".encode())
    return digest.hexdigest()


def weights_name(source: ModelSource, memo: DigestMemo) -> str:
    """Return what tells a model's weights from others while a song is planned.

    Args:
        source: the model.
        memo: as of :func:`weights_digest`.

    Returns:
        the digest; for a model of the Hub its id and revision.

    Raises:
        SongreelError: a folder with a model that is not supported.
    """
    if source.folder is not None:
        return weights_digest(source.folder, memo)
    return f"{source.name}@{source.revision or 'main'}"

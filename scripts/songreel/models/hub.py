"""Models of the Hugging Face Hub: downloaded once, then used from the cache without a network."""

from pathlib import Path

from huggingface_hub import get_cached_repo_tree, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    CachedRepoTreeNotFoundError,
    GatedRepoError,
    LocalEntryNotFoundError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from songreel.errors import SongreelError
from songreel.models.folder import file_names, read_index, select_files
from songreel.models.source import STORYBOOK

INDEX = "model_index.json"


def fetch_model(name: str, revision: str | None = None) -> Path:
    """Return the folder of a Hub model, downloading what a pipeline is built from.

    A model that is complete in the cache is used as it is, without asking whether a branch has
    moved on: a song must not change its model half-way, and a cluster's nodes may have no network.

    Args:
        name: Hub id, ``owner/name``.
        revision: branch, tag or commit; None for the main branch.

    Returns:
        a folder in the cache of huggingface_hub.

    Raises:
        SongreelError: the model is unknown or cannot be downloaded; or it is not supported, which
            its index shows before any weights are downloaded.
    """
    cached = _cached_model(name, revision)
    if cached is not None:
        return cached
    model = f"model.name: {name}" + (f" at model.revision: {revision}" if revision else "")
    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=[INDEX]))
        files = _needed_files(name, revision, folder)
        return Path(snapshot_download(name, revision=revision, allow_patterns=files))
    except GatedRepoError as error:
        raise SongreelError(
            f"{model} is shared under conditions; accept them on its page on the Hugging Face Hub "
            "and log in with `hf auth login`"
        ) from error
    except RepositoryNotFoundError as error:
        raise SongreelError(
            f"{model} is unknown to the Hugging Face Hub, or private; check the spelling"
        ) from error
    except (RevisionNotFoundError, RemoteEntryNotFoundError) as error:
        raise SongreelError(f"{model} is not there; check model.revision") from error
    except OSError as error:
        raise SongreelError(
            f"{model} is not on this machine and could not be downloaded; connect to the network "
            f"and try again, or run `hf download {name}` where there is one and copy the folder "
            f"here, or use {STORYBOOK}, which comes with Songreel"
        ) from error


def _cached_model(name: str, revision: str | None) -> Path | None:
    """Return the folder of a model that is complete in the cache, or None."""
    try:
        index_file = hf_hub_download(name, INDEX, revision=revision, local_files_only=True)
    except LocalEntryNotFoundError:
        return None
    folder = Path(index_file).parent
    files = _needed_files(name, revision, folder)
    return folder if all((folder / file).is_file() for file in files) else None


def _needed_files(name: str, revision: str | None, folder: Path) -> list[str]:
    """Select from the repository's cached list of files, or from the files that are there.

    Older versions of huggingface_hub cached no list.
    """
    index = read_index(folder)
    try:
        names = [file.path for file in get_cached_repo_tree(name, revision=revision)]
    except CachedRepoTreeNotFoundError:
        names = file_names(folder)
    try:
        return select_files(names, index)
    except SongreelError as error:
        raise SongreelError(f"model.name: {name}: {error}") from None

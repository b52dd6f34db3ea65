"""Where a model comes from: a folder on this machine, or the Hugging Face Hub."""

import re
from dataclasses import dataclass
from pathlib import Path

from songreel.bundled import BUNDLED
from songreel.errors import SongreelError

STORYBOOK = "storybook"
"""The name of the small model that comes with Songreel."""

STORYBOOK_FOLDER = BUNDLED / "models" / STORYBOOK


@dataclass(frozen=True)
class ModelSource:
    """A model that is named in the configuration.

    Attributes:
        name: as configured.
        revision: branch, tag or commit of a Hub model; None for its main branch.
        folder: of a model on this machine; None for a Hub model, which is not looked into before
            it is needed.
    """

    name: str
    revision: str | None
    folder: Path | None


def find_model(name: str, revision: str | None = None) -> ModelSource:
    """Find out what ``model.name`` means.

    Args:
        name: as configured; a folder is relative to the working directory, and goes before a Hub
            id of the same name.
        revision: as configured.

    Raises:
        SongreelError: neither a folder nor the form of a Hub id.
    """
    if name == STORYBOOK:
        return ModelSource(name, None, STORYBOOK_FOLDER)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelSource(name, None, folder)
    if not re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", name):
        raise SongreelError(
            f"model.name: {name!r} is no folder here; give a folder in diffusers format, "
            f"a Hugging Face Hub id like stabilityai/sd-turbo, or {STORYBOOK}"
        )
    return ModelSource(name, revision, None)


def fetch_model(source: ModelSource) -> Path:
    """The folder of a model; a Hub model is downloaded where it is not on this machine yet.

    Raises:
        SongreelError: the download failed, or the model is not supported.
    """
    if source.folder:
        return source.folder
    from songreel.models.hub import download_model

    return download_model(source.name, source.revision)

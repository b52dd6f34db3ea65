"""Where a model comes from: the bundled folder, another folder, or the Hugging Face Hub."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from songreel.bundled import BUNDLED
from songreel.errors import SongreelError
from songreel.models.families import stable_diffusion
from songreel.models.family import ModelFamily, Sampling
from songreel.models.folder import read_family, weight_count
from songreel.models.registry import FAMILIES
from songreel.models.settings import ModelSettings

STORYBOOK = "storybook"
"""The name of the small model that comes with Songreel."""

STORYBOOK_FOLDER = BUNDLED / "models" / STORYBOOK

STORYBOOK_SAMPLING = Sampling(steps=8, strength=0.75, guidance_scale=4.0)

SMALL_MODEL = 50e6
"""Number of weights below which a second processor thread waits more than it computes."""

LARGE_MODEL_THREADS = 4

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


@dataclass(frozen=True)
class ModelSource:
    """Where a model comes from.

    A model of the Hub is not looked into before it is fetched, even if it is on this machine
    already: planning gives the same on every machine and needs no network.

    Args:
        name: as configured.
        folder: where it lies; None for a model of the Hub.
        revision: branch, tag or commit of a model of the Hub; None for its main branch.
    """

    name: str
    folder: Path | None
    revision: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is a folder, and not a model of the Hub."""
        return self.folder is not None

    @property
    def family(self) -> ModelFamily:
        """Its family; that of Stable Diffusion for a model of the Hub.

        Raises:
            SongreelError: a folder with a model that is not supported.
        """
        return stable_diffusion.FAMILY if self.folder is None else read_family(self.folder)

    @property
    def sampling(self) -> Sampling:
        """Values for the settings of ``render`` that are left out."""
        return STORYBOOK_SAMPLING if self.name == STORYBOOK else self.family.sampling

    @property
    def is_small(self) -> bool:
        """Whether its layers are too small to be shared among processor threads."""
        return self.weight_count < SMALL_MODEL

    @property
    def threads(self) -> int:
        """Processor threads it paints with unless configured: never as many as a machine has.

        Pixels depend on their number, so that films and the cache would not travel.
        """
        return 1 if self.is_small else LARGE_MODEL_THREADS

    @property
    def native_side(self) -> int:
        """Pixels a side that it was made for."""
        if self.folder is None:
            return self.family.native_side
        return self.family.model_native_side(self.folder)

    @cached_property
    def weight_count(self) -> float:
        """Number of its weights; for a model of the Hub that of the largest family."""
        if self.folder is None:
            return max(family.weight_count for family in FAMILIES)
        return weight_count(self.folder)


def resolve_model(settings: ModelSettings) -> ModelSource:
    """Find out what ``model.name`` means.

    Args:
        settings: the section ``model``; a folder is relative to the working directory.

    Raises:
        SongreelError: neither a folder nor the form of a Hub id.
    """
    name = settings.name
    if name == STORYBOOK:
        return ModelSource(name, STORYBOOK_FOLDER)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelSource(name, folder)
    if not _HUB_ID.fullmatch(name):
        raise SongreelError(
            f"model.name: {name!r} is no folder here; give a folder in diffusers format, "
            f"a Hugging Face Hub id like stabilityai/sd-turbo, or {STORYBOOK}"
        )
    return ModelSource(name, None, settings.revision)

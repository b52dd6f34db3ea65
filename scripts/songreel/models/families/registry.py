"""All families: every other module of this package that defines a ``FAMILY``."""

from functools import cache
from importlib import import_module
from pathlib import Path

from songreel.models.families.family import ModelFamily


@cache
def families() -> tuple[ModelFamily, ...]:
    """The supported families, by the names of their modules."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    modules = (import_module(f"{__package__}.{name}") for name in names if name != "__init__")
    return tuple(module.FAMILY for module in modules if hasattr(module, "FAMILY"))


def family_of(pipeline: str) -> ModelFamily | None:
    """The family of a pipeline class in diffusers, by its name; None where it is not supported."""
    for family in families():
        if pipeline in (family.text_to_image, family.image_to_image):
            return family
    return None

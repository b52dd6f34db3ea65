"""The supported families: what the modules of :mod:`songreel.models.families` define."""

import pkgutil
from importlib import import_module

from songreel.models import families
from songreel.models.family import ModelFamily

FAMILIES: tuple[ModelFamily, ...] = tuple(
    import_module(f"{families.__name__}.{module.name}").FAMILY
    for module in pkgutil.iter_modules(families.__path__)
)


def find_family(pipeline: object) -> ModelFamily | None:
    """Return the family of a model, or None where it is not supported.

    Args:
        pipeline: ``_class_name`` in the model's index.
    """
    return next((family for family in FAMILIES if pipeline in family.pipelines), None)


def supported_models() -> str:
    """Return the names of all families, for a message."""
    return ", ".join(family.name for family in FAMILIES)

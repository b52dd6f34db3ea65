"""Sampler settings: what a model wants where the configuration is silent, and what it can do."""

from collections.abc import Mapping
from typing import Any

from songreel.errors import SongreelError
from songreel.models.families import stable_diffusion
from songreel.models.folder import (
    native_size,
    read_component_config,
    read_family,
    size_multiple,
)
from songreel.models.source import STORYBOOK, ModelSource

STORYBOOK_DEFAULTS = {"steps": 8, "strength": 0.6, "guidance_scale": 4.0}

HUB_SIZE = 512
"""Pixels a side, for a Hub model that need not be on this machine yet."""


def complete_render(source: ModelSource, render: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in the settings that were left open, and check them against the model.

    Args:
        source: the model; one on the Hub is taken for a Stable Diffusion of 512×512.
        render: the section ``render``, complete but for None.

    Raises:
        SongreelError: the model cannot paint that size, or no step would be made.
    """
    folder = source.folder
    family = read_family(folder) if folder else stable_diffusion.FAMILY
    side = native_size(folder) if folder else HUB_SIZE
    defaults = {
        "width": side,
        "height": side,
        "steps": family.steps,
        "strength": family.strength,
        "guidance_scale": family.guidance_scale,
        **(STORYBOOK_DEFAULTS if source.name == STORYBOOK else {}),
    }
    complete = {key: defaults[key] if value is None else value for key, value in render.items()}
    if folder:
        check_size(complete["width"], complete["height"], size_multiple(folder))
    schedule = read_component_config(folder, "scheduler") if folder else {}
    family.executed_steps(complete["steps"], complete["strength"], schedule)
    return complete


def check_size(width: int, height: int, multiple: int) -> None:
    """Refuse a size that the model cannot paint.

    Args:
        width, height: in pixels.
        multiple: what both must be multiples of, see ``songreel.models.folder.size_multiple``.

    Raises:
        SongreelError: naming the nearest sizes that it can.
    """
    for key, value in (("width", width), ("height", height)):
        if value % multiple:
            below = value // multiple * multiple
            near = f"{below} or {below + multiple}" if below else f"{multiple}"
            raise SongreelError(
                f"render.{key}: {value} is not a multiple of {multiple}, as the model needs; "
                f"set it to {near}"
            )

"""What a model is asked for: sizes of images and numbers of steps, completed and checked."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from songreel.errors import SongreelError
from songreel.models.source import ModelSource


def check_size(width: int, height: int, multiple: int) -> None:
    """Refuse an image size that a model cannot paint.

    Args:
        width: of the image, in pixels.
        height: of the image, in pixels.
        multiple: what both must be multiples of: the model's latent reduction.

    Raises:
        SongreelError: with the nearest sizes that it can paint.
    """
    for key, value in (("width", width), ("height", height)):
        if value % multiple:
            below = value // multiple * multiple
            near = f"{below} or {below + multiple}" if below else f"{multiple}"
            raise SongreelError(
                f"render.{key}: {value} is not a multiple of {multiple}, as the model needs; "
                f"set it to {near}"
            )


def complete_render(source: ModelSource, render: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in the settings that were left out, and check them against the model.

    Args:
        source: the model. One of the Hub is not looked into: its sizes are checked when it paints.
        render: the section ``render``, with None for what was left out.

    Returns:
        the section with nothing left out.

    Raises:
        SongreelError: the model cannot paint that size, or cannot make that number of steps.
    """
    family, side = source.family, source.native_side
    values = {"width": side, "height": side, **asdict(source.sampling)}
    complete = {key: values[key] if value is None else value for key, value in render.items()}
    if source.folder is not None:
        multiple = family.model_latent_reduction(source.folder)
        check_size(complete["width"], complete["height"], multiple)
    check_steps(source, complete["steps"], complete["strength"])
    return complete


def check_steps(source: ModelSource, steps: int, strength: float) -> None:
    """Refuse a number of steps that a model cannot make.

    Args:
        source: the model. One of the Hub is not looked into.
        steps: denoising steps from pure noise, ≥ 1.
        strength: share of them that is executed, 0 < strength ≤ 1.

    Raises:
        SongreelError: with numbers that it can make.
    """
    family, folder = source.family, source.folder
    family.effective_steps(steps, strength, family.scheduler_config(folder) if folder else {})

"""What a model can be asked for: sizes of pictures and numbers of steps."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

from songreel.errors import SongreelError
from songreel.models.families import LATENT_CONSISTENCY
from songreel.models.folder import STORYBOOK, read_index


def size_multiple(folder: Path) -> int:
    """Return what a picture's width and height must be multiples of: the VAE's reduction."""
    config = json.loads((folder / "vae" / "config.json").read_text(encoding="utf-8"))
    return 2 ** (len(config["block_out_channels"]) - 1)


def check_size(width: int, height: int, multiple: int) -> None:
    """Refuse a size that the model cannot paint.

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


def effective_steps(steps: int, strength: float) -> int:
    """Return how many steps img2img makes of ``steps``; it starts part of the way, by strength.

    The rule (and its rounding) is that of ``get_timesteps`` in diffusers' img2img pipelines.

    Args:
        steps: steps from pure noise, ≥ 1.
        strength: share of them that is made, 0 < strength ≤ 1.

    Raises:
        SongreelError: none is left.
    """
    made = min(int(steps * strength), steps)
    if made == 0:
        steps_needed = next(n for n in range(steps, round(1 / strength) + 3) if int(n * strength))
        strength_needed = math.ceil(100 / steps) / 100
        raise SongreelError(
            f"render.steps: {steps} at render.strength: {strength:g} makes no step at all; "
            f"raise steps to {steps_needed} or more, or strength to {strength_needed:g} or more"
        )
    return made


def check_steps(folder: Path, steps: int, strength: float) -> None:
    """Refuse a number of steps that the model's img2img cannot make at a strength.

    Latent consistency models make all of their steps, drawn from the part of their own schedule
    that lies under the strength; all others see ``effective_steps``.

    Raises:
        SongreelError: with the number that it can.
    """
    if read_index(folder)["_class_name"] not in LATENT_CONSISTENCY:
        effective_steps(steps, strength)
        return
    schedule = json.loads((folder / "scheduler" / "scheduler_config.json").read_text("utf-8"))
    most = int(schedule["original_inference_steps"] * strength)
    if steps > most:
        raise SongreelError(
            f"render.steps: {steps} at render.strength: {strength:g} is more than this latent "
            f"consistency model can make; set steps to {most} or less, or raise strength"
        )


SAMPLING = {
    STORYBOOK: {"steps": 8, "strength": 0.6, "guidance_scale": 4.0},
    None: {"steps": 30, "strength": 0.5, "guidance_scale": 7.5},
}
"""Steps, strength and guidance by model; None is any other Stable Diffusion."""

HUB_SIZE = 512
"""Pixels a side, for a Hub model that need not be on this machine yet."""


def complete_render(name: str, model: Path | str, render: Mapping) -> dict:
    """Fill in the settings that were left open, and check them against the model.

    Args:
        name: the model's name in the configuration.
        model: its folder, or the Hub id of one that is not looked into.
        render: the section ``render``, complete but for None.

    Raises:
        SongreelError: the model cannot paint that size, or no step would be made.
    """
    side = _native_size(model) if isinstance(model, Path) else HUB_SIZE
    wanted = {"width": side, "height": side, **SAMPLING.get(name, SAMPLING[None])}
    complete = {key: wanted[key] if value is None else value for key, value in render.items()}
    if isinstance(model, Path):
        check_size(complete["width"], complete["height"], size_multiple(model))
        check_steps(model, complete["steps"], complete["strength"])
    else:
        effective_steps(complete["steps"], complete["strength"])
    return complete


def _native_size(model: Path) -> int:
    config = json.loads((model / "unet" / "config.json").read_text(encoding="utf-8"))
    return config["sample_size"] * size_multiple(model)

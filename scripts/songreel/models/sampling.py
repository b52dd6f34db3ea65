"""What a model is asked for: sizes of images and numbers of steps, completed and checked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from songreel.errors import SongreelError
from songreel.models.family import ModelFamily
from songreel.models.folder import read_family
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


@dataclass(frozen=True)
class StepRule:
    """How a model is asked for weaker keyframes.

    Attributes:
        family: of the model.
        scheduler: as configured; None for the model's own.
        scheduler_config: of the model's own scheduler.
    """

    family: ModelFamily
    scheduler: str | None
    scheduler_config: Mapping[str, Any]

    @classmethod
    def of_model(cls, folder: Path, scheduler: str | None) -> "StepRule":
        """Read the rule of a model.

        Args:
            folder: the model in diffusers format.
            scheduler: as configured; None for the model's own.
        """
        family = read_family(folder)
        return cls(family, scheduler, family.scheduler_config(folder))

    def finer_schedule(
        self, steps: int, strength: float, guidance_scale: float, wanted: float
    ) -> tuple[int, float]:
        """Return steps and strength for a weaker img2img that executes as many steps as before.

        Args:
            steps: steps from pure noise, ≥ 1.
            strength: share of them that is executed, 0 < strength ≤ 1.
            guidance_scale: how strictly the prompt is followed; a model that is not guided is
                taken for a distilled one.
            wanted: the lower strength, 0 < wanted ≤ strength.
        """
        is_distilled = guidance_scale <= 1 or self.scheduler == "lcm"
        return self.family.finer_schedule(
            steps, strength, wanted, self.scheduler_config, is_distilled
        )

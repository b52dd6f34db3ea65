"""Latent consistency models: few steps, drawn from a schedule of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songreel.errors import SongreelError
from songreel.models.families.family import ModelFamily


@dataclass(frozen=True, kw_only=True)
class LatentConsistencyFamily(ModelFamily):
    """The family of latent consistency models."""

    def executed_steps(self, steps: int, strength: float, schedule: Mapping[str, Any]) -> int:
        """All steps, drawn from the part of the model's schedule that lies under the strength."""
        most = int(schedule["original_inference_steps"] * strength)
        if steps > most:
            raise SongreelError(
                f"render.steps: {steps} at render.strength: {strength:g} is more than this latent "
                f"consistency model can make; set steps to {most} or less, or raise strength"
            )
        return steps


FAMILY = LatentConsistencyFamily(
    label="latent consistency models",
    text_to_image="LatentConsistencyModelPipeline",
    image_to_image="LatentConsistencyModelImg2ImgPipeline",
    schedulers=("lcm",),
    steps=4,
)

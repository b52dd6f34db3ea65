"""What Songreel has to know of an architecture to paint with its models."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songreel.errors import SongreelError


@dataclass(frozen=True, kw_only=True)
class ModelFamily:
    """Models that share an architecture and its pipelines in diffusers.

    Attributes:
        label: as messages name it.
        text_to_image, image_to_image: names of the pipeline classes; a model may be saved as either.
        embeddings: arguments of the pipelines, in the order in which ``encode_prompt`` returns them.
        tokenizers: components that cut a prompt into tokens.
        schedulers: names of the schedulers that go with it; None for all.
        steps, strength, guidance_scale: defaults for rendering.
    """

    label: str
    text_to_image: str
    image_to_image: str
    embeddings: tuple[str, ...] = ("prompt_embeds", "negative_prompt_embeds")
    tokenizers: tuple[str, ...] = ("tokenizer",)
    schedulers: tuple[str, ...] | None = None
    steps: int = 30
    strength: float = 0.5
    guidance_scale: float = 7.5

    def executed_steps(self, steps: int, strength: float, schedule: Mapping[str, Any]) -> int:
        """How many of its steps image-to-image executes; it starts part of the way, by strength.

        The rule and its rounding are those of ``get_timesteps`` in diffusers' pipelines.

        Args:
            steps: from pure noise, ≥ 1.
            strength: how much of the image is painted anew, 0 < strength ≤ 1.
            schedule: configuration of the model's scheduler.

        Raises:
            SongreelError: none would be executed.
        """
        executed = min(int(steps * strength), steps)
        if executed == 0:
            enough = next(n for n in range(steps, round(1 / strength) + 3) if int(n * strength))
            raise SongreelError(
                f"render.steps: {steps} at render.strength: {strength:g} makes no step at all; "
                f"raise steps to {enough} or more, or strength to {math.ceil(100 / steps) / 100:g} "
                "or more"
            )
        return executed

"""What the rest of Songreel asks of a model's architecture.

An architecture that is supported is a module in :mod:`songreel.models.families`. Nothing here
imports torch or diffusers: pipelines are given by the names of their classes.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songreel.errors import SongreelError

LIBRARIES_MB = 700
"""Megabytes of a process that paints on the processor, beside the model: libraries, Snakemake."""

CUDA_MB = 3500
"""Megabytes of main memory of a process that paints on a graphics card, at least."""

BYTES_PER_WEIGHT = 6
"""Bytes of a weight in float32, the widest in which models are loaded, and half as much again for
what is computed with it."""


TRAINING_STEPS = 1000
"""Noise levels that a model was trained at, where its scheduler names no other number."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Values of the settings that may be left out of the section ``render``.

    Args:
        steps: denoising steps from pure noise, ≥ 1.
        strength: share of the image that img2img paints anew, 0 < strength ≤ 1.
        guidance_scale: how strictly the prompt is followed, ≥ 0.
    """

    steps: int
    strength: float
    guidance_scale: float


@dataclass(frozen=True, kw_only=True)
class ModelFamily:
    """The models of one architecture, which are loaded and called alike.

    A family that differs in more than these values is a subclass that overrides methods.

    Args:
        name: as messages call its models.
        text_to_image: name of the diffusers pipeline that paints from a prompt.
        image_to_image: name of the diffusers pipeline that paints over an image.
        embeddings: arguments of these pipelines for what their ``encode_prompt`` returns, in its
            order; those with ``negative`` in their name belong to the negative prompt.
        tokenizers: components that cut a prompt into tokens.
        hidden_states: of the text encoders that the pipelines take, as compel names them.
        schedulers: names in ``songreel.models.settings.SCHEDULERS`` that its models can be run
            with beside their own.
        sampling: values for the settings that are left out.
        native_side: pixels a side that its models are usually made for.
        latent_reduction: pixels a side that one latent pixel usually stands for.
        weight_count: number of weights of its usual model.
        operations_per_weight: floating-point operations that one evaluation of the denoising
            network takes, by weight of the whole model and by latent pixel.
    """

    name: str
    text_to_image: str
    image_to_image: str
    embeddings: tuple[str, ...]
    tokenizers: tuple[str, ...] = ("tokenizer",)
    hidden_states: str = "LAST_HIDDEN_STATES_NORMALIZED"
    schedulers: tuple[str, ...]
    sampling: Sampling
    native_side: int
    latent_reduction: int = 8
    weight_count: float
    operations_per_weight: float

    @property
    def pipelines(self) -> tuple[str, str]:
        """The classes its models may be saved as.

        Pipelines for inpainting, InstructPix2Pix and the like have other inputs.
        """
        return self.text_to_image, self.image_to_image

    def reason_to_refuse(self, index: Mapping[str, Any]) -> str | None:
        """Say why a model of this architecture cannot paint all the same.

        Args:
            index: its ``model_index.json``.

        Returns:
            reason and remedy; None where it can paint.
        """
        return None

    def prepare_pipeline(self, pipeline: Any) -> None:
        """Set what a pipeline's constructor leaves otherwise than keyframes need it.

        Args:
            pipeline: an instance of one of ``pipelines``; changed in place.
        """

    def model_latent_reduction(self, folder: Path) -> int:
        """Return how many pixels a side one latent pixel of a model stands for.

        Width and height of an image must be multiples of it. The autoencoder halves the image
        between two of its blocks.

        Args:
            folder: the model.
        """
        blocks = _read_json(folder / "vae" / "config.json")["block_out_channels"]
        return 2 ** (len(blocks) - 1)

    def model_native_side(self, folder: Path) -> int:
        """Return the pixels a side that a model was made for.

        Args:
            folder: the model.
        """
        latent_side = _read_json(folder / "unet" / "config.json")["sample_size"]
        return latent_side * self.model_latent_reduction(folder)

    def scheduler_config(self, folder: Path) -> dict[str, Any]:
        """Return the configuration of a model's own scheduler.

        Args:
            folder: the model.
        """
        return _read_json(folder / "scheduler" / "scheduler_config.json")

    def effective_steps(
        self, steps: int, strength: float, scheduler_config: Mapping[str, Any]
    ) -> int:
        """Return how many denoising steps img2img executes.

        It starts part of the way, by strength. The rule, and its rounding, is that of
        ``get_timesteps`` in diffusers' img2img pipelines.

        Args:
            steps: steps from pure noise, ≥ 1.
            strength: share of them that is executed, 0 < strength ≤ 1.
            scheduler_config: of the model; this rule does not depend on it.

        Raises:
            SongreelError: no step is left, or more are asked for than the model can make; with
                numbers that it can.
        """
        executed = min(int(steps * strength), steps)
        if executed == 0:
            enough = next(n for n in range(steps, round(1 / strength) + 3) if int(n * strength))
            strong_enough = math.ceil(100 / steps) / 100
            raise SongreelError(
                f"render.steps: {steps} at render.strength: {strength:g} makes no step at all; "
                f"raise steps to {enough} or more, or strength to {strong_enough:g} or more"
            )
        return executed

    def finer_schedule(
        self,
        steps: int,
        strength: float,
        wanted: float,
        scheduler_config: Mapping[str, Any],
        is_distilled: bool,
    ) -> tuple[int, float]:
        """Return steps and strength for a weaker img2img that executes as many steps as before.

        With fewer executed steps a picture turns to blotches. So the schedule gets more steps, and
        the last of them are executed. A distilled model (Turbo, LCM) was trained at few noise
        levels: it keeps its steps, and the strength falls only as far as all of them still fit.

        Args:
            steps: steps from pure noise, ≥ 1.
            strength: share of them that is executed, 0 < strength ≤ 1.
            wanted: the lower strength, 0 < wanted ≤ strength.
            scheduler_config: of the model, with ``num_train_timesteps``.
            is_distilled: whether the model was trained for a few steps.

        Returns:
            steps, and the strength at which as many of them are executed as of the given ones.
        """
        executed = self.effective_steps(steps, strength, scheduler_config)
        if int(steps * wanted) >= executed:
            return steps, wanted
        if is_distilled:
            return steps, min(strength, (executed + 0.5) / steps)
        most = scheduler_config.get("num_train_timesteps", TRAINING_STEPS)
        finer = min(most, max(executed, round(executed / wanted)))
        return finer, min(1.0, (executed + 0.5) / finer)

    def memory_mb(self, weight_count: float, device: str) -> int:
        """Return the megabytes of main memory that a process with a model takes.

        Args:
            weight_count: number of the model's weights.
            device: as configured.
        """
        needed = LIBRARIES_MB + math.ceil(weight_count * BYTES_PER_WEIGHT / 1e6)
        return needed if device == "cpu" else max(needed, CUDA_MB)


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))

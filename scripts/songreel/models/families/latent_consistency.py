"""Latent consistency models (LCM): Stable Diffusion distilled to a few steps.

Guidance is an input of the network, so no negative prompt is evaluated beside the prompt.
"""

from collections.abc import Mapping
from typing import Any

from songreel.errors import SongreelError
from songreel.models.family import ModelFamily, Sampling

TRAINED_STEPS = 50
"""Steps of the schedule that the steps are drawn from, where a model's scheduler names none."""


class LatentConsistency(ModelFamily):
    """LCM, whose img2img executes all of its steps, at any strength."""

    def effective_steps(
        self, steps: int, strength: float, scheduler_config: Mapping[str, Any]
    ) -> int:
        """Return the steps, all of which are executed.

        They are drawn from that part of the model's own schedule which lies below the strength, as
        in ``LCMScheduler.set_timesteps``.

        Args:
            steps: denoising steps, ≥ 1.
            strength: share of the schedule to draw them from, 0 < strength ≤ 1.
            scheduler_config: of the model, with ``original_inference_steps``.

        Raises:
            SongreelError: that part of the schedule has fewer steps.
        """
        trained = scheduler_config.get("original_inference_steps", TRAINED_STEPS)
        most = int(trained * strength)
        if steps > most:
            raise SongreelError(
                f"render.steps: {steps} at render.strength: {strength:g} is more than this latent "
                f"consistency model can make; set steps to {most} or less, or raise strength"
            )
        return steps

    def finer_schedule(
        self,
        steps: int,
        strength: float,
        wanted: float,
        scheduler_config: Mapping[str, Any],
        is_distilled: bool,
    ) -> tuple[int, float]:
        """Return the same steps, drawn from a lower part of the model's own schedule.

        See :meth:`ModelFamily.finer_schedule`; the strength falls no further than that part has as
        many steps.
        """
        trained = scheduler_config.get("original_inference_steps", TRAINED_STEPS)
        return steps, min(strength, max(wanted, (steps + 0.5) / trained))


FAMILY = LatentConsistency(
    name="latent consistency models (LCM)",
    text_to_image="LatentConsistencyModelPipeline",
    image_to_image="LatentConsistencyModelImg2ImgPipeline",
    embeddings=("prompt_embeds", "negative_prompt_embeds"),
    schedulers=("lcm",),
    # Steps and guidance are the defaults of diffusers' pipelines.
    sampling=Sampling(steps=4, strength=0.5, guidance_scale=8.5),
    native_side=512,
    weight_count=1.07e9,
    operations_per_weight=0.2,
)

"""Stable Diffusion XL (SDXL): two text encoders, and images of 1024×1024."""

from collections.abc import Mapping
from typing import Any

from songreel.models.family import ModelFamily, Sampling
from songreel.models.settings import SCHEDULERS


class StableDiffusionXL(ModelFamily):
    """SDXL, whose refiners are models of the same architecture that cannot begin an image."""

    def reason_to_refuse(self, index: Mapping[str, Any]) -> str | None:
        """Refuse a refiner; see :meth:`ModelFamily.reason_to_refuse`."""
        if index.get("requires_aesthetics_score"):
            return "an SDXL refiner paints no opening; choose the base model"
        return None

    def prepare_pipeline(self, pipeline: Any) -> None:
        """Leave out the watermark: added to every keyframe, it would add up."""
        pipeline.watermark = None


FAMILY = StableDiffusionXL(
    name="SDXL and SDXL Turbo",
    text_to_image="StableDiffusionXLPipeline",
    image_to_image="StableDiffusionXLImg2ImgPipeline",
    embeddings=(
        "prompt_embeds",
        "negative_prompt_embeds",
        "pooled_prompt_embeds",
        "negative_pooled_prompt_embeds",
    ),
    tokenizers=("tokenizer", "tokenizer_2"),
    hidden_states="PENULTIMATE_HIDDEN_STATES_NON_NORMALIZED",
    schedulers=tuple(SCHEDULERS),
    sampling=Sampling(steps=30, strength=0.5, guidance_scale=7.5),
    native_side=1024,
    weight_count=3.5e9,
    operations_per_weight=0.2,
)

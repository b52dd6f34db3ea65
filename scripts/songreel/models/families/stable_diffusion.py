"""Stable Diffusion 1.x and 2.x, and their Turbo forms."""

from songreel.models.families.family import ModelFamily

FAMILY = ModelFamily(
    label="Stable Diffusion 1.x and 2.x and their Turbo forms",
    text_to_image="StableDiffusionPipeline",
    image_to_image="StableDiffusionImg2ImgPipeline",
)

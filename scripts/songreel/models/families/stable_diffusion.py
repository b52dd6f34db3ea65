"""Stable Diffusion 1.x and 2.x, and what is distilled from them (Turbo)."""

from songreel.models.family import ModelFamily, Sampling
from songreel.models.settings import SCHEDULERS

FAMILY = ModelFamily(
    name="Stable Diffusion 1.x, 2.x and SD Turbo",
    text_to_image="StableDiffusionPipeline",
    image_to_image="StableDiffusionImg2ImgPipeline",
    embeddings=("prompt_embeds", "negative_prompt_embeds"),
    schedulers=tuple(SCHEDULERS),
    sampling=Sampling(steps=30, strength=0.5, guidance_scale=7.5),
    native_side=512,
    weight_count=1.07e9,
    # 0.9e12 operations of the 1.07e9 weights of Stable Diffusion 1.5 at 512×512, which are 4,096
    # latent pixels, for one evaluation.
    operations_per_weight=0.2,
)

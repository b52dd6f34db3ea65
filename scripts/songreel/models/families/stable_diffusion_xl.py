"""SDXL and its Turbo form: two text encoders, the second of which gives pooled embeddings too."""

from songreel.models.families.family import ModelFamily

FAMILY = ModelFamily(
    label="SDXL and its Turbo form",
    text_to_image="StableDiffusionXLPipeline",
    image_to_image="StableDiffusionXLImg2ImgPipeline",
    embeddings=(
        "prompt_embeds",
        "negative_prompt_embeds",
        "pooled_prompt_embeds",
        "negative_pooled_prompt_embeds",
    ),
    tokenizers=("tokenizer", "tokenizer_2"),
)

"""Real diffusers models at toy size: random weights, the same at every call, saved in a blink."""

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
from transformers import (
    CLIPConfig,
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
)

WORDS_TAKEN = 75  # one letter is one token, and 2 of CLIP's 77 mark begin and end
TEXT_WIDTH = 16


def save_stable_diffusion(folder: Path, *, blanks_everything: bool = False) -> Path:
    """Save a Stable Diffusion model that paints noise.

    Args:
        folder: where to.
        blanks_everything: with a safety checker that blanks every picture; else with none.
    """
    torch.manual_seed(1)
    StableDiffusionPipeline(
        vae=_vae(),
        text_encoder=CLIPTextModel(_text_config()),
        tokenizer=_tokenizer(),
        unet=_unet(cross_attention_dim=TEXT_WIDTH),
        scheduler=DDIMScheduler(**_noise_schedule(), clip_sample=False, set_alpha_to_one=False),
        safety_checker=_strict_safety_checker() if blanks_everything else None,
        feature_extractor=_feature_extractor() if blanks_everything else None,
        requires_safety_checker=blanks_everything,
    ).save_pretrained(folder)
    return folder


def save_latent_consistency(folder: Path) -> Path:
    """Save a latent consistency model (LCM), distilled with guidance."""
    torch.manual_seed(2)
    LatentConsistencyModelPipeline(
        vae=_vae(),
        text_encoder=CLIPTextModel(_text_config()),
        tokenizer=_tokenizer(),
        unet=_unet(cross_attention_dim=TEXT_WIDTH, time_cond_proj_dim=8),
        scheduler=LCMScheduler(**_noise_schedule(), original_inference_steps=50),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


def save_stable_diffusion_xl(folder: Path) -> Path:
    """Save an SDXL model that paints noise: two text encoders, size conditioning."""
    torch.manual_seed(3)
    StableDiffusionXLPipeline(
        vae=_vae(),
        text_encoder=CLIPTextModel(_text_config()),
        text_encoder_2=CLIPTextModelWithProjection(_text_config()),
        tokenizer=_tokenizer(),
        tokenizer_2=_tokenizer(),
        unet=_unet(
            cross_attention_dim=2 * TEXT_WIDTH,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + TEXT_WIDTH,
        ),
        scheduler=EulerDiscreteScheduler(**_noise_schedule(), timestep_spacing="leading"),
        add_watermarker=False,
    ).save_pretrained(folder)
    return folder


def _noise_schedule() -> dict:
    return {
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "steps_offset": 1,
    }


def _vae() -> AutoencoderKL:
    widths = (4, 4, 8, 8)  # four blocks: like the real ones, it reduces by 8
    return AutoencoderKL(
        block_out_channels=widths,
        down_block_types=("DownEncoderBlock2D",) * len(widths),
        up_block_types=("UpDecoderBlock2D",) * len(widths),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=2,
        sample_size=64,
    )


def _unet(**conditioning) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        block_out_channels=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        attention_head_dim=2,
        norm_num_groups=4,
        sample_size=8,
        **conditioning,
    )


def _text_config() -> CLIPTextConfig:
    tokenizer = _tokenizer()
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        hidden_size=TEXT_WIDTH,
        intermediate_size=TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
    )


def _tokenizer() -> CLIPTokenizer:
    """Return CLIP's tokenizer with single letters, inside and at the end of a word."""
    letters = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    symbols = [*letters, *(f"{letter}</w>" for letter in letters)]
    symbols += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {symbol: number for number, symbol in enumerate(symbols)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def _strict_safety_checker() -> StableDiffusionSafetyChecker:
    config = CLIPConfig(
        vision_config={
            "hidden_size": 8,
            "intermediate_size": 8,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 32,
            "patch_size": 16,
        },
        projection_dim=8,
    )
    checker = StableDiffusionSafetyChecker(config)
    checker.concept_embeds_weights.data.fill_(-2)  # a likeness above −2 is every likeness
    return checker


def _feature_extractor() -> CLIPImageProcessor:
    return CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})

"""The denoiser and the text encoder at the size of this picture book, and their noise schedule."""

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from world import COLOUR_NAMES, OBJECT_NAMES, PLACES, STYLES

UNET_CHANNELS = (64, 160)
HEAD_WIDTH = 32
NORM_GROUPS = 4  # few: norms over few channels each forget the latents' means, which are hues
TEXT_WIDTH = 160
TEXT_LAYERS = 2
LABEL_COUNTS = (len(OBJECT_NAMES), len(COLOUR_NAMES), len(PLACES), len(STYLES))


def make_unet(
    channels: tuple[int, ...] = UNET_CHANNELS,
    latent_channels: int = 16,
    latent_size: int = 16,
    text_width: int = TEXT_WIDTH,
) -> UNet2DConditionModel:
    """An untrained denoiser; it reads the text at every level but the first."""
    levels = len(channels) - 1
    return UNet2DConditionModel(
        sample_size=latent_size,
        in_channels=latent_channels,
        out_channels=latent_channels,
        down_block_types=("DownBlock2D",) + ("CrossAttnDownBlock2D",) * levels,
        up_block_types=("CrossAttnUpBlock2D",) * levels + ("UpBlock2D",),
        block_out_channels=channels,
        layers_per_block=1,
        cross_attention_dim=text_width,
        attention_head_dim=[width // HEAD_WIDTH for width in channels],
        norm_num_groups=NORM_GROUPS,
        use_linear_projection=True,
    ).to(memory_format=torch.channels_last)


def make_text_encoder(
    tokenizer: CLIPTokenizer, width: int = TEXT_WIDTH, layers: int = TEXT_LAYERS
) -> CLIPTextModel:
    """An untrained text encoder for the tokenizer's vocabulary."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=width,
            intermediate_size=2 * width,
            projection_dim=width,
            num_hidden_layers=layers,
            num_attention_heads=width // HEAD_WIDTH,
            max_position_embeddings=tokenizer.model_max_length,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def make_scheduler() -> DDIMScheduler:
    """v-prediction with zero terminal signal, so that night can be dark and snow white."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


class LabelHeads(nn.Module):
    """Reads thing, colour, place and style from a caption's end token: a guide for the encoder.

    Only training uses it; it makes the encoder sort out words in minutes rather than hours.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(width, count) for count in LABEL_COUNTS)

    def forward(self, states: Tensor, tokens: Tensor, end_token: int) -> list[Tensor]:
        """Scores per label from states (n, tokens, width) and token ids (n, tokens)."""
        end = (tokens == end_token).int().argmax(1)
        pooled = states[torch.arange(len(states)), end]
        return [head(pooled) for head in self.heads]

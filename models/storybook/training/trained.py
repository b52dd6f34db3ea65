"""Begins a training with a model that has been trained, instead of with nothing."""

import shutil
from pathlib import Path

from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

from train_unet import Run


def copy_trained_parts(model: Path, work: Path) -> None:
    """Put a model's autoencoder and vocabulary where a training keeps its own, if none are there.

    Args:
        model: a folder in diffusers format.
        work: of the training; receives `autoencoder` and `tokenizer`.
    """
    if not (work / "autoencoder").exists():
        AutoencoderKL.from_pretrained(model / "vae").save_pretrained(work / "autoencoder")
    if not (work / "tokenizer").exists():
        shutil.copytree(model / "tokenizer", work / "tokenizer")


def unet_channels(model: Path) -> tuple[int, ...]:
    """The channels of a model's denoiser, level by level."""
    return tuple(UNet2DConditionModel.load_config(model / "unet")["block_out_channels"])


def load_trained_networks(run: Run, model: Path) -> None:
    """Give a run a model's text encoder and denoiser, as present and as averaged weights."""
    encoder = CLIPTextModel.from_pretrained(model / "text_encoder")
    unet = UNet2DConditionModel.from_pretrained(model / "unet")
    run.model["text_encoder"].load_state_dict(encoder.state_dict())
    run.model["unet"].load_state_dict(unet.state_dict())
    run.start_average()

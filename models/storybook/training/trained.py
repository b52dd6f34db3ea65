"""Begins a training with a model that has been trained, instead of with nothing."""

import shutil
from pathlib import Path

from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextModel

from judge import JUDGE
from train_unet import Run


def copy_trained_parts(model: Path, work: Path, target: Path) -> None:
    """Put a model's autoencoder, vocabulary and judge where a training has its own, if none are.

    Args:
        model: a folder in diffusers format, with the judge in its folder `training`.
        work: of the training; receives `autoencoder` and `tokenizer`.
        target: receives the judge.
    """
    if not (work / "autoencoder").exists():
        AutoencoderKL.from_pretrained(model / "vae").save_pretrained(work / "autoencoder")
    if not (work / "tokenizer").exists():
        shutil.copytree(model / "tokenizer", work / "tokenizer")
    judge = target / "training" / JUDGE
    if not judge.exists():
        judge.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model / "training" / JUDGE, judge)


def unet_channels(model: Path) -> tuple[int, ...]:
    """The channels of a model's denoiser, level by level."""
    return tuple(UNet2DConditionModel.load_config(model / "unet")["block_out_channels"])


def load_trained_networks(run: Run, model: Path) -> None:
    """Give a run a model's text encoder and denoiser, as present and as averaged weights."""
    for name, network in trained_networks(model).items():
        run.model[name].load_state_dict(network.state_dict())
    run.start_average()


def return_towards(run: Run, model: Path, share: float) -> None:
    """Take a share of the averaged weights from the model that the run began with.

    What was learned is nearly all there in such a mean, and less is forgotten: Wortsman et al.,
    "Robust fine-tuning of zero-shot models" (2022).
    """
    for name, network in trained_networks(model).items():
        for key, weight in network.state_dict().items():
            if weight.is_floating_point():
                run.mean[f"{name}.{key}"].lerp_(weight, share)


def trained_networks(model: Path) -> dict[str, nn.Module]:
    """A model's text encoder and denoiser, by their names in a run."""
    return {
        "text_encoder": CLIPTextModel.from_pretrained(model / "text_encoder"),
        "unet": UNet2DConditionModel.from_pretrained(model / "unet"),
    }

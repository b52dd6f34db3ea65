"""Puts the trained parts together as a Stable Diffusion folder in half precision."""

import copy
import json
import logging
import math
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline

from batches import Batches
from networks import make_scheduler
from train_unet import Run
from train_vae import make_vae, to_model

log = logging.getLogger(__name__)
MEASURED_PICTURES = 128  # on which the latents' mean and spread are measured
POSTERIOR_SPREAD = 0.01  # standard deviation, where latents have about 1
VAE_SHARD = "3MB"  # so the encoder, which does not change any more, is a file that git keeps once


def load_vae(checkpoint: Path) -> AutoencoderKL:
    """The trained autoencoder from its training checkpoint."""
    state = torch.load(checkpoint, weights_only=True)["vae"]
    vae = make_vae(tuple(state_channels(state)))
    vae.load_state_dict(state)
    return vae.eval()


def state_channels(state: dict[str, torch.Tensor]) -> list[int]:
    """The channels of each level, read from the encoder's weights."""
    levels = sum(
        name.startswith("encoder.down_blocks.") and name.endswith("resnets.0.conv2.weight")
        for name in state
    )
    return [len(state[f"encoder.down_blocks.{k}.resnets.0.conv2.weight"]) for k in range(levels)]


def centre_autoencoder(checkpoint: Path, pictures: Path, folder: Path, seed: int) -> AutoencoderKL:
    """The trained autoencoder with centred latents, from `folder` if it has been saved there.

    Args:
        checkpoint: of the autoencoder's training.
        pictures: on some of which the latents are measured.
        folder: where the model is saved.
        seed: of the choice of pictures.
    """
    if not folder.exists():
        vae = load_vae(checkpoint)
        drawn, _ = Batches(pictures).whole(MEASURED_PICTURES, np.random.default_rng((seed, 4)))
        centre_latents(vae, to_model(drawn))
        vae.save_pretrained(folder)
    return AutoencoderKL.from_pretrained(folder).to(memory_format=torch.channels_last)


@torch.no_grad()
def centre_latents(vae: AutoencoderKL, pictures: torch.Tensor) -> float:
    """Give every latent channel mean 0 and equal spread, by way of the 1 x 1 convolutions.

    The pictures decode as before; the posterior becomes narrow and the same everywhere. Returns the
    scaling factor (1 / standard deviation) measured afterwards on `pictures` (n, 3, h, w), -1 to 1,
    and stores it in the config.
    """
    mode = vae.encode(pictures).latent_dist.mode()
    mean, spread = mode.mean((0, 2, 3)), mode.std((0, 2, 3))
    channels = len(mean)
    vae.post_quant_conv.bias += vae.post_quant_conv.weight[:, :, 0, 0] @ mean
    vae.post_quant_conv.weight *= spread[None, :, None, None]
    vae.quant_conv.bias[:channels] -= mean
    vae.quant_conv.bias[:channels] /= spread
    vae.quant_conv.weight[:channels] /= spread[:, None, None, None]
    # A channel that the autoencoder hardly uses has a wide posterior; stretched to the others'
    # spread, its noise would drown the pictures that image-to-image samples from it.
    vae.quant_conv.weight[channels:] = 0
    vae.quant_conv.bias[channels:] = 2 * math.log(POSTERIOR_SPREAD)
    factor = 1 / float(vae.encode(pictures).latent_dist.mode().std())
    vae.register_to_config(scaling_factor=factor)
    return factor


def export_model(vae: AutoencoderKL, run: Run, target: Path) -> None:
    """Write the folder `target` from a trained autoencoder and a run's averaged weights."""
    model = copy.deepcopy(run.model)
    model.load_state_dict({**model.state_dict(), **run.mean})
    pipeline = StableDiffusionPipeline(
        vae=copy.deepcopy(vae),
        text_encoder=model["text_encoder"],
        tokenizer=run.tokenizer,
        unet=model["unet"],
        scheduler=make_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.to(dtype=torch.float16)
    pipeline.save_pretrained(target, safe_serialization=True)
    save_in_shards(pipeline.vae, target / "vae")
    load_text_encoder_in_float32(target)
    forget_folder(target / "vae" / "config.json")
    size = sum(f.stat().st_size for f in target.rglob("*.safetensors")) / 1e6
    log.info("exported %s: %.1f MB of weights", target, size)


def save_in_shards(vae: AutoencoderKL, folder: Path) -> None:
    """Write the weights of the autoencoder in `folder` anew, as files of VAE_SHARD."""
    for file in folder.glob("*.safetensors*"):  # and the list of those that it was in
        file.unlink()
    vae.save_pretrained(folder, max_shard_size=VAE_SHARD)


def forget_folder(config: Path) -> None:
    """Take the folder that a part was loaded from out of its config."""
    content = json.loads(config.read_text(encoding="utf-8"))
    content.pop("_name_or_path", None)
    config.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def load_text_encoder_in_float32(target: Path) -> None:
    """Let the text encoder of the folder `target` load as the other parts do.

    Asked for nothing, diffusers loads its parts in float32 whatever the file holds, while
    transformers loads what the config names; half and whole precision do not mix.
    """
    path = target / "text_encoder" / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(
        json.dumps({**config, "dtype": "float32"}, indent=2, sort_keys=True) + "\n",
        encoding="utf-8",
    )

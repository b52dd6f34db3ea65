"""Trains the autoencoder: pictures of 128 x 128 to latents of 16 x 8 x 8 and back."""

import logging
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor

from muon import make_optimisers, set_rates
from parallel import Workers
from pictures import load_pictures, pick

log = logging.getLogger(__name__)

CHANNELS = (16, 16, 32, 96, 128)  # few where the picture is large: that is where the time goes
# One group: norms over few channels each forget a picture's hue, and colours come out wrong.
NORM_GROUPS = 1
LATENT_CHANNELS = 16
GRID = 32  # crops start on multiples of this, so that tiles and strokes lie as in a whole picture
EDGE_WEIGHT = 0.5
HUE_WEIGHT = 1.0  # lightness dominates pixels and edges; alone they learn hues very late
KL_WEIGHT = 1e-3  # of the mean divergence per latent number: smooth latents, hardly any noise
WARM_STEPS = 100
RATES = (0.02, 2e-3)  # step sizes of Muon and of Adam
DECAY_SHARE = 0.4  # the last part of training, in which the step size falls to zero


def make_vae(channels: tuple[int, ...] = CHANNELS) -> AutoencoderKL:
    """An untrained autoencoder; every level of channels but the last halves the picture."""
    levels = len(channels)
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=channels,
        layers_per_block=1,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=NORM_GROUPS,
        sample_size=128,
        scaling_factor=1.0,
    ).to(memory_format=torch.channels_last)


def to_model(pictures: np.ndarray) -> Tensor:
    """uint8 (n, h, w, 3) to float (n, 3, h, w) from -1 to 1, channels last in memory."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def slopes(x: Tensor) -> tuple[Tensor, Tensor]:
    """Differences between neighbours, across and down."""
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def picture_loss(made: Tensor, real: Tensor) -> Tensor:
    """Mean error of pixels, of edges and of local hue."""
    pixels = F.l1_loss(made, real)
    edges = sum(F.l1_loss(a, b) for a, b in zip(slopes(made), slopes(real), strict=True))
    hue = F.l1_loss(hues(F.avg_pool2d(made, 4)), hues(F.avg_pool2d(real, 4)))
    return pixels + EDGE_WEIGHT * edges + HUE_WEIGHT * hue


def hues(x: Tensor) -> Tensor:
    """Differences between the colour channels: red - green, green - blue, blue - red."""
    return x - x.roll(1, 1)


def random_crops(pictures: np.ndarray, crop: int, rng: np.random.Generator) -> np.ndarray:
    """One crop of each picture, on the grid: uint8 (n, crop, crop, 3)."""
    places = rng.integers(0, (pictures.shape[1] - crop) // GRID + 1, (len(pictures), 2)) * GRID
    return np.stack(
        [p[y : y + crop, x : x + crop] for p, (y, x) in zip(pictures, places, strict=True)]
    )


def step_size(step: int, steps: int) -> float:
    """Share of the full step size: a short rise, a plateau, a straight fall to zero."""
    return min(1.0, (step + 1) / WARM_STEPS, (steps - step) / (DECAY_SHARE * steps))


def train_vae(
    folder: Path,
    checkpoint: Path,
    steps: int,
    seed: int,
    batch: int = 16,
    crop: int = 64,
    channels: tuple[int, ...] = CHANNELS,
    threads: int = 2,
) -> AutoencoderKL:
    """Train on random crops of the pictures in `folder`; resumes from `checkpoint` if it exists."""
    torch.manual_seed(seed)
    vae = make_vae(channels)
    optimisers = make_optimisers(vae, *RATES)
    workers = Workers(threads)
    side = crop // 2 ** (len(channels) - 1)
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        first = state["step"]
        vae.load_state_dict(state["vae"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
    chunks, labels = load_pictures(folder)
    started, mean = time.time(), None
    for step in range(first, steps):
        rng = np.random.default_rng((seed, step))
        torch.manual_seed(seed * 1_000_003 + step)
        real = to_model(
            random_crops(pick(chunks, rng.integers(len(labels), size=batch)), crop, rng)
        )

        # Drawn here and not by the threads, whose order is anyone's guess.
        noise = torch.randn(batch, LATENT_CHANNELS, side, side)

        def loss_of(first: int, last: int, real: Tensor = real, noise: Tensor = noise) -> Tensor:
            part = real[first:last]
            posterior = vae.encode(part).latent_dist
            divergence = posterior.kl().mean() / posterior.mean[0].numel()
            code = posterior.mean + posterior.std * noise[first:last]
            made = vae.decode(code).sample
            return picture_loss(made, part) + KL_WEIGHT * divergence

        loss = workers.backward(loss_of, batch)
        set_rates(optimisers, *(rate * step_size(step, steps) for rate in RATES))
        workers.each([optimiser.step for optimiser in optimisers])
        vae.zero_grad(set_to_none=True)
        mean = loss if mean is None else 0.98 * mean + 0.02 * loss
        if step % 50 == 49:
            rate = (step + 1 - first) / (time.time() - started)
            log.info("vae step %d loss %.4f, %.2f steps/s", step + 1, mean, rate)
        if step % 100 == 99 or step + 1 == steps:
            save_checkpoint(checkpoint, step + 1, vae, optimisers)
    return vae


def save_checkpoint(
    path: Path, step: int, vae: AutoencoderKL, optimisers: list[torch.optim.Optimizer]
) -> None:
    """Write everything that resuming needs, whole or not at all."""
    partial = path.with_suffix(".partial")
    state = {
        "step": step,
        "vae": vae.state_dict(),
        "optimisers": [optimiser.state_dict() for optimiser in optimisers],
    }
    torch.save(state, partial)
    partial.replace(path)

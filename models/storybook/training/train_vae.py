"""Trains the autoencoder: pictures to latents of 16 channels, a sixteenth as wide and high, and back.

It learns on crops that grow while it learns: small ones show more different things per second,
whole pictures show it what norms and attention see when it is used.
"""

import logging
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor

from losses import picture_loss
from muon import make_optimisers, set_rates
from parallel import Workers
from pictures import Pictures, load_pictures
from resume import load_state, save_state

log = logging.getLogger(__name__)

CHANNELS = (16, 32, 64, 128, 128)  # few where the picture is large: that is where the time goes
# One group: norms over few channels each forget a picture's hue, and colours come out wrong.
NORM_GROUPS = 1
LATENT_CHANNELS = 16
GRID = 32  # crops start on multiples of this, so that tiles and strokes lie as in a whole picture
KL_WEIGHT = 1e-3  # of the mean divergence per latent number: smooth latents, hardly any noise
WRONG_WEIGHT = 0.2
WARM_STEPS = 100
RATES = (0.02, 2e-3)  # step sizes of Muon and of Adam
DECAY_SHARE = 0.5  # the last part of training, in which the step size falls to zero
# From which share of the steps on, the side of the crops in pixels. A batch keeps its area.
CROPS = ((0.0, 64), (0.45, 128), (0.9, 256))


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
        sample_size=256,
        scaling_factor=1.0,
        force_upcast=False,
    ).to(memory_format=torch.channels_last)


def to_model(pictures: np.ndarray) -> Tensor:
    """uint8 (n, h, w, 3) to float (n, 3, h, w) from -1 to 1, channels last in memory."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def half_precision() -> torch.autocast:
    """Convolutions in bfloat16, which is faster on processors that know it, and good enough.

    Nothing is cached, because the threads of `Workers` would share the cache and its gradients.
    """
    return torch.autocast("cpu", torch.bfloat16, cache_enabled=False)


def crop_side(step: int, steps: int, crops: tuple[tuple[float, int], ...] = CROPS) -> int:
    """The side of the crops at a step, in pixels."""
    return [side for share, side in crops if step >= share * steps][-1]


def step_size(step: int, steps: int, decay_share: float = DECAY_SHARE) -> float:
    """Share of the full step size: a short rise, a plateau, a straight fall to zero."""
    return min(1.0, (step + 1) / WARM_STEPS, (steps - step) / (decay_share * steps))


def train_vae(
    folder: Path,
    checkpoint: Path,
    steps: int,
    seed: int,
    batch: int = 8,
    channels: tuple[int, ...] = CHANNELS,
    threads: int = 2,
) -> AutoencoderKL:
    """Train on random crops of the pictures in `folder`; resumes from `checkpoint` if it exists.

    Args:
        folder: pictures as `draw_pictures` leaves them.
        checkpoint: where the state is kept, every 100 steps.
        steps: after how many steps training ends, those of earlier runs included.
        seed: of weights, crops and noise.
        batch: crops of 128 x 128 pixels per step, or as many larger or smaller ones of that area.
        channels: of each level.
        threads: that share a step.

    Returns:
        The autoencoder, its latents not yet centred.
    """
    torch.manual_seed(seed)
    vae = make_vae(channels)
    optimisers = make_optimisers(vae, *RATES)
    workers = Workers(threads)
    scale = 2 ** (len(channels) - 1)
    first = load_state(checkpoint, {"vae": vae}, optimisers)
    pictures = load_pictures(folder)
    started, mean = time.time(), None
    for step in range(first, steps):
        rng = np.random.default_rng((seed, step))
        torch.manual_seed(seed * 1_000_003 + step)
        side = crop_side(step, steps)
        count = max(threads, batch * 128**2 // side**2)
        real = to_model(pictures.random_crops(count, side, GRID, rng))
        # Drawn here and not by the threads, whose order is anyone's guess.
        noise = torch.randn(count, LATENT_CHANNELS, side // scale, side // scale)

        def loss_of(first: int, last: int, real: Tensor = real, noise: Tensor = noise) -> Tensor:
            part = real[first:last]
            with half_precision():
                posterior = vae.encode(part).latent_dist
                code = posterior.mean + posterior.std * noise[first:last]
                made = vae.decode(code).sample
            divergence = posterior.kl().mean() / posterior.mean[0].numel()
            return picture_loss(made.float(), part, WRONG_WEIGHT) + KL_WEIGHT * divergence

        loss = workers.backward(loss_of, count)
        set_rates(optimisers, *(rate * step_size(step, steps) for rate in RATES))
        workers.each([optimiser.step for optimiser in optimisers])
        vae.zero_grad(set_to_none=True)
        mean = loss if mean is None else 0.98 * mean + 0.02 * loss
        if step % 50 == 49:
            rate = (step + 1 - first) / (time.time() - started)
            log.info("vae step %d loss %.4f, %.2f steps/s", step + 1, mean, rate)
        if step % 100 == 99 or step + 1 == steps:
            save_state(checkpoint, step + 1, {"vae": vae}, optimisers)
    return vae

"""Trains the autoencoder: pictures to 16 latent channels of a sixteenth of the side, and back.

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

from batches import Batches
from losses import picture_loss
from muon import make_optimisers, set_rates
from parallel import Workers
from resume import load_state, save_state

log = logging.getLogger(__name__)

Crops = tuple[tuple[float, int, int], ...]

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
# From which share of the steps on, how many crops of which side in pixels.
CROPS = ((0.0, 16, 64), (0.4, 6, 128), (0.85, 2, 256))


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


def crop_size(step: int, steps: int, crops: Crops) -> tuple[int, int]:
    """How many crops a step sees, and their side in pixels."""
    return [(count, side) for share, count, side in crops if step >= share * steps][-1]


def step_size(step: int, steps: int, decay_share: float = DECAY_SHARE) -> float:
    """Share of the full step size: a short rise, a plateau, a straight fall to zero."""
    return min(1.0, (step + 1) / WARM_STEPS, (steps - step) / (decay_share * steps))


def train_vae(
    folder: Path,
    checkpoint: Path,
    steps: int,
    seed: int,
    channels: tuple[int, ...] = CHANNELS,
    crops: Crops = CROPS,
    threads: int = 2,
) -> AutoencoderKL:
    """Train on random crops of the pictures in `folder`; resumes from `checkpoint` if it exists.

    Args:
        folder: pictures as `draw_pictures` leaves them.
        checkpoint: where the state is kept, every 100 steps.
        steps: after how many steps training ends, those of earlier runs included.
        seed: of weights, crops and noise.
        channels: of each level.
        crops: (share of the steps from which on, number of crops in a step, their side in pixels).
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
    batches = Batches(folder)
    started, mean = time.time(), None
    for step in range(first, steps):
        rng = np.random.default_rng((seed, step))
        torch.manual_seed(seed * 1_000_003 + step)
        count, side = crop_size(step, steps, crops)
        real = to_model(batches.crops(count, side, GRID, rng))
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

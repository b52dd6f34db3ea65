"""Trains the decoder on alone: crisper pictures from the same latents.

The encoder stays as it is, so the denoiser may learn its latents before, after or meanwhile. A
little noise on the latents prepares the decoder for what the denoiser makes of them. A small
discriminator looks at patches of raw pixels: what it can tell from a drawing is blur that no mean
error shows.

When there is a denoiser, the decoder is finished on what it paints. Painted latents are softer than
drawn ones and have no right picture; but their detail can be as strong as a drawing's of the same
words, while averages of the picture stay where they were.
"""

import copy
import logging
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor, nn

from batches import Batches
from losses import detail_gains, picture_loss
from muon import make_optimisers, set_rates
from paintings import Paintings
from parallel import Workers
from resume import load_state, save_state
from train_vae import GRID, WRONG_WEIGHT, Crops, crop_size, half_precision, step_size, to_model

log = logging.getLogger(__name__)
NOISE = 0.05  # standard deviation, where latents have about 1
SQUARE_WEIGHT = 2.0  # of the mean squared error: right detail rather than any
HINGE_WEIGHT = 0.1  # of the discriminator; more of it invents contours
RAMP_STEPS = 200  # in which the discriminator learns while it hardly counts yet
RATES = (0.01, 1e-3)  # step sizes of Muon and of Adam
JUDGING_RATE = 1e-3  # Adam's step size for the discriminator
CROPS = ((0.0, 6, 128), (0.85, 2, 256))  # as in `train_vae`
# Of detail that is fainter or stronger than in the drawing of the same words, when finishing. In
# painted crops its square counts: the softest styles need it most.
DRAWN_WEIGHT, PAINTED_WEIGHT = 10.0, 12.0
KEPT_WEIGHT = 4.0  # of a painted picture's averages, which are to stay
KEPT_SIDE = 4  # pixels, the side of the squares that are averaged
PAINTED_SHARE = 0.5  # of the crops, when finishing


class Discriminator(nn.Sequential):
    """Scores overlapping patches of 20 x 20 pixels: above 0 drawn, below 0 made."""

    def __init__(self) -> None:
        slope = 0.2
        super().__init__(
            nn.Conv2d(3, 32, 3, padding=1), nn.LeakyReLU(slope),
            nn.Conv2d(32, 64, 4, stride=2, padding=1), nn.LeakyReLU(slope),
            nn.Conv2d(64, 96, 4, stride=2, padding=1), nn.LeakyReLU(slope),
            nn.Conv2d(96, 1, 3, padding=1),
        )  # fmt: skip


def crop_loss(made: Tensor, real: Tensor) -> Tensor:
    """How wrong crops are that were made from the latents of drawings."""
    return picture_loss(made, real, WRONG_WEIGHT) + SQUARE_WEIGHT * F.mse_loss(made, real)


def train_decoder(
    vae: AutoencoderKL,
    folder: Path,
    checkpoint: Path,
    steps: int,
    seed: int,
    crops: Crops = CROPS,
    threads: int = 2,
    paintings: Paintings | None = None,
) -> None:
    """Train `vae`'s decoder in place on crops of the pictures in `folder`.

    Args:
        vae: with centred latents; its encoder is not changed.
        folder: pictures as `draw_pictures` leaves them.
        checkpoint: where the state is kept, every 100 steps; training resumes from it.
        steps: after how many steps training ends, those of earlier runs included.
        seed: of crops, noise and the discriminator.
        crops: (share of the steps from which on, number of crops in a step, their side in pixels).
        threads: that share a step.
        paintings: what the denoiser paints; with it the decoder is finished.
    """
    torch.manual_seed(seed)
    before = copy.deepcopy(vae) if paintings else vae
    critic = Discriminator().to(memory_format=torch.channels_last)
    optimisers = make_optimisers(vae.decoder, *RATES)
    optimisers[-1].add_param_group({"params": list(vae.post_quant_conv.parameters())})
    judging = torch.optim.Adam(critic.parameters(), JUDGING_RATE, betas=(0.5, 0.99))
    parts = {"decoder": vae.decoder, "post_quant_conv": vae.post_quant_conv, "critic": critic}
    first = load_state(checkpoint, parts, [*optimisers, judging])
    workers = Workers(threads)
    batches = Batches(folder)
    started, mean = time.time(), None
    for step in range(first, steps):
        rng = np.random.default_rng((seed, 3, step))
        torch.manual_seed(seed * 1_000_003 + step)
        count, side = crop_size(step, steps, crops)
        painted = round(PAINTED_SHARE * count) if paintings else 0
        real = to_model(batches.crops(count - painted, side, GRID, rng))
        grid = vae.config.latent_channels, side // 2 ** (len(vae.config.block_out_channels) - 1)
        noise = NOISE / vae.config.scaling_factor * torch.randn(count, grid[0], grid[1], grid[1])
        with torch.no_grad(), half_precision():
            codes = vae.encode(real).latent_dist.mode() + noise[: count - painted]
        if paintings:
            drawn, latents = paintings.crops(painted, side, GRID, rng)
            real = torch.cat([real, to_model(drawn)])
            codes = torch.cat([codes.float(), torch.from_numpy(latents)])
        # The threads share painted and drawn crops evenly.
        order = torch.cat([torch.arange(0, count, 2), torch.arange(1, count, 2)])
        is_painted = (torch.arange(count) >= count - painted)[order]
        real, codes = real[order], codes[order]
        hinge = HINGE_WEIGHT * min(1.0, step / RAMP_STEPS)
        shown: dict[int, Tensor] = {}

        def loss_of(
            first: int, last: int, real: Tensor = real, codes: Tensor = codes,
            is_painted: Tensor = is_painted, hinge: float = hinge,
            shown: dict[int, Tensor] = shown,
        ) -> Tensor:  # fmt: skip
            part, code, free = real[first:last], codes[first:last], is_painted[first:last]
            with half_precision():
                made = vae.decode(code).sample.float()
                scores = critic(made)
            shown[first] = made.detach()
            loss = -hinge * scores.float().mean()
            if not free.all():
                loss = loss + (~free).float().mean() * crop_loss(made[~free], part[~free])
            if paintings:
                gains = detail_gains(made, part)
                drawn, painted = DRAWN_WEIGHT * gains.abs(), PAINTED_WEIGHT * gains.square()
                loss = loss + torch.where(free[:, None], painted, drawn).mean()
            if free.any():
                with torch.no_grad(), half_precision():
                    kept = before.decode(code[free]).sample.float()
                change = F.avg_pool2d(made[free] - kept, KEPT_SIDE).abs().mean()
                loss = loss + KEPT_WEIGHT * change * free.float().mean()
            return loss

        def judging_loss_of(
            first: int, last: int, real: Tensor = real, shown: dict[int, Tensor] = shown
        ) -> Tensor:
            with half_precision():
                drawn, made = critic(real[first:last]), critic(shown[first])
            return F.relu(1 - drawn.float()).mean() + F.relu(1 + made.float()).mean()

        loss = workers.backward(loss_of, count)
        judging.zero_grad(set_to_none=True)
        judged = workers.backward(judging_loss_of, count)
        size = step_size(step, steps)
        set_rates(optimisers, *(rate * size for rate in RATES))
        judging.param_groups[0]["lr"] = JUDGING_RATE * size
        workers.each([optimiser.step for optimiser in (*optimisers, judging)])
        vae.zero_grad(set_to_none=True)
        judging.zero_grad(set_to_none=True)
        mean = loss if mean is None else 0.98 * mean + 0.02 * loss
        if step % 50 == 49:
            rate = (step + 1 - first) / (time.time() - started)
            log.info(
                "decoder step %d loss %.4f, discriminator %.3f, %.2f steps/s",
                step + 1, mean, judged, rate,
            )  # fmt: skip
        if step % 100 == 99 or step + 1 == steps:
            save_state(checkpoint, step + 1, parts, [*optimisers, judging])

"""Trains the decoder on alone, on stored latents: sharper pictures, without touching the latents.

The denoiser has learnt the encoder's latents, so the encoder must stay as it is; the decoder may
still improve. A little noise on the latents prepares it for what the denoiser makes of them.
"""

import logging
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor

from muon import make_optimisers, set_rates
from parallel import Workers
from pictures import load_pictures, pick
from train_vae import picture_loss, step_size, to_model

log = logging.getLogger(__name__)
NOISE = 0.05  # standard deviation, where latents have about 1


def train_decoder(
    vae: AutoencoderKL,
    pictures: Path,
    latents: np.ndarray,
    checkpoint: Path,
    steps: int,
    seed: int,
    batch: int = 8,
    rates: tuple[float, float] = (0.01, 1e-3),
    threads: int = 2,
) -> None:
    """Train `vae`'s decoder in place on latents float16 (n, c, h, w) of the first n pictures.

    Resumes from `checkpoint` if it exists. `rates` are the step sizes of Muon and Adam.
    """
    optimisers = make_optimisers(vae.decoder, *rates)
    optimisers[-1].add_param_group({"params": list(vae.post_quant_conv.parameters())})
    workers = Workers(threads)
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        first = state["step"]
        vae.decoder.load_state_dict(state["decoder"])
        vae.post_quant_conv.load_state_dict(state["post_quant_conv"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
    chunks, _ = load_pictures(pictures)
    started, mean = time.time(), None
    for step in range(first, steps):
        rng = np.random.default_rng((seed, 3, step))
        torch.manual_seed(seed * 1_000_003 + step)
        index = rng.integers(len(latents), size=batch)
        real = to_model(pick(chunks, index))
        code = torch.from_numpy(latents[index]).float()
        code = (code + NOISE * torch.randn_like(code)) / vae.config.scaling_factor

        def loss_of(first: int, last: int, code: Tensor = code, real: Tensor = real) -> Tensor:
            return picture_loss(vae.decode(code[first:last]).sample, real[first:last])

        loss = workers.backward(loss_of, batch)
        set_rates(optimisers, *(rate * step_size(step, steps) for rate in rates))
        workers.each([optimiser.step for optimiser in optimisers])
        vae.zero_grad(set_to_none=True)
        mean = loss if mean is None else 0.98 * mean + 0.02 * loss
        if step % 50 == 49:
            rate = (step + 1 - first) / (time.time() - started)
            log.info("decoder step %d loss %.4f, %.2f steps/s", step + 1, mean, rate)
        if step % 100 == 99 or step + 1 == steps:
            state = {
                "step": step + 1,
                "decoder": vae.decoder.state_dict(),
                "post_quant_conv": vae.post_quant_conv.state_dict(),
                "optimisers": [optimiser.state_dict() for optimiser in optimisers],
            }
            torch.save(state, checkpoint.with_suffix(".partial"))
            checkpoint.with_suffix(".partial").replace(checkpoint)

"""Trains the denoiser and the text encoder together on the latents of the drawn pictures."""

import copy
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from transformers import CLIPTokenizer

from captions import write_caption
from latents import Latents
from muon import make_optimisers, set_rates
from networks import UNET_CHANNELS, LabelHeads, make_scheduler, make_text_encoder, make_unet
from parallel import Workers
from train_vae import DECAY_SHARE, half_precision, step_size

log = logging.getLogger(__name__)

SNR_CAP = 5.0  # min-SNR weighting: easy, nearly clean pictures count no more than this
LABEL_WEIGHT = 0.03
RATES = (0.02, 1e-3)  # step sizes of Muon and of Adam
MIN_WEIGHT = 0.6  # high noise counts too: there the caption decides what becomes of the picture
EMA_DECAY = 0.995
FULL_AREA = 16 * 16  # latent pixels of a square picture


def caption_tokens(
    labels: np.ndarray, tokenizer: CLIPTokenizer, rng: np.random.Generator
) -> Tensor:
    """Fresh captions for labels (n, 4), as token ids (n, tokens)."""
    captions = [write_caption(tuple(row), rng) for row in labels]
    return tokenizer(
        captions,
        padding="max_length",
        max_length=tokenizer.model_max_length,
        truncation=True,
        return_tensors="pt",
    ).input_ids


def label_loss(
    heads: LabelHeads, states: Tensor, tokens: Tensor, labels: Tensor, end: int
) -> Tensor:
    """Cross entropy of what the text encoder says about thing, colour, place and style."""
    scores = heads(states, tokens, end)
    return sum(F.cross_entropy(score, labels[:, k]) for k, score in enumerate(scores))


@dataclass
class Run:
    """All that is trained, and what resuming needs."""

    tokenizer: CLIPTokenizer
    model: nn.ModuleDict
    optimisers: list[torch.optim.Optimizer]
    mean: dict[str, Tensor] = field(default_factory=dict)  # the averaged weights
    step: int = 0

    def save(self, path: Path) -> None:
        """Write the state, whole or not at all."""
        partial = path.with_suffix(".partial")
        state = {
            "step": self.step,
            "model": self.model.state_dict(),
            "mean": self.mean,
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
        }
        torch.save(state, partial)
        partial.replace(path)

    def load(self, path: Path) -> None:
        """Go on from a saved state."""
        state = torch.load(path, weights_only=True)
        self.step, self.mean = state["step"], state["mean"]
        self.model.load_state_dict(state["model"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)

    def start_average(self) -> None:
        """Let the averaged weights be the present ones."""
        for name, weight in self.model.state_dict().items():
            if weight.is_floating_point():
                self.mean[name].copy_(weight)

    def average(self) -> None:
        """Move the averaged weights towards the present ones; faster at first."""
        decay = min(EMA_DECAY, (1 + self.step) / (10 + self.step))
        for name, weight in self.model.state_dict().items():
            if weight.is_floating_point():
                self.mean[name].lerp_(weight, 1 - decay)


def make_run(
    tokenizer: CLIPTokenizer,
    seed: int,
    unet_channels: tuple[int, ...] = UNET_CHANNELS,
) -> Run:
    """Untrained networks and their optimisers."""
    torch.manual_seed(seed)
    text_encoder = make_text_encoder(tokenizer)
    model = nn.ModuleDict(
        {
            "text_encoder": text_encoder,
            "heads": LabelHeads(text_encoder.config.hidden_size),
            "unet": make_unet(unet_channels),
        }
    )
    mean = copy.deepcopy({k: v for k, v in model.state_dict().items() if v.is_floating_point()})
    return Run(tokenizer, model, make_optimisers(model, *RATES, 0.01), mean)


def train_words(
    run: Run, labels: np.ndarray, steps: int, seed: int, heads_only: bool = False, batch: int = 64
) -> None:
    """Teach the text encoder alone what captions mean, before it meets a picture.

    Args:
        run: what is trained.
        labels: of pictures (n, 4), for which captions are written.
        steps: of training.
        seed: of captions.
        heads_only: leave an encoder that knows its words as it is, and learn to read it.
        batch: captions in a step.
    """
    encoder, heads = run.model["text_encoder"], run.model["heads"]
    weights = [*(() if heads_only else encoder.parameters()), *heads.parameters()]
    optimiser = torch.optim.AdamW(weights, 2e-3)
    for step in range(steps):
        rng = np.random.default_rng((seed, step))
        rows = labels[rng.integers(len(labels), size=batch)]
        tokens = caption_tokens(rows, run.tokenizer, rng)
        with torch.set_grad_enabled(not heads_only):
            states = encoder(tokens).last_hidden_state
        truth = torch.from_numpy(rows.astype(np.int64))
        loss = label_loss(heads, states, tokens, truth, run.tokenizer.eos_token_id)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.param_groups[0]["lr"] = 2e-3 * step_size(step, steps)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if step % 100 == 99:
            log.info("words step %d loss %.3f", step + 1, loss.item())
    run.start_average()


def train_unet(
    run: Run,
    latents: Latents,
    steps: int,
    seed: int,
    checkpoint: Path,
    batch: int = 128,
    threads: int = 2,
    decay_share: float = DECAY_SHARE,
) -> None:
    """Train the denoiser and the text encoder, up to step number `steps`.

    Args:
        run: what is trained; it goes on from its own step.
        latents: of all formats. A step sees one format, as often as there are pictures of it.
        steps: after how many steps training ends, those of earlier runs included.
        seed: of batches, captions and noise.
        checkpoint: where the state is kept, every 100 steps.
        batch: square latents per step, or as many larger ones of that area.
        threads: that share a step.
        decay_share: the last part of training, in which the step size falls to zero; more than 1
            for one that begins with a smaller step.
    """
    scheduler = make_scheduler()
    unet, encoder, heads = (run.model[k] for k in ("unet", "text_encoder", "heads"))
    end = run.tokenizer.eos_token_id
    # Fused attention is slow backwards in bfloat16; written out, a step takes a third less time.
    unet.set_attn_processor(AttnProcessor())
    encoder.set_attn_implementation("eager")
    workers = Workers(threads)
    first, started, mean = run.step, time.time(), None
    for step in range(first, steps):
        rng = np.random.default_rng((seed, 1, step))
        torch.manual_seed(seed * 1_000_003 + step)
        rows, labels = latents.sample(batch * FULL_AREA, rng)
        count = len(labels)
        clean = torch.from_numpy(rows).float().contiguous(memory_format=torch.channels_last)
        tokens = caption_tokens(labels, run.tokenizer, rng)
        truth = torch.from_numpy(labels.astype(np.int64))
        times = spread_times(count, len(scheduler.alphas_cumprod))
        noise = torch.randn_like(clean)
        noisy = scheduler.add_noise(clean, noise, times)
        target = scheduler.get_velocity(clean, noise, times)
        weight = time_weights(scheduler.alphas_cumprod[times])
        batch_of = (noisy, times, tokens, truth, target, weight)
        seen = []

        def loss_of(first: int, last: int, batch_of: tuple = batch_of, seen: list = seen) -> Tensor:
            noisy, times, tokens, truth, target, weight = (x[first:last] for x in batch_of)
            with half_precision():
                states = encoder(tokens).last_hidden_state
                made = unet(noisy, times, states).sample
            error = (weight * (made.float() - target).square().mean((1, 2, 3))).mean()
            seen.append(error.item() * (last - first))
            return error + LABEL_WEIGHT * label_loss(heads, states.float(), tokens, truth, end)

        workers.backward(loss_of, count)
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
        size = step_size(step, steps, decay_share)
        set_rates(run.optimisers, *(rate * size for rate in RATES))
        workers.each([optimiser.step for optimiser in run.optimisers])
        run.model.zero_grad(set_to_none=True)
        run.step = step + 1
        run.average()
        error = sum(seen) / count
        mean = error if mean is None else 0.98 * mean + 0.02 * error
        if step % 50 == 49:
            rate = (step + 1 - first) / (time.time() - started)
            log.info("unet step %d loss %.4f, %.2f steps/s", step + 1, mean, rate)
        if step % 100 == 99 or step + 1 == steps:
            run.save(checkpoint)


def spread_times(count: int, times: int) -> Tensor:
    """Time steps (count,) from 0 to `times` - 1: one in each of `count` equal spans, shuffled.

    They cover the noise levels more evenly than independent draws.
    """
    spans = (torch.arange(count) + torch.rand(count)) / count
    return (spans * times).long()[torch.randperm(count)]


def time_weights(alphas: Tensor) -> Tensor:
    """Weights (n,) of mean 1 from the noise schedule's cumulative alphas (n,)."""
    snr = alphas / (1 - alphas)
    weight = (snr.clamp(max=SNR_CAP) / (snr + 1)).clamp(min=MIN_WEIGHT)
    return weight / weight.mean()

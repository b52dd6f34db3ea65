"""The latents of freshly drawn pictures, which the denoiser learns from.

The pictures themselves are not kept: a latent takes a fiftieth of their room, so there can be
many more latents than pictures on disk.
"""

import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL

from formats import FORMAT_SHARES, FORMATS, Format
from pictures import draw_chunk
from train_vae import to_model

log = logging.getLogger(__name__)

CHUNK = 500  # pictures drawn and encoded by one task; also the grain of resuming
FIRST_CHUNK = 100_000  # beyond the numbers of the pictures on disk, so that these are new ones
BATCH = 20


def encode_drawings(autoencoder: Path, folder: Path, count: int, seed: int, workers: int) -> None:
    """Fill `folder` with latents and labels of new pictures; finished chunks are kept.

    Args:
        autoencoder: a saved model with centred latents.
        folder: receives one file per format and chunk.
        count: of pictures of all formats together, shared out by FORMAT_SHARES.
        seed: of the pictures.
        workers: processes side by side.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tasks = []
    for name, share in FORMAT_SHARES.items():
        wanted = round(count * share)
        for start in range(0, wanted, CHUNK):
            target = folder / f"{name}-{start // CHUNK:03d}.npz"
            if not target.exists():
                size = min(CHUNK, wanted - start)
                tasks.append((autoencoder, target, seed, start // CHUNK, size, FORMATS[name]))
    if workers == 1:
        for task in tasks:
            encode_chunk(*task)
        return
    # A fork would inherit torch's threads half way.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for done, part in enumerate([pool.submit(encode_chunk, *task) for task in tasks]):
            part.result()
            if done % 10 == 9:
                log.info("encoded %d of %d chunks", done + 1, len(tasks))


@torch.no_grad()
def encode_chunk(
    autoencoder: Path, target: Path, seed: int, chunk: int, count: int, format: Format
) -> None:
    """Draw and encode `count` pictures of one format and write them to `target`.

    The file holds latents float16 (count, channels, h, w), times the model's scaling factor, and
    labels int16 (count, 4).
    """
    torch.set_num_threads(1)
    vae = AutoencoderKL.from_pretrained(autoencoder).to(memory_format=torch.channels_last)
    pictures, labels = draw_chunk(seed, FIRST_CHUNK + chunk, count, format)
    modes = [
        vae.encode(to_model(pictures[k : k + BATCH])).latent_dist.mode()
        for k in range(0, count, BATCH)
    ]
    latents = (torch.cat(modes) * vae.config.scaling_factor).half().numpy()
    partial = target.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, latents=latents, labels=labels)
    partial.replace(target)


class Latents:
    """All latents in a folder, in memory."""

    def __init__(self, folder: Path) -> None:
        self.buckets = []
        for name in FORMATS:
            parts = [np.load(file) for file in sorted(folder.glob(f"{name}-*.npz"))]
            if not parts:
                continue
            self.buckets.append(
                tuple(
                    np.concatenate([part[key] for part in parts]) for key in ("latents", "labels")
                )
            )
        counts = np.array([len(labels) for _, labels in self.buckets])
        self.shares = counts / counts.sum()

    @property
    def labels(self) -> np.ndarray:
        """The labels (n, 4) of all pictures."""
        return np.concatenate([labels for _, labels in self.buckets])

    def sample(self, area: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Random latents float16 (n, c, h, w) of one format and their labels (n, 4).

        A format comes up as often as there are pictures of it; n times h times w is about `area`.
        """
        latents, labels = self.buckets[rng.choice(len(self.buckets), p=self.shares)]
        count = max(1, area // latents[0, 0].size)
        index = rng.integers(len(labels), size=count)
        return latents[index], labels[index]

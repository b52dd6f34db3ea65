"""What the denoiser paints from captions: latents as the decoder meets them in a film.

They are softer than those of drawings, and belong to no drawing; but there is one of the same
words, which tells how strong the detail of such a picture is.
"""

import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from batches import random_corner
from captions import write_full_caption
from formats import FORMATS
from painter import GUIDANCE, STEPS, load_pipeline
from pictures import Pictures, load_pictures, pick

log = logging.getLogger(__name__)

SHARE = 0.12  # of the drawings on disk whose words are painted
BATCH = 10


def paint_captions(model: Path, pictures: Path, folder: Path, seed: int, workers: int) -> None:
    """Fill `folder` with latents for the first drawings of every format; finished ones are kept.

    Args:
        model: a folder in diffusers format.
        pictures: as `draw_pictures` leaves them.
        folder: receives one file of float16 (n, channels, h, w) per format.
        seed: of captions and noise.
        workers: processes side by side.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in load_pictures(pictures) if not (folder / f"{name}.npy").exists()]
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        tasks = [pool.submit(paint_format, model, pictures, folder, name, seed) for name in missing]
        for name, task in zip(missing, tasks, strict=True):
            task.result()
            log.info("painted the captions of %s pictures", name)


def paint_format(model: Path, pictures: Path, folder: Path, name: str, seed: int) -> None:
    """Paint the words of the first drawings of one format."""
    torch.set_num_threads(1)
    pipeline = load_pipeline(model)
    labels = load_pictures(pictures)[name].labels
    labels = labels[: max(BATCH, round(SHARE * len(labels)))]
    rng = np.random.default_rng((seed, 5, *FORMATS[name]))
    painted = []
    for start in range(0, len(labels), BATCH):
        latents = pipeline(
            [write_full_caption(tuple(row), rng) for row in labels[start : start + BATCH]],
            width=FORMATS[name].width,
            height=FORMATS[name].height,
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            generator=torch.Generator().manual_seed(int(rng.integers(2**31))),
            output_type="latent",
        ).images
        painted.append((latents / pipeline.vae.config.scaling_factor).half().numpy())
    partial = folder / f"{name}.partial"
    with partial.open("wb") as file:
        np.save(file, np.concatenate(painted))
    partial.replace(folder / f"{name}.npy")


class Paintings:
    """All painted latents in a folder, by format, each with the drawing of the same words."""

    def __init__(self, pictures: Path, folder: Path) -> None:
        self.formats: dict[str, tuple[Pictures, np.ndarray]] = {
            name: (drawn, np.load(folder / f"{name}.npy"))
            for name, drawn in load_pictures(pictures).items()
        }
        counts = np.array([len(latents) for _, latents in self.formats.values()])
        self.shares = counts / counts.sum()

    def crops(
        self, count: int, side: int, grid: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Crops of random drawings at multiples of `grid`, and of the latents of the same place.

        Returns uint8 (count, side, side, 3) and float32 (count, channels, h, w).
        """
        crops, codes = [], []
        formats = list(self.formats.values())
        for _ in range(count):
            drawn, latents = formats[rng.choice(len(formats), p=self.shares)]
            number = int(rng.integers(len(latents)))
            picture = pick(drawn.chunks, [number])[0]
            y, x = random_corner(picture, side, grid, rng)
            crops.append(picture[y : y + side, x : x + side])
            scale = len(picture) // latents.shape[2]  # pixels of a latent's side
            top, left, reach = y // scale, x // scale, side // scale
            codes.append(latents[number][:, top : top + reach, left : left + reach])
        return np.stack(crops), np.stack(codes).astype(np.float32)

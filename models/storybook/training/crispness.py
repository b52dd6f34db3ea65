"""Measures how crisp pictures are: what the autoencoder loses, and what painting makes of it.

Detail is what the two finest Haar levels hold, that is, all below four pixels.
"""

from collections.abc import Callable

import numpy as np
import torch
from diffusers import AutoencoderKL

from losses import MEASURED_LEVELS, detail_energy, haar_bands
from pictures import draw_chunk
from train_vae import to_model
from world import COLOUR_NAMES, OBJECT_NAMES, PLACES, STYLES, Scene, draw_scene

FRESH_CHUNK = 900_000  # of pictures that nothing is trained on
LEAST_DETAIL = 1e-4  # energy per pixel and channel; large pixels have none
BATCH = 8
Detail = tuple[float, float]  # shares of the drawings' detail that are lost and wrong


@torch.no_grad()
def measure_autoencoder(
    vae: AutoencoderKL, seed: int, count: int
) -> tuple[float, Detail, dict[str, Detail]]:
    """Encode and decode fresh square drawings.

    Lost is 1 - the reconstructions' detail energy / the drawings', wrong is the energy of the
    difference / the drawings'. Styles without such detail (large pixels) are left out.

    Args:
        vae: the autoencoder, in float32.
        seed: of the drawings.
        count: of drawings.

    Returns:
        The mean PSNR in dB, the detail over all styles, and by style.
    """
    drawings, labels = draw_chunk(seed, FRESH_CHUNK, count)
    rows = []
    for start in range(0, count, BATCH):
        real = to_model(drawings[start : start + BATCH])
        made = vae.decode(vae.encode(real).latent_dist.mode()).sample.clamp(-1, 1)
        noise = 10 * torch.log10(4 / (made - real).square().mean((1, 2, 3)))
        energies = [
            detail_energy(haar_bands(x, MEASURED_LEVELS)) for x in (real, made, made - real)
        ]
        rows.append(torch.stack([noise, *energies], 1))
    table = torch.cat(rows).double().numpy()
    enough = LEAST_DETAIL * drawings[0].size
    by_style = {}
    kept = np.zeros(count, bool)
    for k, style in enumerate(STYLES):
        chosen = labels[:, 3] == k
        if chosen.any() and table[chosen, 1].mean() > enough:
            by_style[style] = compare_detail(table[chosen])
            kept |= chosen
    return float(table[:, 0].mean()), compare_detail(table[kept]), by_style


def compare_detail(table: np.ndarray) -> Detail:
    """Lost and wrong from rows of PSNR and the energies of drawing, made picture and difference."""
    real, made, wrong = table[:, 1:].sum(0)
    return float(1 - made / real), float(wrong / real)


def gradient_energy(pictures: np.ndarray) -> float:
    """Mean squared step between neighbouring pixels of uint8 pictures (n, h, w, 3)."""
    x = pictures.astype(np.float32)
    return float(np.square(np.diff(x, axis=1)).mean() + np.square(np.diff(x, axis=2)).mean())


def compare_sharpness(
    paint: Callable[[list[str], int], np.ndarray], labels: np.ndarray, captions: list[str]
) -> dict[str, float]:
    """Gradient energy of painted pictures / that of drawings of the same scenes, by style.

    Args:
        paint: makes uint8 pictures (n, h, w, 3) from captions and a first seed.
        labels: of the scenes, (n, 4).
        captions: that name the same things.
    """
    painted = paint(captions, 7000)
    drawn = np.stack([draw_scene(scene_of(row, k)) for k, row in enumerate(labels)])
    ratios = {}
    for k in np.unique(labels[:, 3]):
        same = labels[:, 3] == k
        ratios[STYLES[k]] = gradient_energy(painted[same]) / gradient_energy(drawn[same])
    return ratios


def scene_of(labels: np.ndarray, seed: int) -> Scene:
    """The scene that four labels describe."""
    words = (OBJECT_NAMES, COLOUR_NAMES, PLACES, STYLES)
    return Scene(*(names[label] for names, label in zip(words, labels, strict=True)), seed)


def farthest_from_one(ratios: dict[str, float]) -> str:
    """The name of the ratio that is most wrong, be it too small or too large."""
    return max(ratios, key=lambda name: abs(np.log(ratios[name])))

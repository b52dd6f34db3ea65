"""How far a picture made by the autoencoder is from the drawing: pixels, detail and hue.

Pictures are float (n, 3, h, w) from -1 to 1; h and w are multiples of 8.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

BAND_WEIGHTS = (1.0, 0.7, 0.4)  # of Haar bands, finest first; each level is twice as coarse
HUE_WEIGHT = 4.0  # lightness dominates the other terms; alone they learn hues very late
INK_WEIGHT = 4.0  # ink and edges count up to this much more than flat colour
FULL_INK = 0.5  # step between neighbours at which a pixel counts as ink in full
INK_REACH = 5  # pixels, side of the square in which an edge raises the weight
MEASURED_LEVELS = 2  # of Haar bands whose energy counts as detail: below four pixels
STEP_WEIGHTS = (1.0, 0.7, 0.4)  # of steps between neighbours, finest first, for their strength
LEAST_STRENGTH = 0.02  # of steps; in flat colour the strength of detail is no measure
FAINT_DETAIL = 0.003  # energy per pixel below which a picture's own detail is no measure


def picture_loss(made: Tensor, real: Tensor, wrong_weight: float) -> Tensor:
    """Mean error of inked pixels, of Haar bands and of local hue, and the share of wrong detail."""
    error = made - real
    pixels = (ink_weights(real) * error.abs()).mean()
    bands = haar_bands(error, len(BAND_WEIGHTS))
    detail = sum(
        weight * sum(part.abs().mean() for part in band) / 3
        for weight, band in zip(BAND_WEIGHTS, bands, strict=True)
    )
    hue = (hues(F.avg_pool2d(error, 4))).abs().mean()
    loss = pixels + detail + HUE_WEIGHT * hue
    if wrong_weight:
        loss = loss + wrong_weight * wrong_share(bands, real)
    return loss


@torch.no_grad()
def ink_weights(real: Tensor) -> Tensor:
    """1 in flat colour, up to 1 + INK_WEIGHT at ink and edges: (n, 1, h, w)."""
    across = F.pad((real[..., 1:] - real[..., :-1]).abs().amax(1, keepdim=True), (0, 1))
    down = F.pad((real[..., 1:, :] - real[..., :-1, :]).abs().amax(1, keepdim=True), (0, 0, 0, 1))
    near = F.max_pool2d(torch.maximum(across, down), INK_REACH, 1, INK_REACH // 2)
    return 1 + INK_WEIGHT * (near / FULL_INK).clamp(max=1)


def haar_bands(x: Tensor, levels: int) -> list[tuple[Tensor, Tensor, Tensor]]:
    """The orthonormal Haar bands (across, down, diagonal) of every level, finest first."""
    bands = []
    for _ in range(levels):
        top, bottom = x[..., 0::2, :], x[..., 1::2, :]
        total, change = (top + bottom) / 2, (top - bottom) / 2
        x = total[..., 0::2] + total[..., 1::2]
        bands.append(
            (
                total[..., 0::2] - total[..., 1::2],
                change[..., 0::2] + change[..., 1::2],
                change[..., 0::2] - change[..., 1::2],
            )
        )
    return bands


def detail_energy(bands: list[tuple[Tensor, Tensor, Tensor]]) -> Tensor:
    """Energy of the finest levels per picture, summed over pixels: (n,)."""
    return sum(part.square().sum((1, 2, 3)) for band in bands[:MEASURED_LEVELS] for part in band)


def wrong_share(error_bands: list[tuple[Tensor, Tensor, Tensor]], real: Tensor) -> Tensor:
    """Mean over pictures of the error's detail energy divided by the drawing's."""
    with torch.no_grad():
        energy = detail_energy(haar_bands(real, MEASURED_LEVELS))
        energy = energy + FAINT_DETAIL * real[0].numel()
    return (detail_energy(error_bands) / energy).mean()


def detail_gains(made: Tensor, real: Tensor) -> Tensor:
    """How much stronger each picture's detail is than the other's, wherever it lies.

    The strength is the spread of the steps between neighbours, across and down, at three scales.
    Where detail is uncertain, every mean error asks for less of it; this asks for as much as there
    was.

    Returns:
        Logarithms, times the weight of their scale, (n, scales x 2 x 3); 0 where both are equal.
    """
    gains = []
    for weight in STEP_WEIGHTS:
        for axis in (2, 3):
            gain = (strength(made.diff(dim=axis)) / strength(real.diff(dim=axis))).log()
            gains.append(weight * gain)
        made, real = F.avg_pool2d(made, 2), F.avg_pool2d(real, 2)
    return torch.cat(gains, 1)


def strength(steps: Tensor) -> Tensor:
    """The spread of the steps of every picture and channel: (n, 3)."""
    return (steps.square().mean((2, 3)) + LEAST_STRENGTH**2).sqrt()


def hues(x: Tensor) -> Tensor:
    """Differences between the colour channels: red - green, green - blue, blue - red."""
    return x - x.roll(1, 1)

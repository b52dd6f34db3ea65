"""Balances a decoder, so that no style's detail is much stronger than in its drawings.

Training leaves some styles with too much detail, and less of it for all would blur the others. The
decoder's last layer is a convolution: energies of its pictures are quadratic forms of its weights.
So they are summed up once, over many pictures, and the weights are found from the sums.
"""

import copy
import logging
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor, nn

from losses import MEASURED_LEVELS, haar_bands
from paintings import Paintings
from pictures import pick
from train_vae import to_model
from world import STYLES

log = logging.getLogger(__name__)
STRONGEST = 1.06  # a style's detail / that of its drawings, before white and black cut some off
BALANCE_WEIGHT = 100.0  # of squared logarithms, where the mean squared change of a pixel has 1
ITERATIONS = 1000


@dataclass
class Sums:
    """What pictures tell of the last layer's inputs: their products, summed up over all pixels.

    Attributes:
        detail: of encoded and decoded drawings, by style: (styles, inputs, inputs).
        drawn: energy of the drawings' own detail, by style: (styles,).
        steps: between neighbouring pixels of painted pictures, by style: (styles, inputs, inputs).
        pixels: of all pictures: (inputs, inputs).
        count: of pixels.
    """

    detail: Tensor
    drawn: Tensor
    steps: Tensor
    pixels: Tensor
    count: int = 0


def balance_decoder(vae: AutoencoderKL, paintings: Paintings) -> None:
    """Change the last layer of `vae`'s decoder in place, and its pictures as little as possible.

    No style's detail is to be more than STRONGEST times as strong as in its drawings, and no
    style's painted pictures are to become softer than they are.

    Args:
        vae: with a decoder that has learned.
        paintings: drawings, and the latents that the denoiser painted of their words.
    """
    layer = vae.decoder.conv_out
    before = torch.cat([layer.weight.flatten(1), layer.bias[:, None]], 1).detach().double()
    sums = sum_up(vae, paintings)
    after = find_weights(before, sums)
    names = [name for name, has in zip(STYLES, has_detail(sums), strict=True) if has]
    for name, *both in zip(names, strengths(before, sums), strengths(after, sums), strict=True):
        log.info("%s: detail %.3f times the drawings', then %.3f", name, *both)
    with torch.no_grad():
        layer.weight.copy_(after[:, :-1].reshape(layer.weight.shape))
        layer.bias.copy_(after[:, -1])


@torch.no_grad()
def sum_up(vae: AutoencoderKL, paintings: Paintings) -> Sums:
    """Decode square drawings' latents and those painted of their words, up to the last layer."""
    inputs = vae.decoder.conv_out.weight[0].numel() + 1
    many, one = (len(STYLES), inputs, inputs), (inputs, inputs)
    sums = Sums(*(torch.zeros(size, dtype=torch.float64) for size in (many, many[:1], many, one)))
    vae = copy.deepcopy(vae)
    vae.decoder.conv_out = nn.Identity()
    drawings, latents = paintings.formats["square"]  # in which detail is measured
    for number, painting in enumerate(latents):
        style = drawings.labels[number, 3]
        drawing = to_model(pick(drawings.chunks, [number]))
        drawn = unfolded(vae.decode(vae.encode(drawing).latent_dist.mode()).sample)
        painted = unfolded(vae.decode(torch.from_numpy(painting[None]).float()).sample)
        sums.detail[style] += products(detail(drawn))
        sums.drawn[style] += detail(drawing).square().sum()
        sums.steps[style] += products(painted.diff(dim=3)) + products(painted.diff(dim=2))
        sums.pixels += products(drawn) + products(painted)
        sums.count += 2 * drawing[0, 0].numel()
    return sums


def unfolded(features: Tensor) -> Tensor:
    """What a 3 × 3 convolution with a bias multiplies: (1, c, h, w) to (1, 9 c + 1, h, w)."""
    inputs = F.unfold(features, 3, padding=1)
    inputs = torch.cat([inputs, torch.ones_like(inputs[:, :1])], 1)
    return inputs.unflatten(2, features.shape[2:])


def detail(pictures: Tensor) -> Tensor:
    """The finest Haar bands of one picture (1, k, h, w), side by side: (1, k, n)."""
    bands = haar_bands(pictures, MEASURED_LEVELS)
    return torch.cat([part.flatten(2) for band in bands for part in band], 2)


def products(inputs: Tensor) -> Tensor:
    """All inputs (1, k, ...) times one another, summed up: (k, k) in double precision."""
    rows = inputs[0].flatten(1)
    return (rows @ rows.T).double()


def energies(weights: Tensor, sums: Tensor) -> Tensor:
    """Energy of what weights (channels, k) make of inputs with these sums (..., k, k): (...)."""
    return torch.einsum("ci,...ij,cj->...", weights, sums, weights)


def strengths(weights: Tensor, sums: Sums) -> Tensor:
    """Energy of detail / that of the drawings, for the styles that are drawn with detail."""
    styles = has_detail(sums)
    return energies(weights, sums.detail[styles]) / sums.drawn[styles]


def has_detail(sums: Sums) -> Tensor:
    """Which styles are drawn with detail; large pixels have none: (styles,)."""
    return sums.drawn > 0


def find_weights(before: Tensor, sums: Sums) -> Tensor:
    """The weights (channels, inputs) that balance the styles and change the pictures least."""
    steps = sums.steps[energies(before, sums.steps) > 0]  # of the styles that were painted
    sharpness = energies(before, steps)
    weights = before.clone().requires_grad_()
    optimiser = torch.optim.LBFGS([weights], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        strong = (strengths(weights, sums) / STRONGEST).log()
        soft = (sharpness / energies(weights, steps)).log()
        change = energies(weights - before, sums.pixels) / sums.count
        balance = F.relu(strong).square().sum() + F.relu(soft).square().sum()
        total = BALANCE_WEIGHT * balance + change
        total.backward()
        return total

    optimiser.step(loss)
    return weights.detach()

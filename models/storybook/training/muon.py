"""Muon: momentum steps made orthogonal, for the matrices and convolutions of a network.

The method is Keller Jordan's (https://kellerjordan.github.io/posts/muon/): the momentum of every
weight matrix is replaced by the nearest matrix with equal singular values, found by a few
Newton-Schulz iterations. On two CPU cores it learns noticeably more per picture than Adam, which
still looks after biases, norms and embeddings here.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

ITERATIONS = 5
QUINTIC = (3.4445, -4.7750, 2.0315)  # steepest at zero; singular values end within 0.7 to 1.2


def orthogonalise(matrix: Tensor) -> Tensor:
    """A matrix (rows, columns) with the same singular vectors and all singular values near 1.

    Every iteration multiplies from the left by a polynomial of the Gram matrix, so it suffices to
    iterate on that small matrix and to multiply once at the end: for convolutions, which are nine
    times wider than tall, a third of the work.
    """
    a, b, c = QUINTIC
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    gram = x @ x.T
    unit = torch.eye(len(gram), dtype=x.dtype)
    total = unit
    for _ in range(ITERATIONS):
        factor = torch.addmm(b * gram, gram, gram, beta=1, alpha=c).add_(unit, alpha=a)
        total = factor @ total
        gram = factor @ gram @ factor
    x = total @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """Muon for weights of two or more dimensions; `lr` is the size of a step, about 0.02."""

    def __init__(
        self,
        weights: Iterable[Tensor],
        lr: float = 0.02,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(weights, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        """Take one step; convolutions are treated as matrices (outputs, inputs x taps)."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["momentum"] = torch.zeros_like(weight)
                state["momentum"].lerp_(weight.grad, 1 - group["momentum"])
                ahead = weight.grad.lerp(state["momentum"], group["momentum"])
                matrix = ahead.reshape(len(ahead), -1)
                size = max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5
                step = orthogonalise(matrix).reshape(weight.shape)
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(step, alpha=-group["lr"] * size)


def make_optimisers(
    model: nn.Module, muon_lr: float, adam_lr: float, weight_decay: float = 0.0
) -> list[torch.optim.Optimizer]:
    """Two Muons for the hidden matrices and convolutions, Adam for everything else.

    Embeddings and the first and last convolutions, whose rows or columns are not features, count
    as everything else.
    """
    hidden, other = [], []
    for name, weight in model.named_parameters():
        outer = any(part in name for part in ("conv_in", "conv_out", "embedding.weight", "head"))
        (other if weight.ndim < 2 or outer else hidden).append(weight)
    return [
        *(Muon(part, muon_lr, weight_decay=weight_decay) for part in halve(hidden)),
        torch.optim.AdamW(other, adam_lr, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def halve(weights: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """Two lists of about equal work, so that two threads can take their steps."""
    halves: tuple[list[Tensor], list[Tensor]] = ([], [])
    for weight in sorted(weights, key=Tensor.numel, reverse=True):
        min(halves, key=lambda half: sum(w.numel() for w in half)).append(weight)
    return halves


def set_rates(optimisers: list[torch.optim.Optimizer], muon_lr: float, adam_lr: float) -> None:
    """Set the step sizes of the optimisers that `make_optimisers` returns."""
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = muon_lr if isinstance(optimiser, Muon) else adam_lr

"""Checkpoints: what a stage of training needs to go on where it was interrupted."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn


def save_state(
    path: Path,
    step: int,
    parts: Mapping[str, nn.Module],
    optimisers: list[torch.optim.Optimizer],
) -> None:
    """Write the weights of `parts` and the optimisers' state, whole or not at all."""
    partial = path.with_suffix(".partial")
    state = {name: part.state_dict() for name, part in parts.items()}
    state["step"] = step
    state["optimisers"] = [optimiser.state_dict() for optimiser in optimisers]
    torch.save(state, partial)
    partial.replace(path)


def load_state(
    path: Path, parts: Mapping[str, nn.Module], optimisers: list[torch.optim.Optimizer]
) -> int:
    """Load what `save_state` wrote; returns the number of steps done, 0 without a file."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
        optimiser.load_state_dict(saved)
    return state["step"]

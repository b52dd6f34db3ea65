"""Graphics cards: of several in a machine, every job takes one for itself.

It is told without importing torch, which must see its card alone from the first moment on.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from songreel.storage.locks import release_lock, try_lock

VISIBLE = "CUDA_VISIBLE_DEVICES"

PATIENCE = 1.0
"""Seconds between two looks for a card that has become free."""


def visible_cards() -> list[str]:
    """The NVIDIA cards that this process may use, named as in CUDA_VISIBLE_DEVICES."""
    allowed = os.environ.get(VISIBLE)
    if allowed is not None:
        return [card for card in map(str.strip, allowed.split(",")) if card]
    return [str(number) for number in range(len(graphics_cards()))]


@contextmanager
def own_card(device: str, claims: Path, say: Callable[[str], None]) -> Iterator[str]:
    """Let torch see one card only, which no other job on this machine has taken.

    Args:
        device: ``model.device`` of the configuration.
        claims: a folder that the jobs share.
        say: takes a line of progress.

    Yields:
        the device to ask torch for. The card is taken until the block ends, or the process.

    Cards of different models paint different pixels: among those there is no choice, the first
    one is used. The jobs of a cluster's allocation share its cards among themselves.
    """
    kind, _, number = device.partition(":")
    cards = visible_cards()
    if number:
        os.environ[VISIBLE] = cards[int(number)] if int(number) < len(cards) else number
        yield kind
        return
    if kind not in ("auto", "cuda") or len(cards) < 2 or len(set(graphics_cards())) > 1:
        yield kind
        return
    scope = f"{socket.gethostname()}-{os.environ.get('SLURM_JOB_ID', 'local')}"
    files = {card: claims / f"{scope}-card-{card}" for card in cards}
    card, held = _take_one(files, say)
    os.environ[VISIBLE] = card
    try:
        yield kind
    finally:
        os.environ[VISIBLE] = ",".join(cards)
        release_lock(files[card], held)


def _take_one(files: dict[str, Path], say: Callable[[str], None]) -> tuple[str, int]:
    told = False
    while True:
        for card, file in files.items():
            held = try_lock(file)
            if held is not None:
                return card, held
        if not told:
            say(f"All {len(files)} graphics cards are taken by other jobs; waiting for one")
            told = True
        time.sleep(PATIENCE)


def graphics_cards() -> list[str]:
    """The models of the machine's NVIDIA cards, one entry per card."""
    described = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    return [_model(card.read_text()) for card in described]


def _model(information: str) -> str:
    lines = (line.partition(":") for line in information.splitlines())
    return next((value.strip() for key, _, value in lines if key == "Model"), "unknown")

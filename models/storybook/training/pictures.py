"""Draws the training pictures once and keeps them on disk, so that training draws nothing."""

import logging
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np

from formats import FORMAT_SHARES, FORMATS, Format
from world import draw_scene, sample_scene

log = logging.getLogger(__name__)
CHUNK = 500  # pictures drawn by one task; also the grain of resuming


class Pictures(NamedTuple):
    """The drawn pictures of one format.

    `chunks` are memory-mapped uint8 arrays of shape (n, height, width, 3), all but the last with
    the same n; `labels` is int16 (count, 4).
    """

    chunks: list[np.ndarray]
    labels: np.ndarray


def draw_chunk(
    seed: int, chunk: int, count: int, format: Format = FORMATS["square"]
) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 (count, height, width, 3) and labels int16 (count, 4) of one chunk."""
    rng = np.random.default_rng((seed, chunk, *format))
    scenes = [sample_scene(rng) for _ in range(count)]
    labels = np.array([scene.labels() for scene in scenes], np.int16)
    return np.stack([draw_scene(scene, format) for scene in scenes]), labels


def draw_pictures(folder: Path, count: int, seed: int, workers: int = 2) -> None:
    """Fill `folder` with chunks until there are `count` pictures in all formats together.

    Finished chunks are kept.

    Args:
        folder: Gets `square-pictures-000.npy`, `square-labels-000.npy` and so on.
        count: Pictures of all formats together, shared out by FORMAT_SHARES.
        seed: Decides everything that is drawn.
        workers: Processes that draw side by side.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = []
    for name, share in FORMAT_SHARES.items():
        wanted = round(count * share)
        for k, start in enumerate(range(0, wanted, CHUNK)):
            if not (folder / f"{name}-labels-{k:03d}.npy").exists():
                missing.append((name, k, min(CHUNK, wanted - start)))
    if not missing:
        return
    fresh = get_context("spawn")  # a fork would inherit torch's threads half way
    with ProcessPoolExecutor(workers, fresh) as pool:
        tasks = [pool.submit(draw_file, folder, seed, *part) for part in missing]
        for done, task in enumerate(tasks, 1):
            task.result()
            log.info("drew chunk %d of %d", done, len(tasks))


def draw_file(folder: Path, seed: int, name: str, chunk: int, count: int) -> None:
    """Draw one chunk of the format called `name` into `folder`."""
    pictures, labels = draw_chunk(seed, chunk, count, FORMATS[name])
    np.save(folder / f"{name}-pictures-{chunk:03d}.npy", pictures)
    np.save(folder / f"{name}-labels-{chunk:03d}.npy", labels)  # last: it marks the chunk as whole


def load_pictures(folder: Path) -> dict[str, Pictures]:
    """The pictures in `folder` by the name of their format."""
    found = {}
    for name in FORMATS:
        marks = sorted(folder.glob(f"{name}-labels-*.npy"))
        if marks:
            files = [str(m).replace("-labels-", "-pictures-") for m in marks]
            chunks = [np.load(file, mmap_mode="r") for file in files]
            found[name] = Pictures(chunks, np.concatenate([np.load(m) for m in marks]))
    return found


def pick(chunks: list[np.ndarray], index: Sequence[int]) -> np.ndarray:
    """Pictures of one format by their number: uint8 (len(index), height, width, 3)."""
    size = len(chunks[0])
    return np.stack([chunks[i // size][i % size] for i in index])

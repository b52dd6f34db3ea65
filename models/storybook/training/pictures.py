"""Draws the training pictures once and keeps them on disk, so that training draws nothing."""

import logging
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from world import draw_scene, sample_scene

log = logging.getLogger(__name__)
CHUNK = 1000  # pictures drawn by one task; also the grain of resuming


def draw_chunk(seed: int, chunk: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 (count, SIZE, SIZE, 3) and labels int16 (count, 4) of one chunk."""
    rng = np.random.default_rng((seed, chunk))
    scenes = [sample_scene(rng) for _ in range(count)]
    labels = np.array([scene.labels() for scene in scenes], np.int16)
    return np.stack([draw_scene(scene) for scene in scenes]), labels


def draw_pictures(folder: Path, count: int, seed: int, workers: int = 2) -> None:
    """Fill `folder` with chunks of pictures until there are `count`; finished chunks are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, count, CHUNK)
    missing = [k for k in range(len(starts)) if not (folder / f"labels-{k:03d}.npy").exists()]
    fresh = get_context("spawn")  # a fork would inherit torch's threads half way
    if not missing:
        return
    with ProcessPoolExecutor(workers, fresh) as pool:
        tasks = {
            k: pool.submit(draw_chunk, seed, k, min(CHUNK, count - k * CHUNK)) for k in missing
        }
        for k, task in tasks.items():
            pictures, labels = task.result()
            np.save(folder / f"pictures-{k:03d}.npy", pictures)
            np.save(folder / f"labels-{k:03d}.npy", labels)  # last: it marks the chunk as whole
            log.info("drew chunk %d of %d", k + 1, len(starts))


def load_pictures(folder: Path) -> tuple[list[np.ndarray], np.ndarray]:
    """The pictures as memory-mapped chunks, and all labels int16 (count, 4)."""
    marks = sorted(folder.glob("labels-*.npy"))
    chunks = [np.load(str(m).replace("labels-", "pictures-"), mmap_mode="r") for m in marks]
    return chunks, np.concatenate([np.load(m) for m in marks])


def pick(chunks: list[np.ndarray], index: Sequence[int]) -> np.ndarray:
    """Pictures by their number: uint8 (len(index), SIZE, SIZE, 3)."""
    size = len(chunks[0])
    return np.stack([chunks[i // size][i % size] for i in index])

"""Milliseconds per frame of every interpolation method: ``python benchmarks/interpolation.py``."""

import os
import platform
import sys
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from songreel.film.interpolation import METHODS, interpolate_frames
from songreel.media.camera import zoom
from songreel.media.similarity import Similarity

FRAMES = 20  # between two keyframes: a second of film
ZOOM = 1.03  # over those frames


def keyframes(size: int) -> list[np.ndarray]:
    """Two noisy pictures, the second one magnified, bent and repainted."""
    rng = np.random.default_rng(0)

    def noise(cells: int, depth: int, strength: float) -> np.ndarray:
        field = rng.normal(0, strength, (cells, cells, depth)).astype(np.float32)
        return cv2.resize(field, (size, size), interpolation=cv2.INTER_CUBIC)

    first = np.clip(128 + noise(16, 3, 60), 0, 255).astype(np.uint8)
    columns, rows = np.meshgrid(np.arange(size), np.arange(size))
    places = np.dstack([columns, rows]).astype(np.float32) + noise(6, 2, size / 100)
    bent = cv2.remap(zoom(first, ZOOM), places, None, cv2.INTER_CUBIC)
    return [first, np.clip(bent + noise(size // 4, 3, 10), 0, 255).astype(np.uint8)]


def main() -> None:
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    for size in (256, 512):
        pair = keyframes(size)
        path = [Similarity(ZOOM ** (index / FRAMES)) for index in range(FRAMES + 1)]
        for method in METHODS:
            start = time.perf_counter()
            count = sum(1 for _ in interpolate_frames(pair, [0, FRAMES], method, [path]))
            spent = (time.perf_counter() - start) / count
            print(f"{size:4} × {size}  {method:12} {spent * 1000:7.1f} ms per frame")


if __name__ == "__main__":
    main()

"""Batches of drawn pictures for training: whole ones of one shape, or crops of all shapes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pictures import load_pictures

FULL_AREA = 256 * 256  # pixels of a square picture


@dataclass(frozen=True)
class Bucket:
    """The pictures of one shape: memory-mapped chunks uint8 (n, h, w, 3), labels int16 (n, 4)."""

    chunks: list[np.ndarray]
    labels: np.ndarray

    def pick(self, index: np.ndarray) -> np.ndarray:
        """Pictures by their number: uint8 (len(index), h, w, 3)."""
        size = len(self.chunks[0])
        return np.stack([self.chunks[i // size][i % size] for i in index])

    def crop(self, number: int, side: int, grid: int, rng: np.random.Generator) -> np.ndarray:
        """A crop of a picture at a random multiple of `grid`: uint8 (side, side, 3)."""
        picture = self.chunks[number // len(self.chunks[0])][number % len(self.chunks[0])]
        y, x = (int(rng.integers((room - side) // grid + 1)) * grid for room in picture.shape[:2])
        return picture[y : y + side, x : x + side]


class Batches:
    """Draws batches from all pictures in a folder, each picture as often as any other."""

    def __init__(self, folder: Path) -> None:
        self.buckets = [Bucket(*bucket) for bucket in load_pictures(folder).values()]
        counts = np.array([len(bucket.labels) for bucket in self.buckets])
        self.shares = counts / counts.sum()

    def choose(self, rng: np.random.Generator) -> Bucket:
        """A shape, as often as there are pictures of it."""
        return self.buckets[rng.choice(len(self.buckets), p=self.shares)]

    def crops(self, count: int, side: int, grid: int, rng: np.random.Generator) -> np.ndarray:
        """Crops of random pictures at multiples of `grid`: uint8 (count, side, side, 3)."""
        parts = []
        for _ in range(count):
            bucket = self.choose(rng)
            parts.append(bucket.crop(int(rng.integers(len(bucket.labels))), side, grid, rng))
        return np.stack(parts)

    def whole(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Pictures of one random shape and their labels (n, 4).

        `count` is that of square pictures; of larger ones there are fewer.
        """
        bucket = self.choose(rng)
        area = bucket.chunks[0][0].size // 3
        index = rng.integers(len(bucket.labels), size=max(1, count * FULL_AREA // area))
        return bucket.pick(index), bucket.labels[index]

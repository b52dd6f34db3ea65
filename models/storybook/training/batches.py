"""Batches of drawn pictures for training: whole ones of one format, or crops of all formats."""

from pathlib import Path

import numpy as np

from formats import FORMATS
from pictures import Pictures, load_pictures, pick


class Batches:
    """Draws batches from all pictures in a folder, each picture as often as any other."""

    def __init__(self, folder: Path) -> None:
        self.formats = list(load_pictures(folder).values())
        counts = np.array([len(pictures.labels) for pictures in self.formats])
        self.shares = counts / counts.sum()

    def choose(self, rng: np.random.Generator) -> Pictures:
        """The pictures of a format, as often as there are pictures of it."""
        return self.formats[rng.choice(len(self.formats), p=self.shares)]

    def crops(self, count: int, side: int, grid: int, rng: np.random.Generator) -> np.ndarray:
        """Crops of random pictures at multiples of `grid`: uint8 (count, side, side, 3)."""
        parts = []
        for _ in range(count):
            chunks, labels = self.choose(rng)
            number = int(rng.integers(len(labels)))
            picture = chunks[number // len(chunks[0])][number % len(chunks[0])]
            y, x = random_corner(picture, side, grid, rng)
            parts.append(picture[y : y + side, x : x + side])
        return np.stack(parts)

    def whole(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Pictures of one random format, uint8 (n, h, w, 3), and their labels (n, 4).

        `count` is that of square pictures; of larger ones there are fewer.
        """
        chunks, labels = self.choose(rng)
        height, width, _ = chunks[0].shape[1:]
        square = FORMATS["square"]
        n = max(1, count * square.width * square.height // (width * height))
        index = rng.integers(len(labels), size=n)
        return pick(chunks, index), labels[index]


def random_corner(
    picture: np.ndarray, side: int, grid: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Row and column, multiples of `grid`, at which a square of `side` lies within a picture."""
    height, width = picture.shape[:2]
    y, x = (int(rng.integers((room - side) // grid + 1)) * grid for room in (height, width))
    return y, x

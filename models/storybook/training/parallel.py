"""Shares a training step between threads.

PyTorch splits every single operation between cores and waits for the slower one each time; on a
machine with other work that wait is most of the time. Here each thread takes a part of the batch
through the whole step, and they meet once per step. Run with one thread per operation.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch

Shard = tuple[int, int]  # first and last + 1 of the batch


class Workers:
    """A few threads, each with single-threaded operations."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.pool = ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,))

    def backward(self, loss_of: Callable[[int, int], torch.Tensor], batch: int) -> float:
        """Add up gradients of the mean of `loss_of(first, last)` over a batch; returns that mean.

        With one or two workers the sum is the same in whichever order they finish.
        """
        edges = [round(k * batch / self.count) for k in range(self.count + 1)]

        def share(first: int, last: int) -> float:
            loss = loss_of(first, last) * ((last - first) / batch)
            loss.backward()
            return loss.item()

        parts = [
            self.pool.submit(share, a, b)
            for a, b in zip(edges[:-1], edges[1:], strict=True)
            if b > a
        ]
        return sum(part.result() for part in parts)

    def each(self, tasks: list[Callable[[], None]]) -> None:
        """Run the tasks side by side and wait for all."""
        for part in [self.pool.submit(task) for task in tasks]:
            part.result()

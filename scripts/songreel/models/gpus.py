"""NVIDIA GPUs: where a machine has several, each job reserves one.

This happens without torch, which must see no other GPU from the moment it is imported.
"""

import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from songreel.storage.locks import release_lock, try_lock

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""The environment variable by which CUDA, and with it torch, is told which GPUs it may use."""

_GPU_NAME = re.compile(r"\d+$|(GPU|MIG)-")

POLL_SECONDS = 1.0
"""Seconds between two attempts to reserve a GPU."""


def gpu_models() -> list[str]:
    """Return the models of the machine's NVIDIA GPUs, one entry for each GPU."""
    described = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    return [_model(gpu.read_text(encoding="utf-8", errors="replace")) for gpu in described]


def visible_gpus() -> list[str]:
    """Return the GPUs that this process may use, named as in ``CUDA_VISIBLE_DEVICES``."""
    allowed = os.environ.get(VISIBLE)
    if allowed is not None:
        # As CUDA reads it: the list ends before the first entry that names no GPU, such as -1.
        return list(takewhile(_GPU_NAME.match, map(str.strip, allowed.split(","))))
    return [str(number) for number in range(len(gpu_models()))]


@contextmanager
def reserve_gpu(device: str, locks: Path, report_progress: Callable[[str], None]) -> Iterator[str]:
    """Let torch see one GPU only, which no other job on this machine has reserved.

    GPUs of different models paint different pixels: among those there is no choice, and the first
    one is used. The jobs of one SLURM allocation share its GPUs among themselves.

    Args:
        device: ``model.device`` of the configuration; ``cuda:1`` is the second visible GPU.
        locks: a folder that the jobs share.
        report_progress: called with a line when all GPUs are reserved and the job has to wait.

    Yields:
        the device to ask torch for, without a number. The GPU is reserved until the block ends, or
        the process.
    """
    kind, _, number = device.partition(":")
    gpus = visible_gpus()
    if number:
        os.environ[VISIBLE] = gpus[int(number)] if int(number) < len(gpus) else number
        yield kind
        return
    if kind not in ("auto", "cuda") or len(gpus) < 2 or len(set(gpu_models())) > 1:
        yield kind
        return
    scope = f"{socket.gethostname()}-{os.environ.get('SLURM_JOB_ID', 'local')}"
    files = {gpu: locks / f"{scope}-gpu-{gpu}" for gpu in gpus}
    gpu, descriptor = _lock_one(files, report_progress)
    os.environ[VISIBLE] = gpu
    try:
        yield kind
    finally:
        os.environ[VISIBLE] = ",".join(gpus)
        release_lock(files[gpu], descriptor)


def _lock_one(files: dict[str, Path], report_progress: Callable[[str], None]) -> tuple[str, int]:
    """Wait for the lock of any GPU; return the GPU and the lock's file descriptor."""
    is_reported = False
    while True:
        for gpu, file in files.items():
            descriptor = try_lock(file)
            if descriptor is not None:
                return gpu, descriptor
        if not is_reported:
            report_progress(f"All {len(files)} graphics cards are used by other jobs; waiting")
            is_reported = True
        time.sleep(POLL_SECONDS)


def _model(information: str) -> str:
    lines = (line.partition(":") for line in information.splitlines())
    return next((value.strip() for key, _, value in lines if key == "Model"), "unknown")

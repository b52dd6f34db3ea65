"""What computes: the device, its precision and its memory."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from songreel.errors import SongreelError

GIB = 2**30

#: What torch says when memory is at its end; only CUDA has an exception of its own for it.
OUT_OF_MEMORY = ("out of memory", "allocate memory", "not enough memory")


def choose_device(name: str) -> torch.device:
    """Return the device of a name in ``songreel.models.families.DEVICES``; ``auto`` takes the fastest.

    Raises:
        SongreelError: it is not there.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(device for device, there in available.items() if there)
    if not available[name]:
        raise SongreelError(
            f"model.device: {name} is not available to PyTorch {torch.__version__} on this "
            "machine; check the driver and that PyTorch was built for it, or use auto"
        )
    return torch.device(name)


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """Return the precision of a name in ``songreel.models.families.DTYPES``; ``auto`` is half on a GPU.

    Raises:
        SongreelError: the device does not do it.
    """
    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.float16
    if name == "float16" and device.type == "cpu":
        raise SongreelError(
            "model.dtype: float16 needs a GPU; on the CPU use float32 (or bfloat16), or auto"
        )
    return getattr(torch, name)


def device_name(device: torch.device) -> str:
    """Return what hardware computes: two names alike give pixels alike."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type} {platform.machine()} {torch.backends.cpu.get_cpu_capability()}"


def dtype_name(dtype: torch.dtype) -> str:
    """Return a dtype's name as in ``songreel.models.families.DTYPES``."""
    return str(dtype).removeprefix("torch.")


def check_memory(device: torch.device, needed: int, model: Path) -> None:
    """Refuse a model whose weights do not fit into what is free on a CUDA device.

    Args:
        device: where it is to run; others than CUDA have the machine's memory, and can swap.
        needed: bytes of its weights, see ``songreel.models.folder.weights_size``.
        model: named in the message.

    Raises:
        SongreelError: too little is free.
    """
    if device.type != "cuda":
        return
    free, total = torch.cuda.mem_get_info(device)
    if needed > free:
        raise SongreelError(
            f"{model}: its weights take {needed / GIB:.1f} GiB, but of the {total / GIB:.1f} GiB "
            f"of {device_name(device)} only {free / GIB:.1f} GiB are free; end what else runs "
            "there, set model.dtype to float16, or choose a smaller model"
        )


@contextmanager
def memory_errors(device: torch.device, model: Path, work: str) -> Iterator[None]:
    """Turn torch's words for memory at its end into ours.

    Args:
        device, model, work: named in the message.

    Raises:
        SongreelError: the body ran out of memory.
    """
    try:
        yield
    except RuntimeError as error:
        if not any(words in str(error) for words in OUT_OF_MEMORY):
            raise
        raise SongreelError(
            f"{model}: out of memory on {device_name(device)} at {work}; lower render.width and "
            "render.height, set model.dtype to float16 on a GPU, or choose a smaller model"
        ) from error

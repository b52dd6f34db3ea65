"""What torch computes with: the device, the dtype of the weights, and memory that runs out."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from songreel.errors import SongreelError

GIB = 2**30

#: Words in torch's message when memory runs out; only CUDA has an exception of its own for it.
OUT_OF_MEMORY = ("out of memory", "allocate memory", "not enough memory")


def choose_device(name: str) -> torch.device:
    """Return the torch device of a name.

    Args:
        name: ``cuda``, ``mps``, ``cpu``, or ``auto`` for the first of these that is available.

    Raises:
        SongreelError: it is not available.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(device for device, is_available in available.items() if is_available)
    if not available[name]:
        raise SongreelError(
            f"model.device: {name} is not available to PyTorch {torch.__version__} on this "
            "machine; check the driver and that PyTorch was built for it, or use auto"
        )
    return torch.device(name)


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """Return the torch dtype of a name.

    Args:
        name: one of ``songreel.models.settings.DTYPES``; ``auto`` is float16 on a GPU and float32
            on the CPU.
        device: what computes.

    Raises:
        SongreelError: the device does not compute in it.
    """
    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.float16
    if name == "float16" and device.type == "cpu":
        raise SongreelError(
            "model.dtype: float16 needs a GPU; on the CPU use float32 (or bfloat16), or auto"
        )
    return getattr(torch, name)


def device_name(device: torch.device) -> str:
    """Return the hardware's name; devices of the same name give the same pixels."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type} {platform.machine()} {torch.backends.cpu.get_cpu_capability()}"


def dtype_name(dtype: torch.dtype) -> str:
    """Return a dtype's name, as in ``songreel.models.settings.DTYPES``."""
    return str(dtype).removeprefix("torch.")


def check_memory(device: torch.device, needed: int, model: Path) -> None:
    """Refuse a model whose weights do not fit into the free memory of a CUDA device.

    Args:
        device: where the model is to run; others than CUDA use main memory, and can swap.
        needed: bytes of its weights, see ``songreel.models.folder.weights_size``.
        model: its folder, named in the message.

    Raises:
        SongreelError: less memory is free than the weights take.
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
    """Turn torch's error when memory runs out into one with a remedy.

    Args:
        device: what computes in the block.
        model: the model's folder, named in the message.
        work: what the block does, named in the message: "out of memory on cpu at …".

    Raises:
        SongreelError: the block ran out of memory.
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

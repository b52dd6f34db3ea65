"""The section ``model`` of the configuration: which model to load, and how to run it."""

from dataclasses import dataclass

#: Names of dtypes, as in the configuration and in torch.
DTYPES = ("auto", "float32", "float16", "bfloat16")

#: Schedulers by the name they have in the configuration, as diffusers calls them.
SCHEDULERS = {
    "ddim": "DDIMScheduler",
    "dpm++": "DPMSolverMultistepScheduler",
    "euler": "EulerDiscreteScheduler",
    "euler_ancestral": "EulerAncestralDiscreteScheduler",
    "lcm": "LCMScheduler",
    "unipc": "UniPCMultistepScheduler",
}


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """Which model to load, and how to run it.

    Args:
        name: ``storybook``, a folder in diffusers format, or a Hugging Face Hub id.
        revision: branch, tag or commit of a Hub model; None for its main branch.
        device: ``auto``, ``cuda``, ``mps`` or ``cpu``.
        dtype: one of DTYPES.
        scheduler: a name in SCHEDULERS; None for the model's own.
        threads: processor threads that torch computes with; another number gives other pixels.
    """

    name: str
    revision: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    scheduler: str | None = None
    threads: int = 1

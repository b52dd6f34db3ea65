"""Models as folders on disk: where they are, which are supported, and what they are built from."""

from dataclasses import dataclass

DEVICES = ("auto", "cuda", "mps", "cpu")

DTYPES = ("auto", "float32", "float16", "bfloat16")

#: Schedulers by the name they have in the config, as diffusers calls them.
SCHEDULERS = {
    "ddim": "DDIMScheduler",
    "dpm++": "DPMSolverMultistepScheduler",
    "euler": "EulerDiscreteScheduler",
    "euler_ancestral": "EulerAncestralDiscreteScheduler",
    "lcm": "LCMScheduler",
    "unipc": "UniPCMultistepScheduler",
}

#: Pipelines a model may be saved as, from text and from an image. Inpainting, InstructPix2Pix and
#: the like have other inputs.
STABLE_DIFFUSION = ("StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline")

STABLE_DIFFUSION_XL = ("StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline")

LATENT_CONSISTENCY = ("LatentConsistencyModelPipeline", "LatentConsistencyModelImg2ImgPipeline")

PIPELINES = (STABLE_DIFFUSION, STABLE_DIFFUSION_XL, LATENT_CONSISTENCY)

SUPPORTED = "Stable Diffusion 1.x and 2.x, SDXL, and their Turbo and LCM forms"


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """How to load and run a model.

    Args:
        name: a folder in diffusers format, a Hugging Face Hub id, or ``storybook``.
        revision: branch, tag or commit of a Hub model; None for its main branch.
        device: one of DEVICES.
        dtype: one of DTYPES.
        scheduler: a name in SCHEDULERS; None for the model's own.
        threads: CPU threads of torch. Another number gives other pixels.
    """

    name: str
    revision: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    scheduler: str | None = None
    threads: int

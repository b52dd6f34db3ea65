"""Paints many pictures with a model in a folder, as the evaluation and the model card need them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline

from formats import FORMATS, Format

MODEL = Path(__file__).parents[1]
STEPS, GUIDANCE, STRENGTH = 8, 4.0, 0.75  # the recommended settings
BATCH = 16


@dataclass(frozen=True)
class Painter:
    """The pipeline, and the settings that it paints with."""

    pipeline: StableDiffusionPipeline
    steps: int = STEPS
    guidance: float = GUIDANCE

    def __call__(
        self,
        prompts: list[str],
        seed: int,
        negative: str | list[str] | None = None,
        format: Format = FORMATS["square"],
    ) -> np.ndarray:
        """Paint one picture per prompt.

        Args:
            prompts: what to paint.
            seed: of the first picture; the others count up from it.
            negative: what not to paint, for all pictures or for each.
            format: of the pictures.

        Returns:
            The pictures, uint8 (n, h, w, 3).
        """
        pictures = []
        for start in range(0, len(prompts), BATCH):
            part = prompts[start : start + BATCH]
            against = negative[start : start + BATCH] if isinstance(negative, list) else negative
            if isinstance(against, str):
                against = [against] * len(part)
            generators = [torch.Generator().manual_seed(seed + start + k) for k in range(len(part))]
            made = self.pipeline(
                part,
                negative_prompt=against,
                width=format.width,
                height=format.height,
                num_inference_steps=self.steps,
                guidance_scale=self.guidance,
                generator=generators,
                output_type="np",
            ).images
            pictures.append((made * 255).round().astype(np.uint8))
        return np.concatenate(pictures)


def load_pipeline(folder: Path = MODEL) -> StableDiffusionPipeline:
    """The model, quiet."""
    pipeline = StableDiffusionPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline

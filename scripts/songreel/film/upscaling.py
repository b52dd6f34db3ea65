"""Upscaled clips: the finished frames of a clip, enlarged by a model, without loss."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from songreel.film.clips import write_clip
from songreel.film.size import clip_size
from songreel.media.ffmpeg import read_frames
from songreel.models.upscaler import Upscaler
from songreel.plan.inputs import upscaled_inputs
from songreel.plan.plan import UpscalingPlan
from songreel.storage.labels import read_label

DECODED = (
    *("-vf", "scale=in_color_matrix=bt709:in_range=tv:flags=accurate_rnd+full_chroma_int"),
    *("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
)


def upscale_clip(
    clip: Path,
    upscaler: Upscaler,
    plan: UpscalingPlan,
    fps: Fraction,
    frame_count: int,
    path: Path,
) -> None:
    """Enlarge the frames of a clip, and bring them by Lanczos to the size that the film needs.

    Args:
        clip: as :mod:`songreel.film.clips` makes it.
        upscaler: whose weights the plan names.
        plan: of the upscaled clips.
        fps: frames per second.
        frame_count: of the clip.
        path: the upscaled clip, ``.mkv``; it appears whole or not at all.

    Raises:
        SongreelError: the clip is damaged, or the model has too little memory.
    """
    size = plan.width, plan.height

    def fitted(frame: np.ndarray) -> np.ndarray:
        enlarged = Image.fromarray(upscaler.enlarge(frame))
        return np.asarray(enlarged.resize(size, Image.Resampling.LANCZOS))

    frames = read_frames(["-i", f"file:{clip}", *DECODED], *clip_size(clip))
    inputs = upscaled_inputs(plan, read_label(clip))
    write_clip(map(fitted, frames), frame_count, path, fps, *size, inputs)

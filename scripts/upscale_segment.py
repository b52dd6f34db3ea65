"""Enlarge the frames of a row's clip by a model."""

import time
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.upscaling import upscale_clip
    from songreel.models.upscaler import Upscaler
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import ClipPlan, UpscalingPlan
    from songreel.storage.progress_log import record
    from songreel.storage.source_files import unchanged

    began = time.monotonic()
    plan = from_builtins(UpscalingPlan, snakemake.params.upscaling)
    clip = from_builtins(ClipPlan, snakemake.params.clip)
    weights, made = Path(snakemake.input.weights[0]), Path(snakemake.input.clip)
    with unchanged(weights, plan.weights):
        upscaler = Upscaler(weights, snakemake.params.device)
        result = Path(snakemake.output.clip)
        upscale_clip(made, upscaler, plan, clip.fps, clip.frame_count, result)
    seconds = round(time.monotonic() - began, 3)
    row, folder = snakemake.wildcards.segment, Path(snakemake.params.song_folder)
    record(folder, "upscaled", row=row, frames=clip.frame_count, seconds=seconds)

"""Fill the time between a row's keyframes."""

import time
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.clips_ahead import take_clip
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import ClipPlan
    from songreel.storage.cache import KeyframeCache
    from songreel.storage.progress_log import record
    from songreel.storage.segments import MANIFEST, read_keyframe, read_keyframes

    began = time.monotonic()
    cache = KeyframeCache(Path(snakemake.params.cache))
    images = read_keyframes(Path(snakemake.input.manifest), cache)
    for path in map(Path, snakemake.input.following):
        images.append(read_keyframe(path, 0, cache) if path.name == MANIFEST else path)
    plan = from_builtins(ClipPlan, snakemake.params.clip)
    folder, clip = Path(snakemake.params.song_folder), Path(snakemake.output.clip)
    if not take_clip(folder, plan, images, clip):
        from songreel.film.clips import interpolate_clip  # and OpenCV, only where it is needed

        interpolate_clip(images, plan, clip)
    seconds = round(time.monotonic() - began, 3)
    row = snakemake.wildcards.segment
    record(folder, "clip", row=row, frames=plan.frame_count, seconds=seconds)

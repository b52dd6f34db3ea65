"""What a song's jobs ask a cluster for: minutes and memory, from its keyframes and its model.

A request too small only costs a retry, which asks for more and finds the finished keyframes in the
cache; one too large waits longer in the queue. So these are generous, and not fine.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

from songreel.models.gpus import visible_gpus
from songreel.models.settings import ModelSettings
from songreel.models.source import ModelSource, resolve_model
from songreel.plan.plan import KeyframeSettings, SongPlan

GETTING_READY = 5 * 60
"""Seconds to start Snakemake on a node and to read the libraries and weights from a slow disk."""

JOB = 1
"""Seconds that a job of a group takes beside its work."""

TAKES = 20
"""Pictures of a row that are chosen from, about."""

KEYFRAME = 0.05
"""Seconds that a keyframe takes beside the denoising."""

PACE = {"cpu": 5e10, "gpu": 5e12}
"""Floating-point operations a second of a slow processor, and of a slow graphics card."""

CLIP_PACE, MINTERPOLATE_PACE, FILM_PACE = 2e-7, 1e-6, 1e-7
"""Seconds for a pixel of a frame: to make it, to make it by ``minterpolate``, and to encode it."""

CLIP_MB, FILM_MB, REPORT_MB, PIXEL_MB = 300, 300, 500, 300e-6
"""Megabytes of a job that makes a clip, the film or the report, Snakemake among them, and what each
pixel of a frame adds."""

FILM_THREADS, PART_PIXEL_MB = 4, 150e-6
"""Rows of a film that are encoded side by side, and megabytes of each for a pixel of a frame."""

LARGE_FILM = 640 * 480
"""Pixels of a frame; where it has fewer, a cluster is asked for one thread."""

UPSCALE_MB, UPSCALED_PIXEL_MB = 2_000, 3e-3
"""The same of a job that enlarges frames."""


@dataclass(frozen=True)
class Estimate:
    """Requests for a song's jobs, in minutes and in megabytes.

    The minutes of a chain's segments, and those of the clips and the film, are to be summed; what
    it takes to get ready is in the last of a chain, and in the film, which are always among them.

    Attributes:
        opening_minutes: by the names of the segments that start with an opening, with the keyframes
            that are painted ahead in its job.
        segment_minutes, clip_minutes: by the segments' names.
        upscale_minutes: of enlarging the frames of clips; none without an upscaler.
        film_minutes, report_minutes: of joining the clips, and of the report.
        takes_minutes: of painting a row's first picture with several seeds.
        whole_minutes: of one job that does all of it, as a draft's does.
        paint_threads: processor threads of a job that paints one chain.
        paint_gpus: graphics cards of a job that paints: none where the processor is configured.
        chains_at_once: how many chains one process can use processor threads for.
        film_threads, cluster_film_threads: of a job that encodes the film, here and on a cluster.
        paint_mb, clip_mb, upscale_mb, film_mb, report_mb: of a job that paints, of one clip, of
            enlarging its frames, of joining the clips, of the report.
    """

    opening_minutes: Mapping[str, int]
    segment_minutes: Mapping[str, int]
    clip_minutes: Mapping[str, int]
    upscale_minutes: Mapping[str, int]
    film_minutes: int
    report_minutes: int
    takes_minutes: int
    whole_minutes: int
    paint_threads: int
    paint_gpus: int
    chains_at_once: int
    film_threads: int
    cluster_film_threads: int
    paint_mb: int
    clip_mb: int
    upscale_mb: int
    film_mb: int
    report_mb: int


def estimate(plan: SongPlan) -> Estimate:
    """Estimate what the jobs of a song need.

    Args:
        plan: of the song.
    """
    source = resolve_model(plan.model)
    each = {
        segment.name: keyframe_seconds(source, plan.model.device, segment.settings)
        for segment in plan.segments
    }
    segment_minutes: dict[str, int] = {}
    opening_minutes: dict[str, int] = {}
    for chain in plan.chains:
        first = chain[0].name
        painting = [each[row.name] * row.settings.diffused_count for row in chain]
        seconds = [JOB + row_seconds for row_seconds in painting]
        seconds[-1] += GETTING_READY
        names = (segment.name for segment in chain)
        segment_minutes |= zip(names, to_minutes(seconds), strict=True)
        if first in plan.openings:
            # The job goes on to the end of its chain, but for the song's first opening: other
            # chains may wait for that one.
            goes_on = chain is not plan.chains[0] or len(plan.chains) == 1
            ahead = sum(painting) if goes_on else 0
            opening_minutes[first] = to_minutes([GETTING_READY + each[first] + ahead])[0]
    pixels = plan.width * plan.height
    paces = [
        MINTERPOLATE_PACE if segment.clip.method == "minterpolate" else CLIP_PACE
        for segment in plan.segments
    ]
    clips = [
        JOB + pace * pixels * segment.clip.frame_count
        for pace, segment in zip(paces, plan.segments, strict=True)
    ]
    keyframes = sum(each[row.name] * row.settings.diffused_count for row in plan.segments)
    keyframes += sum(each[name] for name in plan.openings)
    film_pixels = plan.film.width * plan.film.height
    film = GETTING_READY + FILM_PACE * film_pixels * plan.film.frame_count
    film_threads = min(len(plan.segments), FILM_THREADS)
    return Estimate(
        opening_minutes=opening_minutes,
        segment_minutes=segment_minutes,
        clip_minutes=dict(
            zip((segment.name for segment in plan.segments), to_minutes(clips), strict=True)
        ),
        upscale_minutes=_upscale_minutes(plan),
        film_minutes=to_minutes([film])[0],
        report_minutes=to_minutes([JOB + FILM_PACE * film_pixels * plan.film.frame_count])[0],
        takes_minutes=to_minutes([GETTING_READY + TAKES * max(each.values())])[0],
        whole_minutes=to_minutes([keyframes + sum(clips) + film])[0],
        paint_threads=paint_threads(plan.model),
        paint_gpus=0 if plan.model.device == "cpu" else 1,
        chains_at_once=len(plan.chains) if uses_processor(plan.model) else 1,
        film_threads=film_threads,
        cluster_film_threads=film_threads if film_pixels >= LARGE_FILM else 1,
        paint_mb=source.family.memory_mb(source.weight_count, plan.model.device),
        clip_mb=CLIP_MB + math.ceil(pixels * PIXEL_MB),
        upscale_mb=UPSCALE_MB + math.ceil(film_pixels * UPSCALED_PIXEL_MB),
        film_mb=FILM_MB + film_threads * math.ceil(film_pixels * PART_PIXEL_MB),
        report_mb=REPORT_MB + math.ceil(film_pixels * PIXEL_MB),
    )


def _upscale_minutes(plan: SongPlan) -> dict[str, int]:
    if plan.upscaling is None:
        return {}
    pace = PACE["cpu" if uses_processor(plan.model) else "gpu"]
    frame = 2 * plan.upscaling.weight_count * plan.width * plan.height / pace
    return {
        row.name: to_minutes([GETTING_READY + frame * row.clip.frame_count])[0]
        for row in plan.segments
    }


def uses_processor(model: ModelSettings) -> bool:
    """Whether a model paints on the processor, as far as this machine can tell."""
    return model.device == "cpu" or (model.device == "auto" and not visible_gpus())


def paint_threads(model: ModelSettings) -> int:
    """Return the processor threads that one chain is painted with; one on a graphics card."""
    return model.threads if uses_processor(model) else 1


def keyframe_seconds(source: ModelSource, device: str, settings: KeyframeSettings) -> float:
    """Estimate the seconds that a keyframe may take.

    Args:
        source: the model.
        device: as configured.
        settings: of the keyframe.
    """
    family = source.family
    latent_pixels = settings.width * settings.height / family.latent_reduction**2
    scheduler_config = family.scheduler_config(source.folder) if source.folder else {}
    steps = family.effective_steps(settings.steps, settings.strength, scheduler_config)
    evaluations = steps * (2 if settings.guidance_scale > 1 else 1)
    operations = family.operations_per_weight * source.weight_count * latent_pixels
    return KEYFRAME + evaluations * operations / PACE["cpu" if device == "cpu" else "gpu"]


def to_minutes(seconds: Iterable[float]) -> list[int]:
    """Whole minutes, of which those of any last part add up to no less than its seconds need.

    Hundreds of seconds-long parts must not be rounded up to hundreds of minutes.
    """
    until_end = [math.ceil(left / 60) for left in accumulate([0.0, *reversed([*seconds])])]
    return [after - before for before, after in pairwise(until_end)][::-1]

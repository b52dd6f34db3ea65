"""Takes: the first picture that a row paints, with several seeds to choose from."""

from dataclasses import replace
from pathlib import Path

from songreel.keyframes.renderer import KeyframeRenderer
from songreel.keyframes.segment import Keyframe, iterate_keyframes, planned_segment
from songreel.plan.plan import SegmentPlan


def paint_takes(renderer: KeyframeRenderer, row: SegmentPlan, count: int) -> list[tuple[int, Path]]:
    """Paint a row's opening, or its first keyframe that is painted, with several seeds.

    They go into the cache, where a row that is given one of the seeds finds its picture.

    Args:
        renderer: of the song.
        row: the plan of the row; the image that it is painted over must be there.
        count: how many seeds: the row's own, and the numbers after it.

    Returns:
        the seeds, each with the picture in the cache.

    Raises:
        SongreelError: a picture stayed black or blank.
    """
    first = row.settings.seed
    return [(seed, _take(renderer, row, seed)) for seed in range(first, first + count)]


def _take(renderer: KeyframeRenderer, row: SegmentPlan, seed: int) -> Path:
    opening = renderer.plan.openings.get(row.name)
    if opening:
        own = replace(opening, seed=seed)
        return renderer.get_or_render(renderer.keys.opening_key(own), own, row.name)[0]
    planned = planned_segment(row, renderer.folder, renderer.folder / row.images.init_image)
    segment = replace(planned, settings=replace(row.settings, seed=seed))
    found: list[Path] = []

    def first_only(key: str, keyframe: Keyframe) -> Path | None:
        if found:
            return None
        found.append(renderer.get_or_render(key, keyframe, row.name)[0])
        return found[0]

    for _ in iterate_keyframes(segment, renderer.step_rule, renderer.keys.keyframe_key, first_only):
        pass
    return found[0]

"""Renders a segment, then the segments that continue it, as long as the model is loaded.

Loading a model takes longer than rendering a row with it. So a job that had to load it goes on down
its chain and stores keyframes in the cache, where the jobs of the next segments find them. If no
other job of the run renders at the same time, it goes on with the song's other chains too, and
with several of them at once where it was given the processor threads: each has a thread of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from songreel.errors import SongreelError
from songreel.keyframes.renderer import KeyframeRenderer
from songreel.keyframes.segment import (
    Keyframe,
    Segment,
    is_finished,
    iterate_keyframes,
    planned_segment,
    segment_folder,
)
from songreel.plan.inputs import opening_inputs
from songreel.plan.plan import OpeningSettings, SegmentPlan
from songreel.storage import progress_log
from songreel.storage.atomic import replacing
from songreel.storage.cache import CachedKeyframe
from songreel.storage.disk_space import check_disk_space
from songreel.storage.labels import read_label
from songreel.storage.progress_log import opening_row
from songreel.storage.segments import LAST_IMAGE, MANIFEST, Manifest, write_segment

PNG_BYTES = 3
"""Bytes per pixel of a keyframe at most, about."""

CLIP_BYTES = 1
"""Bytes per pixel of a clip's frame at most, about."""


def render_opening(
    renderer: KeyframeRenderer, settings: OpeningSettings, segment: str, path: Path
) -> None:
    """Render the image that a segment starts with which has none of the sheet's.

    The keyframes of its chain follow at once, but for the song's first opening: other chains may
    wait for that one. Where no other job renders, those of the whole song follow.

    Args:
        renderer: of the song.
        settings: of the opening.
        segment: name of the segment.
        path: of the image.
    """
    plan = renderer.plan
    renderer.cache.sweep()
    own = plan.by_name[segment]
    key = renderer.keys.opening_key(settings)
    image, seconds = renderer.get_or_render(key, settings, segment)
    record_keyframe(renderer, opening_row(segment), 1, seconds)
    with replacing(path) as temporary:
        shutil.copyfile(image, temporary)
    if renderer.options.renders_alone or own != plan.segments[0] or len(plan.chains) == 1:
        _render_ahead(renderer, own, [own, *plan.rest_of_chain(segment)], [path])


def render_segment(renderer: KeyframeRenderer, segment: Segment, folder: Path) -> None:
    """Render a segment, then the next ones of its chain into the cache.

    Args:
        renderer: of the song.
        segment: with its images.
        folder: of the segment's keyframes.

    Raises:
        SongreelError: a keyframe stayed black or blank, which names the row.
    """
    renderer.cache.sweep()
    keyframes, images = find_or_render(renderer, segment)
    write_segment(folder, segment_manifest(renderer, segment, keyframes), images)
    progress_log.record(renderer.folder, "row", row=segment.name)
    own = renderer.plan.by_name[segment.name]
    _render_ahead(renderer, own, renderer.plan.rest_of_chain(segment.name), images)


def segment_manifest(
    renderer: KeyframeRenderer, segment: Segment, keyframes: Sequence[CachedKeyframe]
) -> Manifest:
    """What a rendered segment holds.

    Args:
        renderer: of the song.
        segment: with its images.
        keyframes: of the segment.
    """
    environment = renderer.keys.environment["environment"]
    return Manifest(segment.input_digest, tuple(keyframes), environment)


def find_or_render(
    renderer: KeyframeRenderer, segment: Segment
) -> tuple[list[CachedKeyframe], list[Path]]:
    """A segment's keyframes and where their images are."""
    row_key = renderer.keys.row_key(segment)
    keyframes = renderer.cache.find_row(row_key)
    if keyframes is not None:
        images = renderer.cache.images(keyframes, segment.init_image)
        if images is not None:
            record_keyframe(renderer, segment.name, segment.settings.diffused_count, None)
            return keyframes, images
    rendered = list(_render_keyframes(renderer, segment))
    keyframes = [keyframe for keyframe, _ in rendered]
    renderer.cache.store_row(row_key, keyframes)
    return keyframes, [image for _, image in rendered]


def _render_keyframes(
    renderer: KeyframeRenderer, segment: Segment
) -> Iterator[tuple[CachedKeyframe, Path]]:
    all_found = True
    seconds = None

    def get_image(key: str, keyframe: Keyframe) -> Path:
        nonlocal all_found, seconds
        if all_found and not renderer.cache.find(key):
            _check_space(renderer, segment)
            _report_cut_words(renderer, segment)
            all_found = False
        image, seconds = renderer.get_or_render(key, keyframe, segment.name)
        return image

    done = 0
    for keyframe, image in iterate_keyframes(
        segment, renderer.step_rule, renderer.keys.keyframe_key, get_image
    ):
        if keyframe.key is not None:
            done += 1
            record_keyframe(renderer, segment.name, done, seconds)
        yield keyframe, image


def _render_ahead(
    renderer: KeyframeRenderer,
    own: SegmentPlan,
    following: Sequence[SegmentPlan],
    own_images: Sequence[Path],
) -> None:
    """Render segments into the cache while the model is loaded.

    Args:
        renderer: of the song.
        own: the job's own segment.
        following: the segments that come next in its chain.
        own_images: the job's own, the last of which the first of them continues.
    """
    if not renderer.painter.is_loaded:
        return
    chains = [following]
    if renderer.options.renders_alone:
        chains += [each for each in renderer.plan.chains if own not in each]
    left: SimpleQueue[Sequence[SegmentPlan]] = SimpleQueue()
    for each in chains:
        left.put(each)
    previous = None if own in following else own

    def render_chains(renderer: KeyframeRenderer) -> None:
        with suppress(Empty):
            while True:
                _render_chain_ahead(renderer, left.get_nowait(), previous, own_images)

    others = [
        Thread(target=render_chains, args=(renderer.for_another_thread(),))
        for _ in range(min(renderer.chains_at_once, len(chains)) - 1)
    ]
    try:
        for thread in others:
            thread.start()
        render_chains(renderer)
    except BaseException:
        renderer.is_stopped.set()
        raise
    finally:
        for thread in others:
            thread.join()


def _render_chain_ahead(
    renderer: KeyframeRenderer,
    segments: Sequence[SegmentPlan],
    previous: SegmentPlan | None,
    images: Sequence[Path],
) -> None:
    """Render the segments of a chain into the cache.

    Ends without a message where a segment would fail: its own job will report why; and where the
    run does not render one.

    Args:
        renderer: of the song.
        segments: one after the other.
        previous: the segment before them, where they do not start the chain; None where its clip is
            none of this job's.
        images: its keyframes, the last of which the first of them continues.
    """
    for plan in segments:
        last_image = images[-1]
        folder = segment_folder(renderer.folder, plan.name)
        if not renderer.options.renders(plan.name) and not (folder / LAST_IMAGE).exists():
            return
        if plan.settings.starts_chain:
            last_image = renderer.folder / plan.images.init_image
        segment = planned_segment(plan, renderer.folder, last_image)
        try:
            needed = {
                part: _find_opening(renderer, image)
                for part in ("init_image", "shadow_image", "target_image", "reference_image")
                if (image := getattr(segment, part))
            }
            if not all(_is_ready(renderer, image) for image in needed.values()):
                return
            segment = replace(segment, **needed)
            if is_finished(segment, folder):
                previous, images = None, [folder / LAST_IMAGE]
                continue
            _, rendered = find_or_render(renderer, segment)
        except SongreelError:
            return
        if previous and previous.following == f"segments/{plan.name}/{MANIFEST}":
            _offer_clip(renderer, previous, [*images, rendered[0]])
        if plan.following is None:
            _offer_clip(renderer, plan, rendered)
        elif not plan.following.endswith(MANIFEST) and (renderer.folder / plan.following).exists():
            _offer_clip(renderer, plan, [*rendered, renderer.folder / plan.following])
        previous, images = plan, rendered


def _offer_clip(renderer: KeyframeRenderer, segment: SegmentPlan, images: Sequence[Path]) -> None:
    if renderer.on_clip:
        renderer.on_clip(renderer.plan, segment, images)


def _find_opening(renderer: KeyframeRenderer, image: Path) -> Path:
    """An image of a row; an opening that is not there yet is found in the cache, or painted."""
    opening = renderer.plan.openings.get(image.stem)
    if opening is None or read_label(image) == opening_inputs(opening):
        return image
    key = renderer.keys.opening_key(opening)
    found, seconds = renderer.get_or_render(key, opening, image.stem)
    record_keyframe(renderer, opening_row(image.stem), 1, seconds)
    return found


def _is_ready(renderer: KeyframeRenderer, image: Path) -> bool:
    """Whether an image exists; one of the sheet's as the plan knows it, not an older one."""
    from songreel.media.images import is_prepared_from

    if image.parent != renderer.folder / "images":
        return image.exists()
    source = renderer.plan.images[image.stem]
    return is_prepared_from(image, source.digest, renderer.plan.width, renderer.plan.height)


def _check_space(renderer: KeyframeRenderer, segment: Segment) -> None:
    plan = renderer.plan
    chain_plans = [plan.by_name[segment.name], *plan.rest_of_chain(segment.name)]
    keyframes = sum(each.settings.diffused_count for each in chain_plans)
    frames = sum(each.clip.frame_count for each in chain_plans)
    pixels = plan.width * plan.height
    check_disk_space(
        {
            renderer.folder: frames * pixels * CLIP_BYTES,
            renderer.cache.folder: keyframes * pixels * PNG_BYTES,
        },
        f"{keyframes} keyframes and their clips",
    )


def _report_cut_words(renderer: KeyframeRenderer, segment: Segment) -> None:
    cut = renderer.load_painter().cut_words(segment.settings.prompt)
    if cut:
        row = renderer.plan.by_name[segment.name]
        renderer.report_progress(
            f"{renderer.plan.song}, {row.label}: the prompt is too long "
            f"for the model, which does not read: {cut}"
        )


def record_keyframe(
    renderer: KeyframeRenderer, row: str, number: int, seconds: float | None
) -> None:
    """Note that a row's keyframe is there, the ``number``-th that is diffused, for who waits."""
    seconds = None if seconds is None else round(seconds, 3)
    progress_log.record(renderer.folder, "keyframe", row=row, number=number, seconds=seconds)

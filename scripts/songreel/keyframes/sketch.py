"""Renders all rows of a song in one job, for a draft or a preview: no other job waits for them."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from songreel.keyframes.chain import find_or_render, record_keyframe, segment_manifest
from songreel.keyframes.renderer import KeyframeRenderer
from songreel.keyframes.segment import planned_segment, segment_folder
from songreel.media.images import is_prepared_from, prepare_image, save_prepared
from songreel.plan.plan import ClipPlan, SegmentPlan
from songreel.storage import progress_log
from songreel.storage.atomic import replacing
from songreel.storage.segments import MANIFEST, image_path, write_segment
from songreel.storage.source_files import unchanged


def render_song(renderer: KeyframeRenderer) -> Iterator[tuple[SegmentPlan, list[Path]]]:
    """Render a song row by row; what is in the cache is found there.

    Args:
        renderer: of the song.

    Yields:
        a row, and the images of its keyframes in the song's folder.

    Raises:
        SongreelError: a keyframe stayed black or blank, or an image was changed since the run
            began.
    """
    plan, folder = renderer.plan, renderer.folder
    renderer.cache.sweep()
    _prepare_images(renderer)
    for row in plan.segments:
        if row.name in plan.openings:
            _paint_opening(renderer, row)
        segment = planned_segment(row, folder, folder / row.images.init_image)
        keyframes, images = find_or_render(renderer, segment)
        row_folder = segment_folder(folder, row.name)
        write_segment(row_folder, segment_manifest(renderer, segment, keyframes), images)
        progress_log.record(folder, "row", row=row.name)
        yield row, [image_path(row_folder, number) for number in range(len(images))]


def film_rows(
    rows: Sequence[tuple[SegmentPlan, Sequence[Path]]], folder: Path
) -> Iterator[tuple[ClipPlan, list[Path]]]:
    """Add to each row's keyframes the one that follows them, which its in-betweens lead to.

    Args:
        rows: as :func:`render_song` yields them.
        folder: of the song's results.

    Yields:
        the plan of a row's clip, and the images that it is made from.
    """
    for row, images in rows:
        following = []
        if row.following:
            path = folder / row.following
            following = [image_path(path.parent, 0) if path.name == MANIFEST else path]
        yield row.clip, [*images, *following]


def _prepare_images(renderer: KeyframeRenderer) -> None:
    width, height = renderer.plan.width, renderer.plan.height
    for name, source in renderer.plan.images.items():
        prepared = renderer.folder / "images" / f"{name}.png"
        if not is_prepared_from(prepared, source.digest, width, height):
            with unchanged(Path(source.path), source.digest):
                image = prepare_image(Path(source.path), width, height)
            save_prepared(image, prepared, source.digest)


def _paint_opening(renderer: KeyframeRenderer, row: SegmentPlan) -> None:
    settings = renderer.plan.openings[row.name]
    key = renderer.keys.opening_key(settings)
    image, seconds = renderer.get_or_render(key, settings, row.name)
    record_keyframe(renderer, progress_log.opening_row(row.name), 1, seconds)
    with replacing(renderer.folder / row.images.init_image) as temporary:
        shutil.copyfile(image, temporary)

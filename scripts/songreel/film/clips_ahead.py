"""Clips ahead: clips that the painting job makes, with a processor thread that it has to spare.

    clips_ahead/SEGMENT.mkv     a finished clip, until the segment's own job takes it
    parts/SEGMENT.mp4           the clip as the film has it

Both say themselves what they were made from, so that those of an older sheet are not taken.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from songreel.plan.inputs import clip_inputs
from songreel.plan.plan import ClipPlan, SegmentPlan, SongPlan
from songreel.storage.digests import file_digest
from songreel.storage.labels import read_label

FOLDER = "clips_ahead"


class ClipsAhead:
    """Makes clips while a block runs, one after the other; its end gives up those that wait.

    Args:
        folder: of the song's results.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> "ClipsAhead":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def add(self, plan: SongPlan, segment: SegmentPlan, images: Sequence[Path]) -> None:
        """Have a clip made, and its part of the film; where that fails, their own jobs say why.

        Args:
            plan: of the song.
            segment: of the song.
            images: PNGs of its keyframes, and of the keyframe after them if there is one.
        """
        self._thread.submit(self._make, plan, segment, images)

    def _make(self, plan: SongPlan, segment: SegmentPlan, images: Sequence[Path]) -> None:
        from songreel.film.clips import interpolate_clip
        from songreel.film.parts import FOLDER as PARTS
        from songreel.film.parts import encode_part

        clip = self._folder / FOLDER / f"{segment.name}.mkv"
        if read_label(clip) != _inputs(segment.clip, images):
            interpolate_clip(images, segment.clip, clip)
        if not plan.upscaling:
            size = segment.clip.width, segment.clip.height
            encode_part(clip, plan.film, size, self._folder / PARTS)


def take_clip(folder: Path, plan: ClipPlan, images: Sequence[Path], path: Path) -> bool:
    """Take the clip of a segment, if it was made ahead from just these images.

    Args:
        folder: of the song's results.
        plan: of the clip.
        images: PNGs of its keyframes, and of the keyframe after them if there is one.
        path: where the clip belongs; its name is that of the segment.

    Returns:
        whether there was one.
    """
    clip = folder / FOLDER / path.name
    if read_label(clip) != _inputs(plan, images):
        return False
    os.utime(clip)  # it may be older than the segment's manifest
    clip.replace(path)
    return True


def _inputs(plan: ClipPlan, images: Sequence[Path]) -> str:
    return clip_inputs(plan, [file_digest(image) for image in images])

"""Clips ahead: clips that the painting job makes, with a processor thread that it has to spare.

    clips_ahead/SEGMENT.mkv     a finished clip, until the segment's own job takes it

A clip says itself what it was made from, so that one of an older sheet is not taken.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from songreel.plan.inputs import clip_inputs
from songreel.plan.plan import ClipPlan, SegmentPlan
from songreel.storage.digests import file_digest
from songreel.storage.labels import read_label

FOLDER = "clips_ahead"


class ClipsAhead:
    """Makes clips while a block runs, one after the other; its end gives up those that wait.

    Args:
        folder: of the song's results.
    """

    def __init__(self, folder: Path):
        self._folder = folder / FOLDER
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> "ClipsAhead":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def add(self, segment: SegmentPlan, images: Sequence[Path]) -> None:
        """Have a clip made; where that fails, the segment's own job will say why.

        Args:
            segment: of the song.
            images: PNGs of its keyframes, and of the keyframe after them if there is one.
        """
        self._thread.submit(self._make, segment.clip, images, self._folder / f"{segment.name}.mkv")

    def _make(self, plan: ClipPlan, images: Sequence[Path], clip: Path) -> None:
        from songreel.film.clips import interpolate_clip

        if read_label(clip) != _inputs(plan, images):
            interpolate_clip(images, plan, clip)


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

"""A segment with the images it is rendered from, and how its keyframes follow from one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from songreel.plan.conversion import to_builtins
from songreel.plan.plan import KeyframeSettings, SegmentPlan
from songreel.storage.cache import CachedKeyframe
from songreel.storage.digests import digest, file_digest
from songreel.storage.segments import LAST_IMAGE, MANIFEST, read_manifest

if TYPE_CHECKING:
    import numpy as np

KeyframeKey = Callable[[KeyframeSettings, Fraction, "np.ndarray"], str]
"""Computes a keyframe's key from the settings, its time and its input image."""

GetImage = Callable[[str, Fraction, "np.ndarray"], Path | None]
"""Finds or renders a keyframe by its key, its time and its input image; None ends the segment."""


@dataclass(frozen=True)
class Segment:
    """A segment that can be rendered.

    Attributes:
        name: as in the plan.
        settings: of its keyframes.
        init_image: which the first keyframe is, or is rendered over.
        shadow_image: mixed into every keyframe.
        target_image: which the segment leads to; None for none.
    """

    name: str
    settings: KeyframeSettings
    init_image: Path
    shadow_image: Path
    target_image: Path | None

    @cached_property
    def input_digest(self) -> str:
        """The hash of all that decides the keyframes' pixels on a given machine."""
        return digest(
            {
                "settings": to_builtins(self.settings),
                "init_image": file_digest(self.init_image),
                "shadow_image": file_digest(self.shadow_image),
                "target_image": self.target_image and file_digest(self.target_image),
            }
        )


def planned_segment(plan: SegmentPlan, folder: Path, init_image: Path) -> Segment:
    """A segment of the plan with its images.

    Args:
        plan: of the segment.
        folder: of the song's results.
        init_image: what it is rendered from, which may lie in the cache still.
    """
    target = plan.images.target_image
    return Segment(
        plan.name,
        plan.settings,
        init_image,
        folder / plan.images.shadow_image,
        folder / target if target else None,
    )


def segment_folder(folder: Path, name: str) -> Path:
    """Where a segment's keyframes are.

    Args:
        folder: of the song's results.
        name: of the segment.
    """
    return folder / "segments" / name


def is_finished(segment: Segment, folder: Path) -> bool:
    """Whether a folder holds the segment, rendered from just these settings and images.

    Args:
        segment: with its images.
        folder: of the segment's keyframes.
    """
    if not (folder / LAST_IMAGE).exists():
        return False
    try:
        return read_manifest(folder / MANIFEST).input_digest == segment.input_digest
    except (OSError, ValueError, KeyError, TypeError):  # none, or one of an older version
        return False


def iterate_keyframes(
    segment: Segment, keyframe_key: KeyframeKey, get_image: GetImage
) -> Iterator[tuple[CachedKeyframe, Path]]:
    """Go through a segment's keyframes, each of which is rendered over the one before.

    Args:
        segment: with its images.
        keyframe_key: computes a keyframe's key.
        get_image: finds or renders a keyframe; where it returns None, the segment ends.

    Yields:
        what the manifest and the cache note of a keyframe, and where its image is.
    """
    from songreel.keyframes.feedback import mix_input, target_share
    from songreel.media.images import load_png

    settings = segment.settings
    previous, shadow = load_png(segment.init_image), load_png(segment.shadow_image)
    target = load_png(segment.target_image) if segment.target_image else None
    previous_time = settings.previous_time
    for number, time in enumerate(settings.rendered_times):
        key, image = None, segment.init_image
        if previous_time is not None:
            share = Fraction(0)
            if settings.target_curve:
                keyframe_count = len(settings.keyframe_times)
                share = target_share(number, keyframe_count, settings.target_curve)
            motion = settings.motion_to(number)
            mixed = mix_input(previous, motion, shadow, settings.shadow_share, target, share)
            key = keyframe_key(settings, time, mixed)
            found = get_image(key, time, mixed)
            if found is None:
                return
            image = found
            previous = load_png(image)
        previous_time = time
        yield CachedKeyframe(str(time), key, file_digest(image)), image

"""A segment with the images it is rendered from, and how its keyframes follow from one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from songreel.keyframes.keyframe_plan import KeyframePlan, plan_keyframes
from songreel.models.sampling import StepRule
from songreel.plan.inputs import segment_inputs
from songreel.plan.plan import KeyframeSettings, SegmentPlan
from songreel.storage.cache import CachedKeyframe
from songreel.storage.digests import file_digest
from songreel.storage.segments import LAST_IMAGE, MANIFEST, read_manifest

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Keyframe:
    """A keyframe that can be painted.

    Attributes:
        settings: of its segment.
        plan: how it is painted.
        input_image: which it is painted over, (height, width, 3) uint8.
        target_image: which is mixed into it at the end, of the same shape; None for none.
        target_digest: SHA-256 of the target's file.
        reference_image: to which its colours are matched, of the same shape; None for none.
    """

    settings: KeyframeSettings
    plan: KeyframePlan
    input_image: np.ndarray
    target_image: np.ndarray | None
    target_digest: str | None
    reference_image: np.ndarray | None = None


KeyframeKey = Callable[[Keyframe], str]
"""Computes a keyframe's key in the cache."""

GetImage = Callable[[str, Keyframe], Path | None]
"""Finds or renders a keyframe by its key; None ends the segment."""


@dataclass(frozen=True)
class Segment:
    """A segment that can be rendered.

    Attributes:
        name: as in the plan.
        settings: of its keyframes.
        init_image: which the first keyframe is, or is rendered over.
        shadow_image: mixed into every keyframe.
        target_image: which the segment leads to; None for none.
        reference_image: to which the keyframes' colours are matched, where it is one for all.
    """

    name: str
    settings: KeyframeSettings
    init_image: Path
    shadow_image: Path
    target_image: Path | None
    reference_image: Path | None

    @cached_property
    def input_digest(self) -> str:
        """The hash of all that decides the keyframes' pixels on a given machine."""
        return segment_inputs(
            self.settings,
            file_digest(self.init_image),
            file_digest(self.shadow_image),
            file_digest(self.target_image) if self.target_image else None,
            file_digest(self.reference_image) if self.reference_image else None,
        )


def planned_segment(plan: SegmentPlan, folder: Path, init_image: Path) -> Segment:
    """A segment of the plan with its images.

    Args:
        plan: of the segment.
        folder: of the song's results.
        init_image: what it is rendered from, which may lie in the cache still.
    """
    target, reference = plan.images.target_image, plan.images.reference_image
    return Segment(
        plan.name,
        plan.settings,
        init_image,
        folder / plan.images.shadow_image,
        folder / target if target else None,
        folder / reference if reference else None,
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
    segment: Segment, rule: StepRule, keyframe_key: KeyframeKey, get_image: GetImage
) -> Iterator[tuple[CachedKeyframe, Path]]:
    """Go through a segment's keyframes, each of which is rendered over the one before.

    Args:
        segment: with its images.
        rule: how the model is asked for weaker keyframes.
        keyframe_key: computes a keyframe's key.
        get_image: finds or renders a keyframe; where it returns None, the segment ends.

    Yields:
        what the manifest and the cache note of a keyframe, and where its image is.
    """
    from songreel.keyframes.feedback import keyframe_seed, mix_input
    from songreel.media.images import load_png

    settings = segment.settings
    previous, shadow = load_png(segment.init_image), load_png(segment.shadow_image)
    target = target_digest = None
    if segment.target_image:
        target, target_digest = load_png(segment.target_image), file_digest(segment.target_image)
    reference = load_png(segment.reference_image) if segment.reference_image else None
    for number, plan in enumerate(plan_keyframes(settings, rule)):
        key, image = None, segment.init_image
        if number or not settings.starts_chain:
            motion = settings.motion_to(number)
            mixed = mix_input(
                previous,
                motion,
                shadow,
                settings.shadow_share,
                target,
                plan.target_share,
                sharpening=settings.sharpen,
                noise=settings.noise,
                noise_seed=keyframe_seed(settings.seed, plan.time),
            )
            matched = mixed if settings.color_match == "previous" else reference
            keyframe = Keyframe(settings, plan, mixed, target, target_digest, matched)
            key = keyframe_key(keyframe)
            found = get_image(key, keyframe)
            if found is None:
                return
            image = found
            previous = load_png(image)
        yield CachedKeyframe(str(plan.time), key, file_digest(image)), image

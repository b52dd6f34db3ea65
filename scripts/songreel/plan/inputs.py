"""What results are made from, as digests that the results carry.

Snakemake knows what it made a result from only by its own notes, which may be lost. So every
result says it itself: a manifest in a field, an image in a text of its PNG, a clip and a film in a
comment.
"""

from collections.abc import Sequence

from songreel.plan.conversion import to_builtins
from songreel.plan.plan import (
    ClipPlan,
    FilmPlan,
    KeyframeSettings,
    OpeningSettings,
    SegmentPlan,
    SongPlan,
    StoryboardPlan,
    UpscalingPlan,
)
from songreel.storage.digests import digest


def opening_inputs(settings: OpeningSettings) -> str:
    """The digest of what an opening is painted from."""
    return digest({"opening": to_builtins(settings)})


def segment_inputs(
    settings: KeyframeSettings,
    init_image: str,
    shadow_image: str,
    target_image: str | None,
    reference_image: str | None,
) -> str:
    """The digest of what a segment's keyframes are rendered from.

    Args:
        settings: of the keyframes.
        init_image: SHA-256 (hex) of its file.
        shadow_image: likewise.
        target_image: likewise; None without a target.
        reference_image: likewise, of the image to which colours are matched; None for none.
    """
    return digest(
        {
            "settings": to_builtins(settings),
            "init_image": init_image,
            "shadow_image": shadow_image,
            "target_image": target_image,
            "reference_image": reference_image,
        }
    )


def clip_inputs(plan: ClipPlan, images: Sequence[str]) -> str:
    """The digest of what a clip is made from.

    Args:
        plan: of the clip.
        images: SHA-256 (hex) of the files of its keyframes, and of the one after them if there is
            one.
    """
    return digest({"clip": to_builtins(plan), "images": list(images)})


def upscaled_inputs(plan: UpscalingPlan, clip: str | None) -> str:
    """The digest of what an upscaled clip is made from.

    Args:
        plan: of the upscaled clips.
        clip: what the clip was made from, as :func:`clip_inputs` tells; None where it is not known.
    """
    return digest({"upscaling": to_builtins(plan), "clip": clip})


def part_inputs(plan: FilmPlan, clip: str | None) -> str:
    """The digest of what a part of the film is encoded from.

    Args:
        plan: of the film.
        clip: what the clip was made from, as :func:`clip_inputs` tells; None where it is not known.
    """
    encoding = {
        name: str(getattr(plan, name))
        for name in ("fps", "crf", "preset", "width", "height", "fit", "version")
    }
    return digest({"part": encoding, "clip": clip})


def film_inputs(plan: FilmPlan, clips: Sequence[str | None]) -> str:
    """The digest of what a film is made from.

    Args:
        plan: of the film, with the digest of its audio.
        clips: what each clip was made from, as :func:`clip_inputs` tells; None where it is not
            known.
    """
    return digest({"film": to_builtins(plan), "clips": list(clips)})


def sketch_inputs(plan: SongPlan) -> str:
    """The digest of what a sketch of a song is made from, a draft or a preview."""
    return digest({"sketch": to_builtins(plan)})


def draft_inputs(plan: SongPlan) -> str:
    """The digest of what the film of a draft is made from: each of its clips, from the sketch."""
    return film_inputs(plan.film, [sketch_inputs(plan)] * len(plan.segments))


def takes_inputs(plan: SongPlan, segment: SegmentPlan, images: Sequence[str] = ()) -> str:
    """The digest of what the takes of a row are made from, except how many they are.

    Args:
        plan: of the song.
        segment: the row.
        images: SHA-256 (hex) of the files that they are painted over, as
            :func:`songreel.plan.excerpts.takes_images` names them.
    """
    settings = plan.openings.get(segment.name, segment.settings)
    texts = [plan.film.title, segment.time, segment.prompt]
    return digest({"takes": to_builtins(settings), "texts": texts, "images": list(images)})


def storyboard_inputs(plan: StoryboardPlan, images: Sequence[str]) -> str:
    """The digest of what a storyboard is drawn from.

    Args:
        plan: its texts.
        images: SHA-256 (hex) of the file of every row's image.
    """
    return digest({"storyboard": to_builtins(plan), "images": list(images)})

"""A segment on disk: its keyframes as PNGs, a manifest with their digests, and its last keyframe.

    0000.png …      the keyframes, links into the cache where possible
    keyframes.json  the manifest: what the keyframes were made from, and an entry for each
    last.png        a copy of the last keyframe

Manifest and ``last.png`` are outputs of Snakemake's job; ``last.png`` is written last.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from songreel.errors import SongreelError
from songreel.storage.atomic import replacing
from songreel.storage.cache import CachedKeyframe, KeyframeCache, link
from songreel.storage.digests import file_digest

MANIFEST = "keyframes.json"
LAST_IMAGE = "last.png"


@dataclass(frozen=True)
class Manifest:
    """What a segment holds.

    Attributes:
        input_digest: of everything that decided its keyframes.
        keyframes: in order.
        environment: versions and machine that they were painted with.
    """

    input_digest: str
    keyframes: tuple[CachedKeyframe, ...]
    environment: Mapping[str, Any]

    @property
    def middle_number(self) -> int:
        """The number of the keyframe in the middle, from 0.

        By then the prompt has taken hold, and no target pulls strongly yet.
        """
        return len(self.keyframes) // 2

    @property
    def middle(self) -> CachedKeyframe:
        """The keyframe in the middle."""
        return self.keyframes[self.middle_number]


def write_segment(folder: Path, manifest: Manifest, images: Sequence[Path]) -> None:
    """Write a segment and remove what an earlier version of it left.

    Args:
        folder: the segment's; made where it is missing.
        manifest: what it holds.
        images: where its keyframes are now: files of the cache or prepared images.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [image_path(folder, number) for number in range(len(manifest.keyframes))]
    for leftover in set(folder.glob("*.png")) - set(files):
        leftover.unlink()
    for image, file in zip(images, files, strict=True):
        link(image, file)
    with replacing(folder / MANIFEST) as temporary:
        temporary.write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
    # A copy, not a link: Snakemake compares its time with its inputs'.
    with replacing(folder / LAST_IMAGE) as temporary:
        shutil.copyfile(images[-1], temporary)


def image_path(folder: Path, number: int) -> Path:
    """The file of a segment's keyframe, by its number in the segment."""
    return folder / f"{number:04d}.png"


def read_manifest(path: Path) -> Manifest:
    """Read a segment's manifest."""
    content = json.loads(path.read_text(encoding="utf-8"))
    keyframes = tuple(CachedKeyframe(**entry) for entry in content["keyframes"])
    environment = content.get("environment", {})  # version 0.1.0 noted none
    return Manifest(content["input_digest"], keyframes, environment)


def read_keyframes(manifest: Path, cache: KeyframeCache) -> list[Path]:
    """The images of a segment's keyframes, each checked against its digest.

    An image that was deleted or damaged is put back from the cache.

    Args:
        manifest: of the segment.
        cache: that its keyframes were stored in.

    Raises:
        SongreelError: an image is missing or damaged, and the cache has no copy.
    """
    entries = read_manifest(manifest).keyframes
    return [_checked(manifest, number, entry, cache) for number, entry in enumerate(entries)]


def read_keyframe(manifest: Path, number: int, cache: KeyframeCache) -> Path:
    """The image of one keyframe of a segment; otherwise as :func:`read_keyframes`.

    Args:
        manifest: of the segment.
        number: of the keyframe in the segment, from 0.
        cache: that its keyframes were stored in.

    Raises:
        SongreelError: the image is missing or damaged, and the cache has no copy.
    """
    return _checked(manifest, number, read_manifest(manifest).keyframes[number], cache)


def _checked(manifest: Path, number: int, entry: CachedKeyframe, cache: KeyframeCache) -> Path:
    image = image_path(manifest.parent, number)
    if image.exists() and file_digest(image) == entry.sha256:
        return image
    stored = cache.find(entry.key) if entry.key else None
    if stored is None or file_digest(stored) != entry.sha256:
        raise SongreelError(
            f"{image}: the keyframe is missing or damaged; "
            f"delete {manifest} and run the same command again to paint it anew"
        )
    link(stored, image)
    return image

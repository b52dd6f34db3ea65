"""A segment on disk: its keyframes as PNGs, a manifest with their digests, and its last picture.

    0000.png …      the keyframes, links into the cache where possible
    keyframes.json  {"ingredients": what they are made of, "keyframes": one entry each}
    last.png        the last keyframe

The manifest and ``last.png`` are what Snakemake sees; ``last.png`` is written last.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from songreel.errors import SongreelError
from songreel.storage.atomic import replacing
from songreel.storage.cache import KeyframeCache, link
from songreel.storage.digests import file_digest

MANIFEST = "keyframes.json"


def write_segment(
    folder: Path, ingredients: str, keyframes: Sequence[dict], pictures: Sequence[Path]
) -> None:
    """Lay a row's keyframes into its folder and drop what an earlier version left there.

    Args:
        folder: the segment's folder, made when missing.
        ingredients: the hash of what decided the pictures.
        keyframes: one entry per picture: ``file``, ``time``, ``sha256``, ``key`` and what made it.
        pictures: where the pictures are now: cache entries or prepared images.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {keyframe["file"] for keyframe in keyframes}
    for leftover in folder.glob("*.png"):
        if leftover.name not in wanted:
            leftover.unlink()
    for keyframe, picture in zip(keyframes, pictures, strict=True):
        link(picture, folder / keyframe["file"])
    with replacing(folder / MANIFEST) as temporary:
        manifest = {"ingredients": ingredients, "keyframes": list(keyframes)}
        temporary.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    # A copy, not a link: Snakemake compares its time with its inputs'.
    with replacing(folder / "last.png") as temporary:
        shutil.copyfile(pictures[-1], temporary)


def read_manifest(manifest: Path) -> dict:
    """What a finished segment is made of, and its keyframes."""
    return json.loads(manifest.read_text())


def read_segment(manifest: Path, cache: KeyframeCache) -> list[Path]:
    """The keyframes of a finished segment, in order, each checked against its digest.

    A picture that was deleted or damaged is put back from the cache.

    Raises:
        SongreelError: a picture is gone or damaged, and the cache has no copy.
    """
    pictures = []
    for keyframe in read_manifest(manifest)["keyframes"]:
        picture = manifest.parent / keyframe["file"]
        if not picture.exists() or file_digest(picture) != keyframe["sha256"]:
            _restore(picture, keyframe, manifest, cache)
        pictures.append(picture)
    return pictures


def first_picture(following: Path, cache: KeyframeCache) -> Path:
    """The picture at ``following``: an image itself, or the first of a segment, by its manifest."""
    return read_segment(following, cache)[0] if following.name == MANIFEST else following


def _restore(picture: Path, keyframe: dict, manifest: Path, cache: KeyframeCache) -> None:
    stored = cache.find(keyframe["key"]) if keyframe["key"] else None
    if stored is None or file_digest(stored) != keyframe["sha256"]:
        raise SongreelError(
            f"{picture}: the keyframe is missing or damaged; "
            f"delete {manifest} and run the same command again to paint it anew"
        )
    link(stored, picture)

"""Clips ahead: while a chain is painted, a process beside it interpolates the rows that are done.

    ahead/START-DIGEST.mkv      a finished clip, until the row's own job takes it

It takes the time that the painting leaves over, and ends with it. What it has not made by then is
made by the rows' own jobs.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from songreel import __version__
from songreel.plan.plan_file import keyframe_cache
from songreel.storage.digests import digest, file_digest
from songreel.storage.segments import MANIFEST, first_picture, read_manifest, read_segment

FOLDER = "ahead"


def clip_ahead(folder: Path, start: str, clip: Mapping, digests: Sequence[str]) -> Path:
    """Where a clip lies that was made ahead.

    Args:
        folder: the song's results.
        start: the name of the segment.
        clip: of the segment's plan.
        digests: SHA-256 of the pictures it is made between.
    """
    made_of = digest({"program": __version__, "clip": clip, "pictures": list(digests)})
    return folder / FOLDER / f"{start}-{made_of[:16]}.mkv"


def obtain_clip(manifest: Path, following: Sequence[Path], clip: Mapping, path: Path) -> None:
    """Take a segment's clip where it was made ahead, or make it.

    Args:
        manifest: of the segment, ``keyframes.json``.
        following: the manifest or the image with the picture after its own; none where it owns all.
        clip: of the segment's plan.
        path: the clip, ``clips/START.mkv`` of the song's results.

    Raises:
        SongreelError: a picture is gone or damaged, and the cache has no copy.
    """
    folder = path.parents[1]
    digests = [keyframe["sha256"] for keyframe in read_manifest(manifest)["keyframes"]]
    digests += [_first_digest(each) for each in following]
    ahead = clip_ahead(folder, path.stem, clip, digests)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.utime(ahead)  # it may be older than the manifest
        ahead.replace(path)
    except FileNotFoundError:
        from songreel.film.clips import interpolate_clip

        cache = keyframe_cache(folder)
        pictures = read_segment(manifest, cache) + [first_picture(f, cache) for f in following]
        interpolate_clip(pictures, clip, path)


def _first_digest(following: Path) -> str:
    if following.name != MANIFEST:
        return file_digest(following)
    return read_manifest(following)["keyframes"][0]["sha256"]


def clear_ahead(folder: Path) -> None:
    """Remove the clips of a song that nobody took."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)

"""Results that are there, but made from something else than the plan says.

Snakemake tells them by its own notes. Where those were lost – a project copied without its hidden
folders, a disk that was full – the results themselves still say what they were made from.
"""

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from songreel.plan.conversion import to_builtins
from songreel.plan.excerpts import ended_clip, film_of_rows, paints_after, takes_images
from songreel.plan.inputs import (
    clip_inputs,
    film_inputs,
    opening_inputs,
    segment_inputs,
    storyboard_inputs,
    takes_inputs,
    upscaled_inputs,
)
from songreel.plan.plan import SegmentPlan, SongPlan, TimelineRow
from songreel.storage.labels import read_label
from songreel.storage.segments import LAST_IMAGE, MANIFEST, Manifest, read_manifest

Digest = Callable[[Path], str]
"""Computes the digest of a file; raises OSError where there is none."""


def outdated_results(plan: SongPlan, folder: Path, file_digest: Digest) -> list[str]:
    """Find the results of a song that were not made from what the plan and the files say.

    A result that lacks what it is made from is left out: it is made again in any case, after that.

    Args:
        plan: of the song.
        folder: of the song's results.
        file_digest: computes the digest of a file.

    Returns:
        paths below ``folder``, in the order in which they are made.
    """
    return list(_Results(plan, folder, file_digest).outdated())


@dataclass
class _Results:
    plan: SongPlan
    folder: Path
    file_digest: Digest

    def outdated(self) -> Iterator[str]:
        yield from self._images()
        for name, settings in self.plan.openings.items():
            opening = self.plan.by_name[name].images.init_image
            if self._is_other(opening, opening_inputs(settings)):
                yield opening
        manifests = {}
        for segment in self.plan.segments:
            name = f"segments/{segment.name}/{MANIFEST}"
            manifest = self._manifest(name)
            with suppress(OSError):
                inputs = self._segment_inputs(segment)
                if (self.folder / name).exists() and (
                    manifest is None
                    or manifest.input_digest != inputs
                    or self._has_other_last_image(segment, manifest)
                ):
                    yield name
                manifests[segment.name] = manifest
        yield from self._clips(manifests)
        yield from self._upscaled_clips()
        clips = [self.folder / self.plan.film_clip(row.name) for row in self.plan.segments]
        film = f"{self.plan.song}.mp4"
        if self._is_other(film, film_inputs(self.plan.film, [read_label(clip) for clip in clips])):
            yield film
        yield from self._tables(manifests)
        yield from self._excerpts(manifests)
        yield from self._takes()

    def _images(self) -> Iterator[str]:
        from songreel.media.images import is_prepared_from

        for name, source in self.plan.images.items():
            path = f"images/{name}.png"
            image, size = self.folder / path, (self.plan.width, self.plan.height)
            if image.exists() and not is_prepared_from(image, source.digest, *size):
                yield path

    def _manifest(self, name: str) -> Manifest | None:
        try:
            return read_manifest(self.folder / name)
        except (OSError, ValueError, KeyError, TypeError):  # none, or one of an older version
            return None

    def _has_other_last_image(self, segment: SegmentPlan, manifest: Manifest) -> bool:
        """Whether the row after it would be painted over an image of another version of it."""
        image = f"segments/{segment.name}/{LAST_IMAGE}"
        exists = (self.folder / image).exists()
        return exists and self._image(image) != manifest.keyframes[-1].sha256

    def _segment_inputs(self, segment: SegmentPlan) -> str:
        images = segment.images
        target = self._image(images.target_image) if images.target_image else None
        return segment_inputs(
            segment.settings,
            self._image(images.init_image),
            self._image(images.shadow_image),
            target,
            self._image(images.reference_image) if images.reference_image else None,
        )

    def _image(self, path: str) -> str:
        return self.file_digest(self.folder / path)

    def _clips(self, manifests: dict[str, Manifest | None]) -> Iterator[str]:
        for segment in self.plan.segments:
            manifest = manifests.get(segment.name)
            path, following = f"clips/{segment.name}.mkv", segment.following
            if manifest is None:
                continue
            images = [keyframe.sha256 for keyframe in manifest.keyframes]
            with suppress(OSError):
                if following and following.endswith(MANIFEST):
                    next_manifest = manifests.get(Path(following).parent.name)
                    if next_manifest is None:
                        continue
                    images.append(next_manifest.keyframes[0].sha256)
                elif following:
                    images.append(self._image(following))
                if self._is_other(path, clip_inputs(segment.clip, images)):
                    yield path

    def _upscaled_clips(self) -> Iterator[str]:
        upscaling = self.plan.upscaling
        if upscaling is None:
            return
        for segment in self.plan.segments:
            path, clip = self.plan.film_clip(segment.name), f"clips/{segment.name}.mkv"
            label = read_label(self.folder / clip)
            if self._is_other(path, upscaled_inputs(upscaling, label)):
                yield path

    def _tables(self, manifests: dict[str, Manifest | None]) -> Iterator[str]:
        found = [manifests.get(segment.name) for segment in self.plan.segments]
        if all(found):
            images = [manifest.middle.sha256 for manifest in found if manifest]
            if self._is_other("storyboard.png", storyboard_inputs(self.plan.storyboard, images)):
                yield "storyboard.png"
        timeline = self.folder / "timeline.tsv"
        if timeline.exists() and not _lists(timeline, self.plan.timeline):
            yield timeline.name
        # These say nothing of what they were made from; a power cut may leave them empty.
        animations = [f"{self.plan.song}.{kind}" for kind in self.plan.animations]
        for name in ("report.html", "telemetry.tsv", "timeline.svg", *animations):
            path = self.folder / name
            if path.exists() and not path.stat().st_size:
                yield name

    def _excerpts(self, manifests: dict[str, Manifest | None]) -> Iterator[str]:
        for name in _names(self.folder / "rows", r"(\d+)-(\d+)\.mp4"):
            first, last = int(name[1]), int(name[2])
            rows = self.plan.segments[first - 1 : last]
            if not 1 <= first <= last <= len(self.plan.segments):
                continue
            labels = [read_label(self.folder / f"clips/{row.name}.mkv") for row in rows]
            if paints_after(rows[-1]):
                manifest = manifests.get(rows[-1].name)
                if manifest is None:
                    continue
                images = [keyframe.sha256 for keyframe in manifest.keyframes]
                labels[-1] = clip_inputs(ended_clip(rows[-1]), images)
            inputs = film_inputs(film_of_rows(self.plan, first, last), labels)
            if self._is_other(f"rows/{name[0]}", inputs):
                yield f"rows/{name[0]}"

    def _takes(self) -> Iterator[str]:
        for name in _names(self.folder / "takes", r"(\d+)\.png"):
            if not 1 <= int(name[1]) <= len(self.plan.segments):
                continue
            row = self.plan.segments[int(name[1]) - 1]
            with suppress(OSError):
                images = [self._image(path) for path in takes_images(row).values()]
                if self._is_other(f"takes/{name[0]}", takes_inputs(self.plan, row, images)):
                    yield f"takes/{name[0]}"

    def _is_other(self, path: str, inputs: str) -> bool:
        """Whether a result is there, and was made from something else."""
        result = self.folder / path
        return result.exists() and read_label(result) != inputs


def _names(folder: Path, pattern: str) -> Iterator[re.Match[str]]:
    """Match the names of a folder's files with a pattern; a folder that is missing has none."""
    names = sorted(path.name for path in folder.glob("*"))
    return filter(None, (re.fullmatch(pattern, name) for name in names))


def _lists(table: Path, rows: tuple[TimelineRow, ...]) -> bool:
    """Whether a table holds just these rows."""
    expected = [
        {column: " ".join(str(value).split()) for column, value in to_builtins(row).items()}
        for row in rows
    ]
    try:
        with table.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, dialect="excel-tab")) == expected
    except (OSError, ValueError, csv.Error):
        return False

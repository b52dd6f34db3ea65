"""The film of a draft: made in one go from the keyframes, and marked as a draft."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from songreel.film.clips import clip_frames
from songreel.film.film import FilmReport, join_parts
from songreel.film.parts import write_part
from songreel.media.ffmpeg import THREADS
from songreel.media.memory import keep_freed_memory
from songreel.plan.inputs import draft_inputs
from songreel.plan.plan import ClipPlan, SongPlan

MARK = "DRAFT"

MARK_HEIGHT = Fraction(1, 14)
"""Size of the mark's letters, of the film's height."""

SMALLEST_MARK = 9  # pixels; smaller letters cannot be read

MARK_OPACITY = 0.75


def assemble_draft(
    rows: Iterable[tuple[ClipPlan, Sequence[Path]]],
    audio: Path | None,
    plan: SongPlan,
    path: Path,
    environment: Mapping[str, Any],
) -> FilmReport:
    """Make the film of a draft.

    Args:
        rows: each with PNGs of its keyframes, and of the keyframe after them if there is one.
        audio: the song's audio file; None for a silent film.
        plan: of the draft.
        path: the film, ``.mp4``; it appears whole or not at all.
        environment: that its keyframes were painted with, for its metadata.

    Raises:
        SongreelError: the audio is missing or damaged, or the film failed its check.
    """
    keep_freed_memory()
    cv2.setNumThreads(THREADS)
    with TemporaryDirectory(prefix=".parts-", dir=path.parent) as folder:
        parts = []
        for number, (clip, images) in enumerate(rows):
            parts.append(Path(folder) / f"{number:06d}.mp4")
            frames = mark_frames(clip_frames(images, clip), clip.width, clip.height)
            write_part(frames, plan.film, parts[-1])
        return join_parts(parts, audio, plan.film, path, draft_inputs(plan), [environment])


def mark_frames(frames: Iterable[np.ndarray], width: int, height: int) -> Iterator[np.ndarray]:
    """Write DRAFT into the upper left corner of frames.

    Args:
        frames: (height, width, 3) uint8 RGB; they are left as they are.
        width: in pixels.
        height: in pixels.

    Yields:
        frames of the same shape.
    """
    shares = _mark(width, height)
    rows, columns = shares.shape[:2]
    for frame in frames:
        marked = frame.copy()
        corner = marked[:rows, :columns].astype(np.float32)
        # White letters with a dark edge: they can be read on any picture.
        white, dark = shares[..., :1], shares[..., 1:]
        corner += dark * (0 - corner)
        corner += white * (255 - corner)
        marked[:rows, :columns] = np.rint(corner).astype(np.uint8)
        yield marked


def _mark(width: int, height: int) -> np.ndarray:
    """(rows, columns, 2) float32: shares of white and of black in the corner with the letters."""
    size = max(SMALLEST_MARK, round(height * MARK_HEIGHT))
    font = ImageFont.load_default(size)
    margin, edge = max(2, size // 3), max(1, size // 10)
    shares = []
    for stroke in (0, edge):
        layer = Image.new("L", (width, height))
        drawing = ImageDraw.Draw(layer)
        drawing.text((margin, margin), MARK, fill=255, font=font, stroke_width=stroke)
        shares.append(np.asarray(layer, np.float32) / 255 * MARK_OPACITY)
    mark = np.stack(shares, axis=-1)
    bottom, right = (int(np.nonzero(mark.any(axis=axis))[0].max()) + 1 for axis in ((1, 2), (0, 2)))
    return mark[:bottom, :right]

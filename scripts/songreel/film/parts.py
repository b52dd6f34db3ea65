"""Parts: the clips of a film, each encoded by itself, and kept for the next film of the song.

The film is its parts, one after the other. So an edit encodes only the clips that it touches, and
several are encoded side by side, without any influence on the frames.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from songreel.film.size import size_filters
from songreel.media import ffmpeg
from songreel.plan.inputs import part_inputs
from songreel.plan.plan import FilmPlan
from songreel.storage.atomic import replacing
from songreel.storage.labels import label, read_label


def encode_parts(
    clips: Sequence[Path], plan: FilmPlan, size: tuple[int, int], folder: Path, at_once: int
) -> list[Path]:
    """Encode the clips of a film; a part that is there and made from just this clip is kept.

    Args:
        clips: lossless clips in order, each with another name.
        plan: of the film.
        size: width and height of the clips, in pixels.
        folder: of the parts; what else it holds is removed.
        at_once: how many are encoded side by side.

    Returns:
        a part for each clip: H.264, yuv420p, BT.709, at the film's size.

    Raises:
        FFmpegError: a clip is damaged, or a part cannot be written.
    """
    parts = [folder / f"{clip.stem}.mp4" for clip in clips]

    def encode(clip: Path, part: Path) -> None:
        clip_label = read_label(clip)
        inputs = part_inputs(plan, clip_label)
        if clip_label is None or read_label(part) != inputs:
            _encode(clip, plan, size, part, inputs)

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(encode, clips, parts))
    for other in set(folder.iterdir()) - set(parts):
        other.unlink()
    return parts


def _encode(clip: Path, plan: FilmPlan, size: tuple[int, int], part: Path, inputs: str) -> None:
    with replacing(part) as temporary:
        ffmpeg.run(
            [
                "-xerror",  # fail on a damaged clip instead of filling its gaps
                *("-r", str(plan.fps)),  # exact times: Matroska's are whole milliseconds
                *("-i", f"file:{clip}"),
                *("-vf", ",".join(size_filters(plan, *size))),
                *("-c:v", "libx264"),
                *("-profile:v", "high"),  # every player decodes it; lossless clips have another
                *("-crf", str(plan.crf)),
                *("-preset", plan.preset),
                # x264 saves on colour: without this, flat patches are up to 6 levels off.
                *("-x264-params", "chroma-qp-offset=-6"),
                *("-threads:v", str(plan.threads)),
                *("-fps_mode", "passthrough"),
                *("-map_metadata", "-1"),
                *("-metadata", f"comment={label(inputs)}"),
                *("-fflags", "+bitexact", "-flags:v", "+bitexact"),
                *("-movflags", "+faststart"),  # the label before the pictures
                f"file:{temporary}",
            ]
        )

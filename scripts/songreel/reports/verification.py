"""Verification: whether a film, when it is rendered again from its sheet, is the same film."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from songreel.errors import SongreelError
from songreel.film.provenance import read_provenance, versions
from songreel.media import ffmpeg
from songreel.plan.plan import SongPlan
from songreel.plan.timecode import format_time

Render = Callable[[Path, Mapping[str, Any]], Path]
"""Renders the song of a configuration in an empty folder; returns the film."""

INPUTS = {
    "sheet digest": "the sheet",
    "audio digest": "the sound",
    "model digest": "the model",
    "upscaler digest": "the upscaler",
}


@dataclass(frozen=True)
class FilmDifference:
    """How two films differ, frame by frame.

    Attributes:
        counts: frames of each.
        frames: numbers of the frames that differ, of those that both have.
        greatest: difference of any pixel's channel, 0–255.
    """

    counts: tuple[int, int]
    frames: tuple[int, ...]
    greatest: int


def verify_film(film: Path, plan: SongPlan, song: Mapping[str, Any], render: Render) -> int:
    """Render a film again, with its own settings and an empty cache, and compare the two.

    Args:
        film: the ``.mp4``.
        plan: of the song as its sheet and images are now.
        song: its settings as configured, of which the files are taken.
        render: renders a song.

    Returns:
        how many frames there are; all of them are the same, bit for bit.

    Raises:
        SongreelError: the film is none of Songreel's, is made from something else than what is
            here, or is another when it is rendered again.
    """
    provenance, environments = read_provenance(film)
    others = list(_other_inputs(provenance, plan.film.provenance))
    if others:
        raise SongreelError(
            f"{film}: this film was made from something else: {'; '.join(others)}; "
            "give the files that it was made from"
        )
    with TemporaryDirectory(prefix=".verify-", dir=film.parent) as folder:
        again = render(Path(folder).resolve(), _configuration(plan.song, song, provenance))
        difference = compare_films(film, again)
        _, environments_now = read_provenance(again)
    if difference.counts[0] == difference.counts[1] and not difference.frames:
        return difference.counts[0]
    told = _differences(difference, plan.film.fps)
    then, now = versions(environments), versions(environments_now)
    machines = environments != environments_now
    why = f"; it was painted with {then}, now with {now}" if then != now else ""
    if machines and not why:
        why = (
            "; it was painted on another machine, whose processor or graphics card rounds otherwise"
        )
    raise SongreelError(f"{film}: rendered again, it is another film: {told}{why}")


def compare_films(film: Path, other: Path) -> FilmDifference:
    """Compare two films frame by frame, as they are decoded.

    Args:
        film: one of them.
        other: the other one, of the same size.
    """
    digests = [list(_frame_digests(path)) for path in (film, other)]
    pairs = enumerate(zip(*digests, strict=False))
    frames = tuple(number for number, (one, two) in pairs if one != two)
    greatest = _greatest(film, other) if frames else 0
    return FilmDifference((len(digests[0]), len(digests[1])), frames, greatest)


def _other_inputs(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for key, name in INPUTS.items():
        if then.get(key) == now.get(key):
            continue
        if key == "sheet digest":
            yield f"{name} differs in {_differing_parts(then, now)}"
        else:
            yield f"{name} is another"


def _differing_parts(then: Mapping[str, str], now: Mapping[str, str]) -> str:
    old, new = json.loads(then["rows"]), json.loads(now["rows"])
    parts = [key for key in new if key != "rows" and old.get(key) != new[key]]
    rows = [old["rows"], new["rows"]]
    if len(rows[0]) != len(rows[1]):
        parts.append(f"its rows, {len(rows[0])} then and {len(rows[1])} now")
    parts += [
        f"row {number}"
        for number, (one, two) in enumerate(zip(*rows, strict=False), start=1)
        if one != two
    ]
    return ", ".join(parts) or "its form"


def _configuration(
    name: str, song: Mapping[str, Any], provenance: Mapping[str, str]
) -> dict[str, Any]:
    """A configuration with the files of the song and the settings of the film."""
    settings = json.loads(provenance["settings"])
    model = song["model"]["name"]
    if Path(model).expanduser().is_dir():
        settings["model"]["name"] = str(Path(model).expanduser().resolve())
    if "upscaler digest" in provenance:
        upscaler = Path(song["video"]["upscaler"]).expanduser().resolve()
        settings["video"]["upscaler"] = str(upscaler)
    files = {
        key: str(Path(song[key]).expanduser().resolve()) if song[key] else None
        for key in ("sheet", "audio", "images")
    }
    return {
        "songs": {name: {**files, "worksheet": song["worksheet"], **settings}},
        "cache": {"folder": "cache"},
    }


def _differences(difference: FilmDifference, fps: Fraction) -> str:
    counts = difference.counts
    parts = []
    if counts[0] != counts[1]:
        parts.append(f"{counts[1]} frames instead of {counts[0]}")
    if difference.frames:
        first = format_time(round(1000 * difference.frames[0] / fps))
        parts.append(
            f"{len(difference.frames)} of {min(counts)} frames differ, the first at {first}, "
            f"by at most {difference.greatest} of 255 levels"
        )
    return "; ".join(parts)


def _frame_digests(film: Path) -> Iterator[str]:
    lines = ffmpeg.read_lines(
        ["-i", f"file:{film}", "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"]
    )
    for line in lines:
        if not line.startswith("#"):
            yield line.rpartition(",")[2].strip()


def _greatest(film: Path, other: Path) -> int:
    """The greatest difference of any value of any frame that both have."""
    frames = [_decoded(path) for path in (film, other)]
    return max(
        int(np.abs(one.astype(np.int16) - two).max()) for one, two in zip(*frames, strict=False)
    )


def _decoded(film: Path) -> Iterator[np.ndarray]:
    arguments = ["-i", f"file:{film}", "-map", "0:v:0"]
    nothing = ["-frames:v", "0", "-f", "null", "-"]
    header = ffmpeg.run(["-loglevel", "info", *arguments, *nothing])
    size = re.search(r"Video: .*?, (\d+)x(\d+)", header)
    assert size
    raw = ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    return ffmpeg.read_frames([*arguments, *raw], int(size[1]), int(size[2]))

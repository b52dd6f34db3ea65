"""Provenance: what a song's film is made from, for the film's metadata.

It holds names and digests of files, and no path: a film is given away.
"""

import json
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from songreel import __version__
from songreel.song.configuration import SECTIONS
from songreel.song.song import Song
from songreel.storage.digests import DigestMemo, digest

NOT_OF_THE_SHEET = ("warnings", "columns", "line", "file")
"""Fields of a sheet and its rows that say where it is written, and not what."""


def provenance(song: Song, memo: DigestMemo) -> dict[str, str]:
    """What makes the film of a song, all as text; settings and rows as JSON.

    Args:
        song: as read.
        memo: of digests, by which images and audio are read only once.
    """
    rows = _as_written(song.sheet, memo)
    audio = song.settings["audio"]
    video = {
        key: value
        for key, value in song.settings["video"].items()
        if key not in ("also", "upscaler")
    }
    made_from = {
        "program": f"Songreel {__version__}",
        "sheet": song.sheet.file,
        "sheet digest": digest(rows),
        "audio": Path(audio).name if audio else None,
        "audio digest": memo.file_digest(Path(audio)) if audio else None,
        "model": _public_name(song),
        "model digest": song.weights,
        "upscaler digest": song.upscaler,
        "seed": str(song.render["seed"]),
        "settings": _json(
            {
                **{section: song.settings[section] for section in SECTIONS},
                "model": {**song.settings["model"], "name": _public_name(song)},
                "render": dict(song.render),
                "video": video,
            }
        ),
        "rows": _json(rows),
    }
    return {key: value for key, value in made_from.items() if value is not None}


def _public_name(song: Song) -> str:
    """The model's name; of one in a folder, the folder's name."""
    name = song.settings["model"]["name"]
    return Path(name).name if Path(name).expanduser().is_dir() else name


def _as_written(value: Any, memo: DigestMemo) -> Any:
    """A sheet or a part of it as JSON-like value; an image by its name and digest."""
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.name not in NOT_OF_THE_SHEET]
        return {name: _as_written(getattr(value, name), memo) for name in names}
    if isinstance(value, tuple | list):
        return [_as_written(item, memo) for item in value]
    if isinstance(value, dict):
        return {str(key): _as_written(item, memo) for key, item in value.items()}
    if isinstance(value, Path):
        return {"image": value.name, "digest": memo.file_digest(value)}
    return str(value) if isinstance(value, Fraction) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)

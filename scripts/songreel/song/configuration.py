"""The configuration: checked against its schema, completed with the schema's defaults."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from songreel.bundled import BUNDLED
from songreel.errors import InputError

SCHEMA = BUNDLED / "config" / "schemas" / "config.schema.yaml"

INPUT_KEYS = ("sheet", "worksheet", "audio", "images")
"""A song's files; of a single song they may also be given at the top: ``--config sheet=…``."""

SECTIONS = ("model", "render", "interpolation", "video")
"""The sections that a song may override."""


@cache
def schema() -> dict:
    """Return the configuration's JSON schema."""
    return yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))


def read_songs(config: Mapping) -> dict[str, dict]:
    """Return every song's complete settings.

    Args:
        config: the configuration as Snakemake merged it.

    Returns:
        song name → ``sheet``, ``worksheet``, ``audio``, ``images`` (as written, or None) and the
        sections ``model``, ``render``, ``interpolation``, ``video``: the schema's defaults,
        overridden by the configuration's sections, overridden by the song's.

    Raises:
        InputError: every unknown key, wrong type and value out of range.
    """
    config = dict(config)
    problems = list(_problems(config))
    if "sheet" in config and "songs" in config:
        problems.append("config: give either 'songs' or 'sheet', not both")
    if not {"sheet", "songs"} & config.keys():
        problems.append("config: no song; add 'songs:' or give --config sheet=MySong.xlsx")
    if problems:
        raise InputError(problems)
    if "sheet" in config:
        song = {key: config[key] for key in INPUT_KEYS if key in config}
        songs = {song_name(config["sheet"]): song}
    else:
        songs = config["songs"]
    return {name: _complete(song, config) for name, song in songs.items()}


def cache_folder(config: Mapping) -> Path:
    """Return the keyframe cache's folder."""
    return Path(cache_settings(config)["folder"])


def cache_settings(config: Mapping) -> dict:
    """Return the section ``cache``, completed with the schema's defaults."""
    return _override(defaults("cache"), config.get("cache") or {})


def song_name(sheet: str) -> str:
    """Make a song's name, fit for file names and Snakemake's wildcards, from its workbook's."""
    return re.sub(r"[^\w.-]+", "_", Path(sheet).stem).strip("_.-") or "song"


def defaults(section: str) -> dict:
    """Return the schema's defaults of a section, nested as the section is."""
    node = schema()["$defs"].get(section) or schema()["properties"][section]
    return _defaults(node)


def _defaults(node: Mapping) -> dict:
    return {
        key: _defaults(value) if "properties" in value else value["default"]
        for key, value in node["properties"].items()
    }


def _complete(song: Mapping, config: Mapping) -> dict:
    complete = {key: song.get(key) for key in INPUT_KEYS}
    for section in SECTIONS:
        settings = _override(defaults(section), config.get(section) or {})
        complete[section] = _override(settings, song.get(section) or {})
    return complete


def _override(base: Mapping, changes: Mapping) -> dict:
    return {
        key: _override(value, changes.get(key) or {})
        if isinstance(value, dict)
        else changes.get(key, value)
        for key, value in base.items()
    }


def _problems(config: Mapping) -> Iterator[str]:
    validator = jsonschema.Draft202012Validator(schema())
    for error in sorted(
        validator.iter_errors(config), key=lambda error: list(map(str, error.path))
    ):
        yield from _messages(error)


def _messages(error: jsonschema.ValidationError) -> Iterator[str]:
    """Say what is wrong, where, and how to correct it; one line for each unknown key."""
    section: Any = error.schema
    instance: Any = error.instance
    rule: Any = error.validator_value
    location = "config" + "".join(
        f", {key}" for key in [".".join(map(str, error.absolute_path))] if key
    )
    shown = json.dumps(instance, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    match error.validator:
        case "additionalProperties":
            known = list(section["properties"])
            for key in sorted(set(map(str, instance)) - set(known)):
                near = difflib.get_close_matches(key, known, 1)
                hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}"
                yield f"{location}: unknown key '{key}'; {hint}"
        case "required":
            yield f"{location}: the key 'sheet' is missing; give it the song's workbook"
        case "enum":
            choices = ", ".join("null" if v is None else str(v) for v in rule)
            yield f"{location}: {shown} is not one of {choices}"
        case "type" if isinstance(instance, dict) and "string" in str(rule):
            yield (
                f"{location}: {shown} is not text; a colon in a file name must be quoted twice: "
                """--config 'sheet="No: more.xlsx"'"""
            )
        case "type":
            kinds = rule
            kinds = [kinds] if isinstance(kinds, str) else kinds
            yield f"{location}: {shown} is not {' or '.join(_KINDS[kind] for kind in kinds)}"
        case "minimum" | "maximum" | "exclusiveMinimum" | "multipleOf":
            yield f"{location}: {shown} must be {_BOUNDS[error.validator]} {rule}"
        case "pattern" if error.parent is None and "propertyNames" in error.schema_path:
            yield (
                f"{location}: the song name {shown} may hold letters, digits, dot, dash, underscore"
            )
        case "minLength":
            yield f"{location}: must not be empty"
        case _:
            yield f"{location}: {error.message}"


_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "object": "a section of keys",
    "null": "null",
}

_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "multipleOf": "a multiple of",
}

"""Settings of the configuration that a song sheet may set too: for all rows, or for one."""

from collections.abc import Mapping
from typing import Any

from songreel.song.cells import read_number, read_text, shown_value
from songreel.song.configuration import schema
from songreel.song.workbook import Cell

ROW_SETTINGS: Mapping[str, tuple[str, str]] = {
    "Strength": ("render", "strength"),
    "GuidanceScale": ("render", "guidance_scale"),
    "Steps": ("render", "steps"),
    "Seed": ("render", "seed"),
    "Shadow": ("render", "shadow"),
    "PanX": ("render", "pan_x"),
    "PanY": ("render", "pan_y"),
    "Rotate": ("render", "rotate"),
    "Ease": ("render", "ease"),
    "Interpolation": ("interpolation", "method"),
}
"""Name in the sheet → section and key in the configuration, whose bounds hold here as well."""

_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
}


def read_row_setting(name: str, cell: Cell) -> int | float | str:
    """Return the value of a setting.

    Args:
        name: in ``ROW_SETTINGS``.
        cell: which holds it.

    Raises:
        ValueError: a value that the configuration would not take either; with those it takes.
    """
    section, key = ROW_SETTINGS[name]
    rule = schema()["$defs"][section]["properties"][key]
    if "enum" in rule:
        text = read_text(cell).casefold()
        if text not in rule["enum"]:
            raise ValueError(
                f"'{shown_value(cell)}' is no {name}; write {', '.join(rule['enum'][:-1])} "
                f"or {rule['enum'][-1]}"
            )
        return text
    number = read_number(cell)
    is_whole = "integer" in rule["type"]
    if number is None or not _within(number, rule) or (is_whole and number.denominator > 1):
        bounds = " and ".join(
            f"{words} {rule[key]}" for key, words in _BOUNDS.items() if key in rule
        )
        kind = "whole number" if is_whole else "number"
        raise ValueError(f"'{shown_value(cell)}' is no {name}; write a {kind}, {bounds}")
    return int(number) if is_whole else float(number)


def _within(number: Any, rule: Mapping[str, Any]) -> bool:
    return (
        number >= rule.get("minimum", number)
        and number <= rule.get("maximum", number)
        and ("exclusiveMinimum" not in rule or number > rule["exclusiveMinimum"])
    )

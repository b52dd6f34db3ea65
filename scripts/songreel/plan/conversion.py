"""Plans as plain builtins and back, for Snakemake's ``params`` and for JSON.

Snakemake tracks changes of builtins only: a dataclass or a path among the params would change
without a rerun.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_builtins(value: Any) -> Any:
    """Convert a plan, or a part of one, to dictionaries, lists, texts and numbers.

    A fraction becomes text (``"49/3"``), a tuple a list.
    """
    if is_dataclass(value):
        return {name: to_builtins(getattr(value, name)) for name in _field_names(type(value))}
    if isinstance(value, Mapping):
        return {key: to_builtins(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [to_builtins(item) for item in value]
    return str(value) if isinstance(value, Fraction) else value


def from_builtins(kind: type[T], value: Any) -> T:
    """Convert what :func:`to_builtins` gave back to the class that it was.

    Args:
        kind: a dataclass of :mod:`songreel.plan.plan`.
        value: as Snakemake or JSON hand it over.
    """
    return _convert(kind, value)


def _convert(kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):
        kind = next(option for option in get_args(kind) if option is not type(None))
        return None if value is None else _convert(kind, value)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _convert(hint, value[name]) for name, hint in _hints(kind).items()})
    if get_origin(kind) is tuple:
        return tuple(_convert(get_args(kind)[0], item) for item in value)
    if get_origin(kind) is Mapping:
        return {key: _convert(get_args(kind)[1], item) for key, item in value.items()}
    return Fraction(value) if kind is Fraction else value


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_hints = cache(get_type_hints)

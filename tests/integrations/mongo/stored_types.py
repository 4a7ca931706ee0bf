"""The types of stored fields, as `docs/storage.md` names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

from msgspec.structs import fields

from domain.values.record import Record
from integrations.mongo.collections import COLLECTIONS

_NAMES: Mapping[type, str] = {
    str: "string",
    int: "int",
    bool: "bool",
    bytes: "bytes",
    datetime: "instant",
    date: "date",
    time: "time of day",
    timedelta: "seconds",
    Decimal: "decimal",
}


def type_name(hint: Any) -> str:
    """Return the name of a field's type."""
    hint = getattr(hint, "__supertype__", hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (some,) = (option for option in arguments if option is not NoneType)
        return type_name(some)
    if origin in (tuple, frozenset):
        return f"array of {type_name(arguments[0])}"
    if origin is dict:
        return "document"
    if hint in _NAMES:
        return _NAMES[hint]
    if issubclass(hint, StrEnum):
        return str(hint.__name__)
    return f"[`{hint.__name__}`](#{COLLECTIONS.get(hint, hint.__name__.lower())})"


def record_fields(cls: type[Any]) -> list[tuple[str, str]]:
    """Return (name, type) of a record's fields. A type ends in "?" where the codec omits the empty value."""
    hints = {name: hint for name, hint in get_type_hints(cls).items() if get_origin(hint) is not ClassVar}
    omitted = {field.name for field in fields(cls) if field.default is None or field.default == ()}
    return [(name, type_name(hint) + ("?" if name in omitted else "")) for name, hint in hints.items()]


def records_in(roots: Iterable[type[Any]]) -> set[type[Any]]:
    """Return the record classes among these and the types of their fields, at any depth."""
    found: set[type[Any]] = set()
    waiting: list[Any] = [*roots]
    while waiting:
        hint = waiting.pop()
        hint = getattr(hint, "__supertype__", hint)
        waiting += get_args(hint)
        if isinstance(hint, type) and issubclass(hint, Record) and hint not in found:
            found.add(hint)
            waiting += [each for each in get_type_hints(hint).values() if get_origin(each) is not ClassVar]
    return found


def enums_in(roots: Iterable[type[Any]]) -> list[type[StrEnum]]:
    """Return the enums among the types of the fields of these records, at any depth, by name."""
    found: set[type[StrEnum]] = set()
    for record in records_in(roots):
        waiting = list(get_type_hints(record).values())
        while waiting:
            hint = waiting.pop()
            waiting += get_args(hint)
            if isinstance(hint, type) and issubclass(hint, StrEnum):
                found.add(hint)
    return sorted(found, key=lambda each: each.__name__)

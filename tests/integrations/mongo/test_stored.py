"""The stored format, held still: what every class that is kept looks like as a document, to the byte.

`stored.jsonl` has two lines a class: of a value with nothing but what it must have, and of one with everything. Where a
class gets a field, or a document is to look otherwise, write the file anew, and see in its diff what changes for data
that is there already: python -m tests.integrations.mongo.test_stored
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from bson.json_util import JSONMode, JSONOptions, dumps, loads

from domain.delivery.model import Attempt, Lease
from domain.signals import Typing
from integrations.mongo.codec import BODY_CLASSES, from_document, to_document
from integrations.mongo.collections import COLLECTIONS

OPTIONS = JSONOptions(json_mode=JSONMode.CANONICAL, tz_aware=True)
GOLDEN = Path(__file__).with_name("stored.jsonl")
KEPT: list[type[Any]] = sorted(
    {*COLLECTIONS, *BODY_CLASSES.values(), Lease, Attempt, Typing}, key=lambda cls: cls.__name__
)
PLAIN: Mapping[type, Any] = {
    int: 7,
    float: 0.25,
    bool: True,
    Decimal: Decimal("12.50"),
    date: date(2026, 3, 1),
    datetime: datetime(2026, 3, 1, 9, 30, 15, 250_000, UTC),
    time: time(9, 30),
    timedelta: timedelta(minutes=2, milliseconds=500),
}


def value_of(cls: Any, name: str, *, full: bool) -> Any:
    """A value of the type, the same one every time; texts are the names of their fields."""
    cls = getattr(cls, "__supertype__", cls)
    origin, of = get_origin(cls), get_args(cls)
    if origin in (Union, UnionType):
        options = [option for option in of if option is not NoneType]
        return value_of(options[0], name, full=full) if full or NoneType not in of else None
    if origin is dict or origin is Mapping:
        return {name: value_of(of[1], name, full=full)} if full else {}
    if origin in (tuple, frozenset):
        return origin([value_of(of[0], name, full=full)] if full else [])
    if cls is str:
        return name
    if cls in PLAIN:
        return PLAIN[cls]
    return next(iter(cls)) if issubclass(cls, StrEnum) else made(cls, full=full)


def made(cls: type[Any], *, full: bool) -> Any:
    """One with everything, or with what it must have."""
    types = get_type_hints(cls)
    given = [p.name for p in inspect.signature(cls).parameters.values() if full or p.default is p.empty]
    return cls(**{name: value_of(types[name], name, full=full) for name in given})


def lines() -> list[str]:
    return [
        f"{cls.__name__} {'full' if full else 'least'} "
        + dumps(to_document(made(cls, full=full)), json_options=OPTIONS, ensure_ascii=False)
        for cls in KEPT
        for full in (False, True)
    ]


def test_documents_look_as_they_always_did() -> None:
    assert lines() == GOLDEN.read_text().splitlines()


@pytest.mark.parametrize("cls", KEPT, ids=lambda cls: cls.__name__)
def test_documents_that_were_written_load(cls: type[Any]) -> None:
    kept = dict(
        line.split(" ", 2)[1:] for line in GOLDEN.read_text().splitlines() if line.startswith(f"{cls.__name__} ")
    )
    for full in (False, True):
        document = loads(kept["full" if full else "least"], json_options=OPTIONS)
        assert from_document(cls, document) == made(cls, full=full)


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(lines()) + "\n")

"""The update that turns a stored record into its successor: only the fields that differ.

So a save keeps what it does not know: fields of a newer build, in the record and in those within it, and what a
migration has written since the record was read. It also costs less than to encode the whole record, since records are
immutable and share the parts that are the same.

Elements of an array are the same where they are equal, or have the same key (`_KEYS`). An array that only grows, and
whose elements change in place, is updated by position. Any other is rebuilt by an update pipeline, from the elements
that it has in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, get_args, get_origin

from msgspec.structs import fields

from domain.values.record import Record
from integrations.mongo.codec import OMITTED, encoder
from integrations.mongo.driver import Document

_KEYS: Final = ("id", "number", "profile_id", "external_id", "title")
"""Fields by which a record within another is told from its successor: the first one that it has."""

Update = Document | list[Document]


class _Field(Record):
    name: str
    is_optional: bool  # left out of the document where it has its default
    absent: Any
    encode: Callable[[Any], Any]
    is_array: bool  # of records


def update_of(old: Any, new: Any) -> Update | None:
    """Return the update, of both of which the first is stored; None if they are equal."""
    changes = _Changes()
    changes.compare(old, new, "")
    return changes.update()


def whole_update_of(document: Mapping[str, Any], cls: Any) -> Document:
    """Return the update that sets all fields of a record, whatever is stored. `document`: its fields that have a value,
    by their names in the database."""
    absent = {field.name: "" for field in _fields(cls) if field.is_optional and field.name not in document}
    return {"$set": dict(document), **({"$unset": absent} if absent else {})}


class _Changes:
    def __init__(self) -> None:
        self._set: Document = {}
        self._unset: list[str] = []
        self._in_place: Document = {}  # of arrays: by position
        self._in_place_unset: list[str] = []
        self._rebuilt: Document = {}  # arrays, as expressions
        self._has_moves = False

    def compare(self, old: Any, new: Any, prefix: str, *, in_array: bool = False) -> None:
        """Note what differs between two records that are stored at the same place."""
        cls: Any = type(new)
        for field in _fields(cls):
            before, after = getattr(old, field.name), getattr(new, field.name)
            if before is after or before == after:
                continue
            path = prefix + field.name
            if field.is_optional and after == field.absent:
                (self._in_place_unset if in_array else self._unset).append(path)
            elif field.is_array and after:
                self._compare_arrays(field, before, after, path, old, prefix, in_array=in_array)
            elif isinstance(after, Record) and _are_same(before, after):
                self.compare(before, after, f"{path}.", in_array=in_array)
            else:
                (self._in_place if in_array else self._set)[path] = field.encode(after)

    def update(self) -> Update | None:
        if self._has_moves:
            literal = {path: {"$literal": value} for path, value in self._set.items()}
            stages: list[Document] = [{"$set": literal | self._rebuilt}]
            return [*stages, {"$unset": self._unset}] if self._unset else stages
        changed, unset = self._set | self._in_place, [*self._unset, *self._in_place_unset]
        update = {"$set": changed} if changed else {}
        if unset:
            update["$unset"] = dict.fromkeys(unset, "")
        return update or None

    def _compare_arrays(
        self,
        field: _Field,
        before: Sequence[Record],
        after: Sequence[Record],
        path: str,
        parent: Record,
        prefix: str,
        *,
        in_array: bool,
    ) -> None:
        moved = _siblings(parent, prefix)
        is_taken_over = any(_identity(each) in moved for each in after[len(before) :])
        if in_array or not (before or is_taken_over):
            (self._in_place if in_array else self._set)[path] = field.encode(after)
            return
        self._rebuilt[path] = _rebuilt(before, after, path, moved)
        if is_taken_over or len(after) < len(before) or not all(map(_are_same, before, after)):
            self._has_moves = True
        else:
            for place, (former, latter) in enumerate(zip(before, after, strict=False)):
                if former != latter:
                    self.compare(former, latter, f"{path}.{place}.", in_array=True)
            for place, added in enumerate(after[len(before) :], len(before)):
                self._in_place[f"{path}.{place}"] = encoder(type(added))(added)


def _rebuilt(before: Sequence[Record], after: Sequence[Record], path: str, moved: Mapping[Any, str]) -> list[Any]:
    """Return the expression of an array, which takes the elements that it had from the database."""
    places = {_identity(each): place for place, each in enumerate(before)}
    elements: list[Any] = []
    for each in after:
        cls: Any = type(each)
        place, document = places.get(_identity(each)), encoder(cls)(each)
        stored: Any = moved.get(_identity(each)) if place is None else {"$arrayElemAt": [f"${path}", place]}
        if stored is None:
            elements.append({"$literal": document})
        elif place is not None and before[place] == each:
            elements.append(stored)
        else:
            for field in _fields(cls):
                if field.is_optional and field.name not in document:
                    stored = {"$unsetField": {"field": field.name, "input": stored}}
            elements.append({"$mergeObjects": [stored, {"$literal": document}]})
    return elements


def _siblings(parent: Record, prefix: str) -> dict[Any, str]:
    """Return where the records beside an array are, by their identity: one of them may move into it."""
    found = ((name, getattr(parent, name)) for name in parent.__struct_fields__)
    return {
        _identity(each): f"${prefix}{name}" for name, each in found if isinstance(each, Record) and _key(type(each))
    }


def _are_same(before: Any, after: Any) -> bool:
    """Return whether the latter is the successor of the former."""
    if type(before) is not type(after):
        return False
    cls: Any = type(after)
    key = _key(cls)
    return key is None or getattr(before, key) == getattr(after, key)


def _identity(record: Any) -> Any:
    cls: Any = type(record)
    key = _key(cls)
    return (cls, record if key is None else getattr(record, key))


@cache
def _key(cls: Any) -> str | None:
    names = {field.name for field in fields(cls)}
    return next((key for key in _KEYS if key in names), None)


@cache
def _fields(cls: Any) -> tuple[_Field, ...]:
    return tuple(
        _Field(
            name=part.name,
            is_optional=part.default in OMITTED,
            absent=part.default,
            encode=encoder(part.type),
            is_array=_is_array_of_records(part.type),
        )
        for part in fields(cls)
    )


def _is_array_of_records(cls: Any) -> bool:
    arguments = get_args(cls)
    return get_origin(cls) is tuple and isinstance(arguments[0], type) and issubclass(arguments[0], Record)

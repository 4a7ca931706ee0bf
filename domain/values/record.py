"""The base class of all records: immutable, with named fields, compared by content; and that of the enums in them.

Records are msgspec structs and not frozen dataclasses, because creating a dataclass costs half a millisecond for each
of hundreds of classes when a process starts, and because structs are faster to make for every row that is read.

A newer build may have stored a value of an enum that this build does not know. It is read as a member of its own, which
equals no other, is not among the members when they are listed, and is stored again as it was. Everywhere else, such as
in inputs, an unknown value is an error, as of any enum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

from msgspec import Struct, StructMeta, field

if TYPE_CHECKING:  # mypy checks the arguments of this one against the types of the fields
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = [
    "UNKNOWN",
    "Record",
    "SecretRecord",
    "StoredEnum",
    "field",
    "has_met_unknown_values",
    "replace",
    "unknown_values_allowed",
    "unknown_values_in",
]

UNKNOWN = "UNKNOWN"
"""The name of a member that this build does not know."""

_REMEMBERED = 1_000  # unknown values: newer builds add some, and a damaged database any number

_are_allowed: ContextVar[bool] = ContextVar("unknown values are allowed", default=False)


class _RecordMeta(StructMeta):
    """Makes fields keyword-only, unless a class has kw_only=False; msgspec does not inherit the option."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> _RecordMeta:
        return super().__new__(cls, name, bases, namespace, **{"kw_only": True, **options})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Record(Struct, metaclass=_RecordMeta, frozen=True):
    """The base of all records."""


class SecretRecord(Record):
    """A record with secrets: its representation leaves out the fields named in `hidden`."""

    hidden: ClassVar[tuple[str, ...]]

    def __rich_repr__(self) -> Iterable[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in self.hidden]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"


class StoredEnum(StrEnum):
    @property
    def is_unknown(self) -> bool:
        """Whether this build does not know the value."""
        return self._name_ == UNKNOWN

    @classmethod
    def stored(cls, value: str) -> Self:
        """Return the member of a value that was read from the database, whether this build knows it or not."""
        with unknown_values_allowed():
            return cls(value)

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return _unknown(cls, value) if _are_allowed.get() and isinstance(value, str) else None


@contextmanager
def unknown_values_allowed() -> Iterator[None]:
    """Within the block, values that this build does not know are read."""
    token = _are_allowed.set(True)
    try:
        yield
    finally:
        _are_allowed.reset(token)


def has_met_unknown_values() -> bool:
    """Whether this process has read any value that it does not know: mostly none, so that nobody has to look."""
    return _unknown.cache_info().misses > 0


def unknown_values_in(value: object) -> Iterator[StoredEnum]:
    """Iterate over the values within a record that this build does not know, each as often as it occurs."""
    if isinstance(value, StoredEnum):
        if value.is_unknown:
            yield value
    elif isinstance(value, Record):
        for name in value.__struct_fields__:
            yield from unknown_values_in(getattr(value, name))
    elif isinstance(value, (tuple, frozenset)):
        for each in value:
            yield from unknown_values_in(each)


@lru_cache(_REMEMBERED)
def _unknown(cls: Any, value: str) -> Any:
    member = str.__new__(cls, value)
    member._name_ = UNKNOWN
    member._value_ = value
    return member

"""What all values are made of: named fields, set once, compared by content.

Structs rather than frozen dataclasses: there are hundreds of classes, of which each takes half a millisecond to make as
a dataclass when a process starts, and values are made for every row that is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from msgspec import Struct, StructMeta, field

if TYPE_CHECKING:  # the same to mypy, which knows this one and holds the changes against the fields' types
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = ["Record", "SecretRecord", "field", "replace"]


class _RecordMeta(StructMeta):
    """Fields are given by name, unless a class says kw_only=False: msgspec does not inherit that."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> _RecordMeta:
        return super().__new__(cls, name, bases, namespace, **{"kw_only": True, **options})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Record(Struct, metaclass=_RecordMeta, frozen=True):
    """Base of all that is a value."""


class SecretRecord(Record):
    """A record with secrets: whoever prints it does not see the fields that are `hidden`."""

    hidden: ClassVar[tuple[str, ...]]

    def __rich_repr__(self) -> Iterable[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in self.hidden]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

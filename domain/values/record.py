"""The base class of all records: immutable, with named fields, compared by content.

Records are msgspec structs and not frozen dataclasses, because creating a dataclass costs half a millisecond for each
of hundreds of classes when a process starts, and because structs are faster to make for every row that is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from msgspec import Struct, StructMeta, field

if TYPE_CHECKING:  # mypy checks the arguments of this one against the types of the fields
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = ["Record", "SecretRecord", "field", "replace"]


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

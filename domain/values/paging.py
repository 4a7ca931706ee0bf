"""Pages by key, not by number: a page goes on behind the last row seen, whatever came in before it meanwhile."""

from __future__ import annotations

from typing import Generic, TypeVar

from domain.values.record import Record

T = TypeVar("T")


class Slice(Record):
    """`limit` rows behind `after` and before `before`, counted from the end where `from_end`.

    A key is what the rows are sorted by, made unique by the row's id last.
    """

    limit: int
    after: tuple[object, ...] | None = None
    before: tuple[object, ...] | None = None
    from_end: bool = False


class Page(Record, Generic[T]):
    items: list[T]
    has_next: bool
    has_previous: bool

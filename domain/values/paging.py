"""Keyset pagination: a page continues after the last row of the previous page, regardless of rows inserted before."""

from __future__ import annotations

from typing import Generic, TypeVar

from domain.values.record import Record

T = TypeVar("T")


class Slice(Record):
    """At most `limit` rows after `after` and before `before`, the last ones of them if `from_end`.

    A key has the values that the rows are sorted by, and the row's id, which makes it unique.
    """

    limit: int
    after: tuple[object, ...] | None = None
    before: tuple[object, ...] | None = None
    from_end: bool = False


class Page(Record, Generic[T]):
    """The rows of a slice, and whether there are more on either side."""

    items: list[T]
    has_next: bool
    has_previous: bool

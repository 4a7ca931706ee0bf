"""Long lists of small objects, column by column.

graphql-core resolves and completes each leaf by itself, which costs some microseconds: nothing for a page of 25, and
most of the time of a report of 5,000 points. A resolver whose rows are available as columns returns `Columns`, and the
executor (`api/graphql/plan/columns.py`) writes the selected fields in one go. Any other code sees a list.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar, overload

from domain.values.record import Record

T = TypeVar("T")


class Column(Record, kw_only=False, eq=False):
    """The values of a field, and the same values serialized. For a list of objects, both are `Lists`."""

    values: Sequence[object]
    written: Sequence[object]


class Columns(Generic[T]):
    def __init__(self, row: Callable[..., T], columns: Mapping[str, Column]) -> None:
        """`columns` are keyed by GraphQL field names; `row` takes the values in this order."""
        self._row = row
        self.columns = columns

    def __len__(self) -> int:
        for column in self.columns.values():
            return len(column.values)
        return 0

    def __iter__(self) -> Iterator[T]:
        return iter([self._row(*values) for values in zip(*(c.values for c in self.columns.values()), strict=True)])


class Lists(Sequence[Columns[T]]):
    """Lists that share all columns but one, whose values are integers: series of the same days."""

    def __init__(
        self, row: Callable[..., T], shared: Mapping[str, Column], own: str, integers: Sequence[Sequence[int]]
    ) -> None:
        """`row` takes the values of the shared columns, then the value of the own column."""
        self._row = row
        self.shared = shared
        self.own = own
        self.integers = integers

    def __len__(self) -> int:
        return len(self.integers)

    @overload
    def __getitem__(self, place: int) -> Columns[T]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Columns[T]]: ...
    def __getitem__(self, place: int | slice) -> Columns[T] | Sequence[Columns[T]]:
        if isinstance(place, slice):
            return Lists(self._row, self.shared, self.own, self.integers[place])
        own = self.integers[place]
        return Columns(self._row, {**self.shared, self.own: Column(own, own)})

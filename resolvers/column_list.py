"""Long lists of small things, column by column.

graphql-core resolves and completes each leaf by itself, which costs some microseconds: nothing for a page of 25, and
most of the time of a report of 5,000 points. A resolver that has its rows as columns anyway answers `Columns`, and the
executor (`api/graphql/fast_path/column_executor.py`) writes the fields asked for in one go. To everything else it is
a list.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar, overload

from domain.values.record import Record

T = TypeVar("T")


class Column(Record, kw_only=False, eq=False):
    """A field's values, and the same as the scalar writes them; of a list of objects, both are `Lists`."""

    values: Sequence[object]
    written: Sequence[object]


class Columns(Generic[T]):
    def __init__(self, row: Callable[..., T], columns: Mapping[str, Column]) -> None:
        """`columns` by the names that the fields have in the graph; `row` takes the values in this order."""
        self._row = row
        self.columns = columns

    def __len__(self) -> int:
        for column in self.columns.values():
            return len(column.values)
        return 0

    def __iter__(self) -> Iterator[T]:
        return iter([self._row(*values) for values in zip(*(c.values for c in self.columns.values()), strict=True)])


class Lists(Sequence[Columns[T]]):
    """Lists that have one column each of their own, of integers, and share the others: series of the same days."""

    def __init__(
        self, row: Callable[..., T], shared: Mapping[str, Column], own: str, integers: Sequence[Sequence[int]]
    ) -> None:
        """`row` takes the values of the shared columns, and then its own."""
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

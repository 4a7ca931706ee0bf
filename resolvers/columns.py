"""Long lists of small things, column by column.

graphql-core resolves and completes each leaf by itself, which costs some microseconds: nothing for a page of 25, and
most of the time of a report of 5,000 points. A resolver that has its rows as columns anyway answers `Columns`, and the
executor (`api/graphql/columns.py`) makes the rows of the fields asked for in one go. To everything else it is a list.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from domain.record import Record

T = TypeVar("T")


class Column(Record, kw_only=False):
    """A field's values, and the same as the scalar writes them; of a list of objects, each is `Columns` in both."""

    values: Sequence[object]
    written: Sequence[object]


class Plan(Record, kw_only=False):
    """What is asked of each row: (response name, field, what of the field's own rows) each."""

    fields: "tuple[tuple[str, str, Plan | None], ...]"


class Columns(Generic[T]):
    def __init__(self, row: Callable[..., T], columns: Mapping[str, Column]) -> None:
        """`columns` by the names that the fields have in the graph; `row` takes the values in this order."""
        self._row = row
        self.columns = columns

    def __iter__(self) -> Iterator[T]:
        return iter([self._row(*values) for values in zip(*(c.values for c in self.columns.values()), strict=True)])

    def inner(self, field: str) -> "Columns[object] | None":
        """One of the lists in a column of lists; None where it is none, or empty."""
        column = self.columns.get(field)
        first = column.written[0] if column is not None and column.written else None
        return first if isinstance(first, Columns) else None

    def rows(self, plan: Plan) -> list[dict[str, object]]:
        names = [name for name, _, _ in plan.fields]
        written = [self._written(field, inner) for _, field, inner in plan.fields]
        if len(names) == 2:  # the usual case, at twice the pace
            (first, second), (one, other) = names, written
            return [{first: a, second: b} for a, b in zip(one, other, strict=True)]
        return [dict(zip(names, values, strict=True)) for values in zip(*written, strict=True)]

    def _written(self, field: str, inner: Plan | None) -> Sequence[object]:
        written = self.columns[field].written
        if inner is None:
            return written
        return [columns.rows(inner) for columns in written if isinstance(columns, Columns)]

"""A list of objects, each made of a stored row alone.

Most rows of a page are as they were when they were last read. The executor keeps the JSON of such objects by the
fingerprint of their row (`api/graphql/plan/kept_texts.py`), and makes only the objects that it does not know. Any other
code sees a list of the objects.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar


class Fingerprinted(Protocol):
    @property
    def fingerprint(self) -> bytes | None:
        """A hash of the stored row: rows with the same one are equal. `None` if it is not known."""


R = TypeVar("R", bound=Fingerprinted)
T = TypeVar("T")


class StoredRows(Generic[R, T]):
    def __init__(self, rows: Sequence[R], make: Callable[[R], T], *, scope: str) -> None:
        """`make` returns the object of a row. `scope`: everything besides the row that the objects depend on; the
        audience (`Principal.audience`) is a part of it."""
        self.rows = rows
        self.make = make
        self.scope = scope

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[T]:
        return iter([self.make(row) for row in self.rows])

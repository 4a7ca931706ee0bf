"""Documents of days (`counters.py`) as columns, and the process's memory of them (read by `calendar.py`).

A question of 90 days needs ten thousand cells of 90 documents, and all but today's are what they were at the last
question. So a field of the documents is kept as columns: by path within the field a row of numbers, one a day. Whoever
moves a day's counters writes into it where the log stands then (`v`), and of what is remembered only the days that
have moved since are read again; if the log has not moved, none.

Nothing is taken on trust: a reader says at which position of the log its snapshot stands, and memory that is of another
position is brought to it, or passed over. What moves days without the log (a repair, a zone's days made anew) changes
the edition, and of another edition nothing is remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bson import Decimal128

from domain.values.calendar import DayRange
from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.driver import Document
from integrations.mongo.stats.decimals import decimal_of

# By path within a field: a number a day, in their order, or one of all together. Counts, and decimals where they are
# amounts. Who asks may keep them, and change them.
Rows = Mapping[str, list[Any]]

_KEPT = 3_000_000  # cells in memory, of all accounts: some 50 MB


class CacheKey(Record):
    """Whose days, and which: what is of another edition has nothing to do with these."""

    account_id: AccountId
    zone: str
    epoch: str  # of the log
    generation: int  # of the account's days
    repairs: int


class DayColumns:
    """One field of the documents of some days; None: of all that there are."""

    def __init__(self, field: str, days: DayRange | None, documents: Iterable[Document], *, at: int) -> None:
        self.days = days
        self.at = at  # where the log stood
        self._field = tuple(field.split("."))
        self._places = {} if days is None else {day.isoformat(): place for place, day in enumerate(days.days())}
        self._rows: dict[str, list[Any]] = {}
        self.renew(documents, at=at)

    @property
    def cells(self) -> int:
        return len(self._rows) * len(self._places)

    def holds(self, days: DayRange | None) -> bool:
        if days is None or self.days is None:
            return days == self.days
        return self.days.start <= days.start and days.end <= self.days.end

    def of(self, days: DayRange | None) -> Rows:
        """Without those that are nothing but zeros."""
        if days is None or self.days is None:
            return {path: [total] for path, row in self._rows.items() if (total := sum(row))}
        first = (days.start - self.days.start).days
        last = first + days.length
        return {path: part for path, row in self._rows.items() if any(part := row[first:last])}

    def renew(self, documents: Iterable[Document], *, at: int) -> None:
        """With all documents that have moved in between, or more; also of other days."""
        for document in documents:
            place = self._places.get(document["day"])
            if place is None and self.days is None:
                place = self._places[document["day"]] = len(self._places)
                for row in self._rows.values():
                    row.append(0)
            if place is not None:
                self._put(place, document)
        self.at = at

    def _put(self, place: int, document: Document) -> None:
        """No cell ever leaves its document, but in another edition: what is there need not be cleared."""
        value: Any = document
        for name in self._field:
            value = value.get(name) or {}
        rows, length = self._rows, len(self._places)
        for path, cell in flattened(value):
            row = rows.get(path)
            if row is None:
                row = rows[path] = [0] * length
            row[place] = cell


def flattened(value: Mapping[str, Any], prefix: str = "") -> list[tuple[str, int | Decimal]]:
    cells: list[tuple[str, int | Decimal]] = []
    for key, inner in value.items():
        if isinstance(inner, int):
            cells.append((prefix + key, inner))
        elif isinstance(inner, Decimal128):
            cells.append((prefix + key, decimal_of(inner)))
        else:
            cells += flattened(inner, f"{prefix}{key}.")
    return cells


class DayColumnsCache:
    """The process's memory of columns, of all accounts; whose were not asked for longest go first."""

    def __init__(self, most: int = _KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[CacheKey, bool], dict[str, DayColumns]] = OrderedDict()
        self._cells: dict[tuple[CacheKey, bool], int] = {}

    def of(self, edition: CacheKey, days: DayRange | None) -> dict[str, DayColumns]:
        """By field; of some days that need not be these, or of all that there are."""
        key = edition, days is None
        if key not in self._kept:
            return {}
        self._kept.move_to_end(key)
        return {**self._kept[key]}

    def keep(self, edition: CacheKey, field: str, columns: DayColumns) -> None:
        """Also what is kept, once it has grown."""
        key = edition, columns.days is None
        fields = self._kept.setdefault(key, {})
        fields[field] = columns
        self._cells[key] = sum(kept.cells for kept in fields.values())
        while sum(self._cells.values()) > self._most:
            oldest, _ = self._kept.popitem(last=False)
            del self._cells[oldest]

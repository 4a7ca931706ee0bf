"""The counters of days as columns, and the process-wide cache of them (read through `day_cache.py`).

A report of 90 days needs ten thousand cells of 90 documents, and all but today's are what they were at the report
before. So a field of the documents is cached as columns: by path within the field, a row with one number a day. A write
to a day's counters sets the document's `seq` to the log position that it reaches; a later report reads only documents
with a higher `seq` than its columns have, and none where the log has not moved.

A snapshot says at which log position it is. Cached columns of an older position are brought to it; columns of a newer
one are not used. A change of days that does not move the log (a repair, the days of a new time zone) changes the
cache key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from cachetools import LRUCache

from domain.values.calendar import DayRange
from domain.values.ids import AccountId
from domain.values.record import Record
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import flattened

# Keys are dotted paths within a field. Values have one number a day, in the order of the days, or one for all days
# together. Counts are int, amounts Decimal. The caller owns the lists and may change them.
Columns = Mapping[str, list[Any]]

_CACHED_CELLS = 3_000_000  # of all accounts together: about 50 MB


class CacheKey(Record):
    """Identifies a set of day counters that only the account's log changes."""

    account_id: AccountId
    time_zone: str
    epoch: str  # of the log
    generation: int  # `days_generation` of the counter state
    repairs: int


class DayColumns:
    """The columns of one field; `days` of None stands for all days that have a document."""

    def __init__(self, field: str, days: DayRange | None, documents: Iterable[Document], *, seq: int) -> None:
        self.days = days
        self.seq = seq  # log position that the columns are of
        self._field = tuple(field.split("."))
        self._indices = {} if days is None else {day.isoformat(): index for index, day in enumerate(days.days())}
        self._rows: dict[str, list[Any]] = {}
        self.update(documents, seq=seq)

    @property
    def cells(self) -> int:
        return len(self._rows) * len(self._indices)

    def covers(self, days: DayRange | None) -> bool:
        """Return whether `slice` can return these days."""
        if days is None or self.days is None:
            return days == self.days
        return self.days.start <= days.start and days.end <= self.days.end

    def slice(self, days: DayRange | None) -> Columns:
        """Return the columns of some days, without those that have only zeros."""
        if days is None or self.days is None:
            return {path: [total] for path, row in self._rows.items() if (total := sum(row))}
        first = (days.start - self.days.start).days
        last = first + days.length
        return {path: part for path, row in self._rows.items() if any(part := row[first:last])}

    def update(self, documents: Iterable[Document], *, seq: int) -> None:
        """Bring the columns to a log position. The documents are at least those that changed since; those of other
        days are ignored."""
        for document in documents:
            index = self._indices.get(document["day"])
            if index is None and self.days is None:
                index = self._indices[document["day"]] = len(self._indices)
                for row in self._rows.values():
                    row.append(0)
            if index is not None:
                self._set_day(index, document)
        self.seq = seq

    def _set_day(self, index: int, document: Document) -> None:
        """A cell never leaves its document under the same cache key, so nothing has to be cleared."""
        value: Any = document
        for name in self._field:
            value = value.get(name) or {}
        rows, length = self._rows, len(self._indices)
        for path, cell in flattened(value):
            row = rows.get(path)
            if row is None:
                row = rows[path] = [0] * length
            row[index] = cell


class DayColumnsCache:
    """An LRU cache of the columns of all accounts, bounded by cells."""

    def __init__(self, max_cells: int = _CACHED_CELLS) -> None:
        self._columns: LRUCache[tuple[CacheKey, bool], dict[str, DayColumns]] = LRUCache(max_cells, _cells_of)

    def get(self, key: CacheKey, days: DayRange | None) -> dict[str, DayColumns]:
        """Return what is cached, by field: columns of some range of days, or of all days where `days` is None."""
        return {**self._columns.get((key, days is None), {})}

    def put(self, key: CacheKey, field: str, columns: DayColumns) -> None:
        """Insert or replace; also to account for columns that have grown. Evicts the least recently used."""
        entry = key, columns.days is None
        fields = {**self._columns.pop(entry, {}), field: columns}
        with suppress(ValueError):  # more cells than the whole cache may have
            self._columns[entry] = fields


def _cells_of(fields: dict[str, DayColumns]) -> int:
    return sum(each.cells for each in fields.values())

"""Reads days of counters at one instant through the process-wide cache of columns (`day_columns.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.values.calendar import DayRange
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import COUNTERS, day_id, days_of
from integrations.mongo.stats.day_columns import CacheKey, Columns, DayColumns, DayColumnsCache

_BATCH = 2_000  # documents a round trip
_MAX_GAP = 31  # days between cached and requested days up to which both are read and cached as one range


@dataclass(slots=True)
class _Pending:
    """One read that several callers share."""

    fields: set[str]
    columns: asyncio.Future[Mapping[str, Columns]]


class DayCache:
    """`database` is pinned to an instant; `seq` is the account's log position at it."""

    def __init__(self, *, database: MongoDatabase, key: CacheKey, seq: int, cache: DayColumnsCache) -> None:
        self._collection = database.collection(COUNTERS)
        self._key = key
        self._seq = seq
        self._cache = cache
        self._pending: dict[DayRange | None, _Pending] = {}

    async def columns(self, days: DayRange | None, fields: Iterable[str]) -> Mapping[str, Columns]:
        """Return the columns of the days, by field; None stands for all days.

        Requests for the same days within one turn of the event loop are read together. Raises PyMongoError.
        """
        pending = self._pending.get(days)
        if pending is None:
            future = asyncio.get_running_loop().create_future()
            pending = self._pending[days] = _Pending(fields=set(fields), columns=future)
            await asyncio.sleep(0)
            del self._pending[days]
            try:
                future.set_result(await self._read(days, sorted(pending.fields)))
            except BaseException as error:
                future.set_exception(error)
                future.exception()  # marks it as retrieved: there may be no other caller
                raise
        pending.fields |= set(fields)
        return await pending.columns

    async def documents(self, days: DayRange | None, fields: Collection[str]) -> list[tuple[int, Document]]:
        """Return (index of the day, document) pairs; the index is 0 where all days are read. Not cached.

        Raises PyMongoError.
        """
        indices = {} if days is None else {day.isoformat(): index for index, day in enumerate(days.days())}
        return [(indices.get(row["day"], 0), row) for row in await self._find(days, fields, {})]

    async def _read(self, days: DayRange | None, fields: Sequence[str]) -> Mapping[str, Columns]:
        cached = self._cache.get(self._key, days)
        usable = {f: columns for f in fields if (columns := cached.get(f)) and columns.seq <= self._seq}
        found = {field: columns for field, columns in usable.items() if columns.covers(days)}
        stale = [columns for columns in found.values() if columns.seq < self._seq]
        missing = [field for field in fields if field not in found]
        _, loaded = await asyncio.gather(self._refresh(cached, stale), self._load(missing, days))
        current = {field: columns.slice(days) for field, columns in found.items() if columns.seq == self._seq}
        # Another report advanced these past this snapshot while the reads ran.
        overtaken = [field for field in found if field not in current]
        return {**current, **loaded, **await self._load(overtaken, days)}

    async def _refresh(self, cached: Mapping[str, DayColumns], stale: Sequence[DayColumns]) -> None:
        """Bring the stale columns to this snapshot, and with them whatever else is cached of the same days.

        Columns that another report has advanced as far, or past this snapshot, meanwhile are left alone.
        """
        stale = [columns for columns in stale if columns.seq < self._seq]
        if not stale:
            return
        window = _hull(columns.days for columns in stale)
        fields = {f: columns for f, columns in cached.items() if columns.seq < self._seq and _within(columns, window)}
        changed = {"seq": {"$gt": min(columns.seq for columns in fields.values())}}
        documents = await self._find(window, fields, changed)
        for field, columns in fields.items():
            if columns.seq <= self._seq:
                columns.update(documents, seq=self._seq)
                self._cache.put(self._key, field, columns)

    async def _load(self, fields: Sequence[str], days: DayRange | None) -> Mapping[str, Columns]:
        if not fields:
            return {}
        window, cached = days, self._cache.get(self._key, days)
        for field in fields:
            columns = cached.get(field)
            if window is not None and columns is not None and columns.days is not None:
                window = _joined(window, columns.days)
        documents = await self._find(window, fields, {})
        loaded = {}
        for field in fields:
            columns = DayColumns(field, window, documents, seq=self._seq)
            loaded[field] = columns.slice(days)
            present = self._cache.get(self._key, days).get(field)
            if present is None or present.seq <= self._seq:
                self._cache.put(self._key, field, columns)
        return loaded

    async def _find(self, days: DayRange | None, fields: Collection[str], condition: Document) -> list[Document]:
        query = days_of(self._key.account_id, self._key.time_zone)
        if days is not None:
            first, last = (day_id(self._key.account_id, self._key.time_zone, day) for day in (days.start, days.end))
            query = {"_id": {"$gte": first, "$lte": last}}
        query |= condition
        # MongoDB refuses a projection that names both a field and a part of it.
        wanted = ["day", *(field for field in fields if field.partition(".")[0] not in fields or "." not in field)]
        return await self._collection.find(query, projection=wanted, batch_size=_BATCH).to_list(None)


def _within(columns: DayColumns, window: DayRange | None) -> bool:
    return window is None or (
        columns.days is not None and window.start <= columns.days.start and columns.days.end <= window.end
    )


def _hull(ranges: Iterable[DayRange | None]) -> DayRange | None:
    """Return the smallest range around all; None where there is none."""
    known = [days for days in ranges if days is not None]
    if not known:
        return None
    return DayRange(start=min(days.start for days in known), end=max(days.end for days in known))


def _joined(requested: DayRange, cached: DayRange) -> DayRange:
    """Return the range around both, or the requested one where they lie far apart."""
    gap = max((requested.start - cached.end).days, (cached.start - requested.end).days)
    both = _hull((requested, cached))
    return requested if both is None or gap > _MAX_GAP else both

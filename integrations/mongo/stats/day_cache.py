"""Reads days of counters at one instant, through the process's memory of them (`day_columns.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.values.calendar import DayRange
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Document
from integrations.mongo.stats.counters import DAYS, day_id
from integrations.mongo.stats.day_columns import CacheKey, DayColumns, DayColumnsCache, Rows

_LAST = "~"  # behind every day
_AT_ONCE = 2_000  # documents a round trip
_APART = 31  # days between what is remembered and what is asked for that are read with it


@dataclass(slots=True)
class _Asked:
    fields: set[str]
    rows: asyncio.Future[Mapping[str, Rows]]


class DayCache:
    """`database` is pinned to the instant at which the log stands at `at`."""

    def __init__(self, *, database: MongoDatabase, edition: CacheKey, at: int, known: DayColumnsCache) -> None:
        self._days = database.collection(DAYS)
        self._edition = edition
        self._at = at
        self._known = known
        self._asked: dict[DayRange | None, _Asked] = {}

    async def rows(self, days: DayRange | None, fields: Iterable[str]) -> Mapping[str, Rows]:
        """By field. What is asked for in one turn of the loop is read in one."""
        asked = self._asked.get(days)
        if asked is None:
            asked = self._asked[days] = _Asked(fields=set(fields), rows=asyncio.get_running_loop().create_future())
            await asyncio.sleep(0)
            del self._asked[days]
            try:
                asked.rows.set_result(await self._read(days, sorted(asked.fields)))
            except BaseException as error:
                asked.rows.set_exception(error)
                asked.rows.exception()  # whoever waits for it is told; nobody may
                raise
        asked.fields |= set(fields)
        return await asked.rows

    async def documents(self, days: DayRange | None, fields: Collection[str]) -> list[tuple[int, Document]]:
        """(place of the day, document) each; of all days there are the place is 0. Nothing of it is remembered."""
        places = {} if days is None else {day.isoformat(): place for place, day in enumerate(days.days())}
        return [(places.get(row["day"], 0), row) for row in await self._find(days, fields, {})]

    async def _read(self, days: DayRange | None, fields: Sequence[str]) -> Mapping[str, Rows]:
        known = self._known.of(self._edition, days)
        usable = {f: columns for f in fields if (columns := known.get(f)) and columns.at <= self._at}
        found = {field: columns for field, columns in usable.items() if columns.holds(days)}
        behind = [columns for columns in found.values() if columns.at < self._at]
        missing = [field for field in fields if field not in found]
        _, loaded = await asyncio.gather(self._renew(known, behind), self._loaded(missing, days))
        rows = {field: columns.of(days) for field, columns in found.items() if columns.at == self._at}
        overtaken = [field for field in found if field not in rows]
        return {**rows, **loaded, **await self._loaded(overtaken, days)}

    async def _renew(self, known: Mapping[str, DayColumns], behind: Sequence[DayColumns]) -> None:
        """And whatever else is known of the same days: it is soon asked for. What somebody else has meanwhile brought
        further than this instant stays there."""
        if not behind:
            return
        window = _around(columns.days for columns in behind)
        fields = {f: columns for f, columns in known.items() if columns.at < self._at and _within(columns, window)}
        moved = {"v": {"$gt": min(columns.at for columns in fields.values())}}
        documents = await self._find(window, fields, moved)
        for field, columns in fields.items():
            if columns.at <= self._at:
                columns.renew(documents, at=self._at)
                self._known.keep(self._edition, field, columns)

    async def _loaded(self, fields: Sequence[str], days: DayRange | None) -> Mapping[str, Rows]:
        if not fields:
            return {}
        window, known = days, self._known.of(self._edition, days)
        for field in fields:
            columns = known.get(field)
            if window is not None and columns is not None and columns.days is not None:
                window = _joined(window, columns.days)
        documents = await self._find(window, fields, {})
        rows = {}
        for field in fields:
            columns = DayColumns(field, window, documents, at=self._at)
            rows[field] = columns.of(days)
            before = self._known.of(self._edition, days).get(field)
            if before is None or before.at <= self._at:
                self._known.keep(self._edition, field, columns)
        return rows

    async def _find(self, days: DayRange | None, fields: Collection[str], which: Document) -> list[Document]:
        prefix = f"{self._edition.account_id}|{self._edition.zone}|"
        first, last = prefix, prefix + _LAST
        if days is not None:
            first, last = (day_id(self._edition.account_id, self._edition.zone, day) for day in (days.start, days.end))
        query: dict[str, Any] = {"_id": {"$gte": first, "$lte": last}, **which}
        wanted = ["day", *(field for field in fields if field.partition(".")[0] not in fields or "." not in field)]
        return await self._days.find(query, projection=wanted, batch_size=_AT_ONCE).to_list(None)


def _within(columns: DayColumns, window: DayRange | None) -> bool:
    return window is None or (
        columns.days is not None and window.start <= columns.days.start and columns.days.end <= window.end
    )


def _around(ranges: Iterable[DayRange | None]) -> DayRange | None:
    known = [days for days in ranges if days is not None]
    if not known:
        return None
    return DayRange(start=min(days.start for days in known), end=max(days.end for days in known))


def _joined(asked: DayRange, known: DayRange) -> DayRange:
    """Both, unless they are far apart."""
    gap = max((asked.start - known.end).days, (known.start - asked.end).days)
    both = _around((asked, known))
    return asked if both is None or gap > _APART else both

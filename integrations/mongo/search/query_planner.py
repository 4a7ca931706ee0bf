"""Chooses the index scan by which a list of conversations is read from the search index, and reads it.

A list is an intersection of conditions (`query.py`), and MongoDB can scan the index by one of them; the others are
checked on the rows that the scan yields. The planner decides by the number and the order of the rows:

    few           A condition has fewer than 300 rows: fetch them all, check the other conditions, and sort.
    many          The index gives the rows of a condition in list order: walk them until the page is full. Of several
                  such conditions, walk the most selective.
    unordered     All conditions have many rows, and none is ordered (prefixes of too many words). If 5 of the
                  account's last 100 rows match, walk all rows. Otherwise fetch the rarest condition, if it has fewer
                  than 5,000 rows, and else walk all rows.
    last message  A list by last message moves while it is read. The choice is the same, but rows are walked by slot,
                  and rows that have moved since the first page are placed where they stood (`by_last_message.py`).

How many rows a condition matches is looked up with bounded counts and cached for a minute (`SelectivityCache`). Stale
figures make a list slower, never wrong. The worst case is bounded by time (`listing.py`).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar, cast

from cachetools import LRUCache

from domain.search.terms import EVERY
from domain.storage import ConversationQuery, ConversationSort
from domain.values.ids import AccountId
from domain.values.paging import Slice
from domain.values.record import Record
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Document
from integrations.mongo.search.query import Condition
from integrations.mongo.search.search_index import BY_START, TERMS

T = TypeVar("T")

_FEW = 300  # rows that are always cheap to fetch; also the depth at which selectivity is measured
_MANY = 5_000  # rows that are still sorted in memory, in some milliseconds
_SAMPLE = 100  # of the last rows
_OFTEN = 5  # matches in the sample from which on a page is full after some hundred rows
_FRESH = 60.0  # seconds for which selectivity is cached

_LATEST_FIRST: Document = {"started_at": -1, "_id": -1}

# Selectivity: the start of the `_FEW`th row from the end. The longer ago, the more selective is the condition.
_SELECTIVE = datetime.min.replace(tzinfo=UTC)  # there are fewer rows
_UNORDERED = datetime.max.replace(tzinfo=UTC)  # there are more, and the index gives them in no order


class Keyset(Record, kw_only=False):
    """The position of a row in its list."""

    at: datetime  # what the list is sorted by
    id: str
    pin: int | None = None  # log position that the list is pinned to

    @property
    def key(self) -> tuple[datetime, str]:
        return self.at, self.id


class SelectivityCache:
    """An LRU cache of what conditions match, of all accounts; entries are renewed after a minute."""

    def __init__(self, size: int = 2_000) -> None:  # about 2 MB
        self._entries: LRUCache[Hashable, tuple[float, Any]] = LRUCache(size)

    def forget(self, account_id: AccountId) -> None:
        """Drop the entries of an account: their keys have the words of searches."""
        for key in [key for key in self._entries if isinstance(key, tuple) and key[0][0] == account_id]:
            self._entries.pop(key, None)

    async def get(self, key: Hashable, measure: Callable[[], Awaitable[T]]) -> T:
        """Return the cached value, or measure it."""
        at, value = self._entries.get(key, (-math.inf, None))
        if time.monotonic() - at >= _FRESH:
            at, value = time.monotonic(), await measure()
            self._entries[key] = at, value
        return cast(T, value)


class QueryPlanner:
    """Await `choose` once before reading. All methods raise PyMongoError."""

    def __init__(
        self,
        *,
        database: MongoDatabase,
        account_id: AccountId,
        query: ConversationQuery,
        conditions: Sequence[Condition],
        selectivity: SelectivityCache,
    ) -> None:
        self.database = database
        self.account_id = account_id
        self._selectivity = selectivity
        self._conditions = tuple(conditions)
        # The form of a condition that the index is scanned by, and the condition that this form meets.
        self._scanned = self._met = self._conditions[0]
        self._ids: list[Document] = [{"_id": {"$in": list(query.ids)}}] if query.ids else []
        self._started = started_filters(query)
        # In the order of the last message, a scan passes the rows of other days too, however few are wanted.
        self._scan_bounds = self._started if query.sort is ConversationSort.STARTED_AT else []
        self._cache_scope = (
            account_id,
            *((query.started_from, query.started_before) if self._scan_bounds else ()),
        )

    async def choose(self) -> None:
        """Choose the condition to scan by (see the head of this module)."""
        forms = [(form, condition) for condition in self._conditions for form in condition.forms]
        if len(forms) == 1 and self._scanned.is_ordered:
            return
        cached, scope = self._selectivity.get, self._cache_scope
        measured = await asyncio.gather(*(cached((scope, form), partial(self._measure, form)) for form, _ in forms))
        if min(measured) < _UNORDERED:
            self._scanned, self._met = forms[measured.index(min(measured))]
        else:
            self._scanned = self._met = await cached((scope, self._conditions), self._choose_unordered)

    async def _measure(self, condition: Condition) -> datetime:
        """Return the condition's selectivity."""
        if not condition.is_ordered:
            count = await self._count(condition.by_index, _FEW, self._scan_bounds)
            return _SELECTIVE if count < _FEW else _UNORDERED
        query = self._scoped(condition.by_index, self._scan_bounds)
        cursor = self.database.collection(TERMS).find(
            query, projection=["started_at"], sort=list(_LATEST_FIRST.items()), skip=_FEW - 1, limit=1, hint=BY_START,
        )  # fmt: skip
        rows = await cursor.to_list(None)
        return rows[0]["started_at"] if rows else _SELECTIVE

    async def _choose_unordered(self) -> Condition:
        """Choose where no condition is ordered, and none selective."""
        every = Condition((EVERY,))
        pipeline: list[Document] = [
            {"$match": self._scoped(every.by_index, self._scan_bounds)},
            {"$sort": _LATEST_FIRST},
            {"$limit": _SAMPLE},
            {"$match": self._by_row(self._conditions)},
            {"$count": "met"},
        ]
        cursor = await self.database.collection(TERMS).aggregate(pipeline, hint=BY_START)
        if any(row["met"] >= _OFTEN for row in await cursor.to_list(None)):
            return every
        counts = [await self._count(each.by_index, _MANY, self._scan_bounds) for each in self._conditions]
        return self._conditions[counts.index(min(counts))] if min(counts) < _MANY else every

    async def count(self, limit: int) -> int:
        """Return the number of rows of the list, at most `limit`."""
        bounds = [*self._ids, *self._started]
        return await self._count({**self._scanned.by_index, **self._others}, limit, bounds)

    async def _count(self, conditions: Document, limit: int, bounds: Sequence[Document]) -> int:
        found: int = await self.database.collection(TERMS).count_documents(
            self._scoped(conditions, bounds), limit=limit, hint=BY_START
        )
        return found

    async def keysets(self, page: Slice, *, descending: bool) -> list[Keyset]:
        """Return the page's rows and one more, in the order of their start."""
        down = descending != page.from_end
        bounds = [
            *range_filters("started_at", page.after, descending),
            *range_filters("started_at", page.before, not descending),
        ]
        direction = -1 if down else 1
        rows = await self.find(
            bounds, hint=BY_START, fields=("started_at",), sort={"started_at": direction, "_id": direction},
            limit=page.limit + 1,
        )  # fmt: skip
        return [Keyset(row["started_at"], row["_id"]) for row in rows]

    async def find(
        self, bounds: Sequence[Document], *, hint: str, fields: Sequence[str], sort: Mapping[str, int], limit: int
    ) -> list[Document]:
        """Return rows of the list within the bounds, by the chosen scan. A limit of 0 stands for all."""
        query = self._scoped({**self._scanned.by_index, **self._others}, [*bounds, *self._ids, *self._started])
        return await self._find(query, hint, fields, sort, limit)

    async def find_by(
        self, bounds: Sequence[Document], *, hint: str, fields: Sequence[str], limit: int
    ) -> list[Document]:
        """Return rows of the list by another index; all conditions are checked on the rows."""
        query = self._scoped(self._by_row(self._conditions), [*bounds, *self._ids, *self._started])
        return await self._find(query, hint, fields, {}, limit)

    async def _find(
        self, query: Document, hint: str, fields: Sequence[str], sort: Mapping[str, int], limit: int
    ) -> list[Document]:
        cursor = self.database.collection(TERMS).find(
            query, projection=list(fields), sort=list(sort.items()) or None, limit=limit, batch_size=limit, hint=hint,
        )  # fmt: skip
        return await cursor.to_list(None)

    @property
    def _others(self) -> Document:
        return self._by_row([condition for condition in self._conditions if condition != self._met])

    def _by_row(self, conditions: Sequence[Condition]) -> Document:
        return {"$expr": {"$and": [each.by_row for each in conditions]}} if conditions else {}

    def _scoped(self, conditions: Document, bounds: Sequence[Document]) -> dict[str, Any]:
        return {"account": self.account_id, **conditions, **({"$and": list(bounds)} if bounds else {})}


def range_filters(field: str, key: tuple[object, ...] | None, descending: bool) -> list[Document]:
    """Return the filters of the rows strictly after the key, by the field and then the id.

    The first is a bound that an index scan can use; the second excludes the rows of the same instant that come before.
    """
    if key is None:
        return []
    operator = "$lt" if descending else "$gt"
    return [
        {field: {f"{operator}e": key[0]}},
        {"$or": [{field: {operator: key[0]}}, {"_id": {operator: key[1]}}]},
    ]


def started_filters(query: ConversationQuery) -> list[Document]:
    """Return the filters of the range of starts of a query."""
    return [
        {"started_at": {operator: instant}}
        for operator, instant in (("$gte", query.started_from), ("$lt", query.started_before))
        if instant is not None
    ]

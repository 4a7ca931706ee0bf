"""Rows of conversations (`search_index.py`) that meet some conditions, in the order of their start; and how they are
read."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar, cast

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

_FEW = 300  # rows that are looked at without a thought, and by which is told how rare a condition is
_MANY = 5_000  # rows that are sorted, where the index gives them in no order: some milliseconds
_SAMPLE = 100  # of the last rows
_OFTEN = 5  # rows of the sample: where so many are wanted, a page is full after some hundreds
_FRESH = 60.0  # seconds

_LAST_FIRST: Document = {"started_at": -1, "_id": -1}

# When a row started that has so many behind it: the longer ago, the rarer.
_RARE = datetime.min.replace(tzinfo=UTC)  # there are fewer rows
_LOOSE = datetime.max.replace(tzinfo=UTC)  # the rows come in no order


class Keyset(Record, kw_only=False):
    """A row in its list."""

    at: datetime
    id: str
    pin: int | None = None

    @property
    def key(self) -> tuple[datetime, str]:
        return self.at, self.id


class SelectivityCache:
    """How often conditions are met, remembered for a minute. By it an index is chosen, and nothing is answered from it.
    What was not asked for longest is forgotten first."""

    def __init__(self, size: int = 2_000) -> None:  # about 2 MB
        self._size = size
        self._known: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    async def of(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        at, known = self._known.get(key, (-math.inf, None))
        if time.monotonic() - at >= _FRESH:
            at, known = time.monotonic(), await ask()
        self._known[key] = at, known
        self._known.move_to_end(key)
        if len(self._known) > self._size:
            self._known.popitem(last=False)
        return cast(T, known)


class QueryPlanner:
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
        self._index_by = self._met = self._conditions[0]  # as the index is read, and the condition that this meets
        self._always: list[Document] = [{"_id": {"$in": list(query.ids)}}] if query.ids else []
        self._started: list[Document] = [
            {"started_at": {operator: instant}}
            for operator, instant in (("$gte", query.started_from), ("$lt", query.started_before))
            if instant is not None
        ]

        # An order by the last message goes past the rows of other days, however few of them are wanted.
        self._passed = self._started if query.sort is ConversationSort.STARTED_AT else []
        self._among = (account_id, *((query.started_from, query.started_before) if self._passed else ()))

    async def choose(self) -> None:
        """By which condition the index is read: the rarest. Of those that very many rows meet, one that comes in order,
        the one whose last rows reach furthest back; of the others, one that few rows meet."""
        forms = [(form, condition) for condition in self._conditions for form in condition.forms]
        if len(forms) == 1 and self._index_by.is_ordered:
            return
        of, among = self._selectivity.of, self._among
        reached = await asyncio.gather(*(of((among, form), partial(self._reach, form)) for form, _ in forms))
        if min(reached) < _LOOSE:
            self._index_by, self._met = forms[reached.index(min(reached))]
        else:
            self._index_by = self._met = await of((among, self._conditions), self._looser)

    async def _reach(self, condition: Condition) -> datetime:
        """The start of a row that is some hundreds from the last: the longer ago, the rarer the condition is."""
        if not condition.is_ordered:
            return _RARE if await self._count(condition.by_index, _FEW, self._passed) < _FEW else _LOOSE
        query = self._scoped(condition.by_index, self._passed)
        cursor = self.database.collection(TERMS).find(
            query, projection=["started_at"], sort=list(_LAST_FIRST.items()), skip=_FEW - 1, limit=1, hint=BY_START,
        )  # fmt: skip
        rows = await cursor.to_list(None)
        return rows[0]["started_at"] if rows else _RARE

    async def _looser(self) -> Condition:
        """Where none comes in order, and none is rare: all rows, if those wanted are many of them."""
        every = Condition((EVERY,))
        pipeline: list[Document] = [
            {"$match": self._scoped(every.by_index, self._passed)},
            {"$sort": _LAST_FIRST},
            {"$limit": _SAMPLE},
            {"$match": self._by_row(self._conditions)},
            {"$count": "met"},
        ]
        cursor = await self.database.collection(TERMS).aggregate(pipeline, hint=BY_START)
        if any(row["met"] >= _OFTEN for row in await cursor.to_list(None)):
            return every
        counts = [await self._count(each.by_index, _MANY, self._passed) for each in self._conditions]
        return self._conditions[counts.index(min(counts))] if min(counts) < _MANY else every

    async def count(self, most: int) -> int:
        others, started = self._others, [*self._always, *self._started]
        return await self._count({**self._index_by.by_index, **others}, most, started)

    async def _count(self, conditions: Document, most: int, bounds: Sequence[Document]) -> int:
        found: int = await self.database.collection(TERMS).count_documents(
            self._scoped(conditions, bounds), limit=most, hint=BY_START
        )
        return found

    async def places(self, page: Slice, *, descending: bool) -> list[Keyset]:
        """One more than the page takes, from where it is counted."""
        down = descending != page.from_end
        bounds = [*beyond("started_at", page.after, descending), *beyond("started_at", page.before, not descending)]
        direction = -1 if down else 1
        rows = await self.find(
            bounds, hint=BY_START, fields=("started_at",), sort={"started_at": direction, "_id": direction},
            limit=page.limit + 1,
        )  # fmt: skip
        return [Keyset(row["started_at"], row["_id"]) for row in rows]

    async def find(
        self, bounds: Sequence[Document], *, hint: str, fields: Sequence[str], sort: Mapping[str, int], limit: int
    ) -> list[Document]:
        query = self._scoped({**self._index_by.by_index, **self._others}, [*bounds, *self._always, *self._started])
        return await self._find(query, hint, fields, sort, limit)

    async def find_by(
        self, bounds: Sequence[Document], *, hint: str, fields: Sequence[str], limit: int
    ) -> list[Document]:
        """By another index: all conditions are checked on the rows."""
        query = self._scoped(self._by_row(self._conditions), [*bounds, *self._always, *self._started])
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


def beyond(field: str, key: tuple[object, ...] | None, descending: bool) -> list[Document]:
    """Rows strictly behind the key. The first bound is the index's; the second parts those of one instant."""
    if key is None:
        return []
    operator = "$lt" if descending else "$gt"
    return [
        {field: {f"{operator}e": key[0]}},
        {"$or": [{field: {operator: key[0]}}, {"_id": {operator: key[1]}}]},
    ]

"""Rows of conversations (`terms.py`) that meet some conditions, in the order of their start; and how they are read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.ids import AccountId
from domain.paging import Slice
from domain.record import Record
from domain.search.terms import EVERY
from domain.storage import ConversationQuery, ConversationSort
from integrations.mongo.client import Document, MongoDatabase
from integrations.mongo.conditions import Condition
from integrations.mongo.terms import BY_START, TERMS

_FEW = 200  # rows that are counted to find the rarest condition, and that are looked at without a thought
_MANY = 5_000  # rows that are sorted, where the index gives them in no order: some milliseconds


class Place(Record, kw_only=False):
    """A row in its list."""

    at: datetime
    id: str
    pin: int | None = None

    @property
    def key(self) -> tuple[datetime, str]:
        return self.at, self.id


class Rows:
    def __init__(
        self,
        *,
        database: MongoDatabase,
        account_id: AccountId,
        query: ConversationQuery,
        conditions: Sequence[Condition],
    ) -> None:
        self.database = database
        self.account_id = account_id
        self._conditions = tuple(conditions)
        self._index_by = self._conditions[0]
        self._always: list[Document] = [{"_id": {"$in": list(query.ids)}}] if query.ids else []
        self._started: list[Document] = [
            {"started_at": {operator: instant}}
            for operator, instant in (("$gte", query.started_from), ("$lt", query.started_before))
            if instant is not None
        ]

        # An order by the last message goes past the rows of other days, however few of them are wanted.
        self._passed = self._started if query.sort is ConversationSort.STARTED_AT else []

    async def choose(self) -> None:
        """By which condition the index is read: the rarest. Of those that very many rows meet, one that comes in order,
        the one whose last hundred rows reach furthest back; of the others, one that few rows meet."""
        ordered = [condition for condition in self._conditions if condition.is_ordered]
        loose = [condition for condition in self._conditions if not condition.is_ordered and not condition.beginnings]
        if len(ordered) == len(self._conditions) == 1:
            return
        counts = await asyncio.gather(*(self._count(c.by_index, _FEW, self._passed) for c in (*ordered, *loose)))
        if counts and min(counts) < _FEW:
            self._index_by = (*ordered, *loose)[counts.index(min(counts))]
        elif ordered:
            reached = await asyncio.gather(*(self._reach(condition) for condition in ordered))
            self._index_by = ordered[reached.index(min(reached))]
        else:
            many = await asyncio.gather(*(self._count(c.by_index, _MANY, self._passed) for c in loose))
            few = many and min(many) < _MANY
            self._index_by = loose[many.index(min(many))] if few else Condition((EVERY,))

    async def _reach(self, condition: Condition) -> datetime:
        """The start of a row that is a hundred from the last: the longer ago, the rarer the condition is."""
        query = self._scoped(condition.by_index, self._passed)
        cursor = self.database.collection(TERMS).find(
            query, projection=["started_at"], sort=[("started_at", -1), ("_id", -1)], skip=_FEW // 2, limit=1,
            hint=BY_START,
        )  # fmt: skip
        rows = await cursor.to_list(None)
        reached: datetime = rows[0]["started_at"] if rows else datetime.min.replace(tzinfo=UTC)
        return reached

    async def count(self, most: int) -> int:
        others, started = self._others, [*self._always, *self._started]
        return await self._count({**self._index_by.by_index, **others}, most, started)

    async def _count(self, conditions: Document, most: int, bounds: Sequence[Document]) -> int:
        found: int = await self.database.collection(TERMS).count_documents(
            self._scoped(conditions, bounds), limit=most, hint=BY_START
        )
        return found

    async def places(self, page: Slice, *, descending: bool) -> list[Place]:
        """One more than the page takes, from where it is counted."""
        down = descending != page.from_end
        bounds = [*beyond("started_at", page.after, descending), *beyond("started_at", page.before, not descending)]
        direction = -1 if down else 1
        rows = await self.find(
            bounds, hint=BY_START, fields=("started_at",), sort={"started_at": direction, "_id": direction},
            limit=page.limit + 1,
        )  # fmt: skip
        return [Place(row["started_at"], row["_id"]) for row in rows]

    async def find(
        self, bounds: Sequence[Document], *, hint: str, fields: Sequence[str], sort: Mapping[str, int], limit: int
    ) -> list[Document]:
        query = self._scoped({**self._index_by.by_index, **self._others}, [*bounds, *self._always, *self._started])
        return await self._find(query, hint, fields, sort, limit)

    async def find_by(
        self, bounds: Sequence[Document], *, hint: str, fields: Sequence[str], limit: int
    ) -> list[Document]:
        """By another index: all conditions are checked on the rows."""
        checked = {"$expr": {"$and": [condition.by_row for condition in self._conditions]}}
        query = self._scoped(checked, [*bounds, *self._always, *self._started])
        return await self._find(query, hint, fields, {}, limit)

    async def _find(
        self, query: Document, hint: str, fields: Sequence[str], sort: Mapping[str, int], limit: int
    ) -> list[Document]:
        cursor = self.database.collection(TERMS).find(
            query, projection=list(fields), sort=list(sort.items()) or None, limit=limit, hint=hint,
        )  # fmt: skip
        return await cursor.to_list(None)

    @property
    def _others(self) -> Document:
        others = [condition.by_row for condition in self._conditions if condition != self._index_by]
        return {"$expr": {"$and": others}} if others else {}

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

"""The integrity check of sales: recomputes them from touches and orders, one snapshot a batch, beside traffic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from domain.commerce.audit import (
    find_conversation_problems,
    find_order_problems,
    repair_conversation,
    repair_order,
)
from domain.doctor import Check, Finding, Progress, Severity
from domain.model.commerce import Order
from domain.model.conversation import Conversation
from domain.storage import E, Entity, Storage, UnitOfWork
from domain.values.ids import AccountId
from integrations.mongo.checks.damage import in_spite_of_damage, repaired
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, scoped
from integrations.mongo.driver import Document
from integrations.mongo.indexes import SALES_INDEX
from integrations.mongo.records.readable import UNREADABLE
from integrations.mongo.storage.unit_of_work import Batch, MongoUnitOfWork

_BATCH = 100  # entities examined in one snapshot, well within the minute that it lasts


class SalesCheck:
    """Implements `IntegrityCheck` for the sales of all accounts."""

    def __init__(self, *, database: MongoDatabase, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        async for where, recount in self._accounts(progress):
            async for finding in in_spite_of_damage(_findings(where, recount), Check.SALES, where):
                yield finding

    async def repair(self, progress: Progress) -> int:
        return sum(
            [
                await repaired(recount.repair(self._storage), f"{where}: sales")
                async for where, recount in self._accounts(progress)
            ]
        )

    async def _accounts(self, progress: Progress) -> AsyncIterator[tuple[str, SalesRecount]]:
        for account in await self._storage.accounts():
            where = f"account {account.name} ({account.id})"
            progress(f"{where}: orders and sales")
            yield where, SalesRecount(database=self._database, account_id=account.id)


async def _findings(where: str, recount: SalesRecount) -> AsyncIterator[Finding]:
    async for kind, which, problem in recount.problems():
        yield Finding(
            severity=Severity.ERROR,
            check=Check.SALES,
            where=f"{where}, {kind.__name__.lower()} {which}",
            problem=problem,
            advice="`baton doctor --repair` recomputes it from the stored touches and orders.",
        )


class SalesRecount:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId) -> None:
        self._database = database
        self._account_id = account_id

    async def problems(self) -> AsyncIterator[tuple[type[Entity], str, str]]:
        """Yield (kind, id, problem) of what is wrong. Raises PyMongoError."""
        async for ids in self._ids(Order, {}):
            for order_id, problem in await self._examine(Order, ids, find_order_problems):
                yield Order, order_id, problem
        async for ids in self._ids(Conversation, {"sales": {"$exists": True}}, hint=SALES_INDEX):
            for conversation_id, problem in await self._examine(Conversation, ids, find_conversation_problems):
                yield Conversation, conversation_id, problem

    async def repair(self, storage: Storage) -> int:
        """Repair each wrong entity in a transaction of its own. Returns their number."""
        count = 0
        async for kind, entity_id, _ in self.problems():
            repair_entity = repair_order if kind is Order else repair_conversation
            await storage.write(self._account_id, partial(_repair_entity, repair_entity, entity_id))
            count += 1
        return count

    async def _ids(self, kind: type[Entity], query: Document, **options: Any) -> AsyncIterator[list[str]]:
        cursor = self._database.collection(COLLECTIONS[kind]).find(
            scoped(self._account_id, query), projection=["_id"], **options
        )
        ids: list[str] = []
        async for document in cursor:
            ids.append(document["_id"])
            if len(ids) == _BATCH:
                yield ids
                ids = []
        if ids:
            yield ids

    async def _examine(
        self, kind: type[E], ids: Sequence[str], look: Callable[[UnitOfWork, E], Awaitable[list[str]]]
    ) -> list[tuple[str, str]]:
        """Examine the entities in one snapshot, so that writes in progress make no findings."""
        async with self._database.start_session() as session:
            await session.start_transaction()
            batch = Batch(database=self._database, session=session, account_id=self._account_id, head=0, cache=None)
            uow = MongoUnitOfWork(batch, datetime.now(UTC), reactions={})  # it only reads
            found = []
            for entity_id in ids:
                try:
                    entity = await uow.get(kind, entity_id)
                except UNREADABLE:  # the check of records names it
                    continue
                found += [] if entity is None else [(entity_id, problem) for problem in await look(uow, entity)]
            await session.abort_transaction()
        return found


async def _repair_entity(
    repair_entity: Callable[[UnitOfWork, str], Awaitable[None]], entity_id: str, uow: UnitOfWork
) -> None:
    await repair_entity(uow, entity_id)

"""The domain's storage on MongoDB: a writer and a reader an account, and the few questions across accounts."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from domain.model.account import Account, Staff
from domain.model.credentials import Credential
from domain.storage import R, Reactions, Timer, TimerKind, UnitOfWork
from domain.values.clock import Clock
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import entity_of
from integrations.mongo.search.query_planner import SelectivityCache
from integrations.mongo.search.search_index import TermCache
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.account_writer import AccountWriter
from integrations.mongo.storage.credentials import CredentialCache
from integrations.mongo.storage.entity_cache import AccountCache, EntityCache
from integrations.mongo.storage.reader import MongoReader
from integrations.mongo.storage.unit_of_work import Batch, MongoUnitOfWork

_WRITERS = 256  # kept because they remember where their log stands; an idle one beyond that is let go


class MongoStorage:
    def __init__(
        self, *, database: MongoDatabase, clock: Clock, reactions: Reactions, tag_cache: TagCache | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._reactions = reactions
        self._credentials = CredentialCache(database=database)
        self._cache = EntityCache()
        self._tag_cache = tag_cache or TagCache()
        self._term_cache = TermCache()
        self._selectivity = SelectivityCache()
        self._writers: OrderedDict[AccountId, AccountWriter] = OrderedDict()
        self._closed = False
        self.outbox_wake = asyncio.Event()  # set where something was written that is to leave

    async def write(self, account_id: AccountId, change: Callable[[UnitOfWork], Awaitable[R]]) -> R:
        if self._closed:
            raise Unavailable("The server is shutting down; try again in a moment.")
        result: R = await self._writer(account_id).run(change)
        return result

    def read(self, account_id: AccountId) -> MongoReader:
        return MongoReader(database=self._database, account_id=account_id, selectivity=self._selectivity)

    async def find_credential(self, token_hash: str) -> tuple[AccountId, Credential, Staff | None] | None:
        return await self._credentials.find(token_hash)

    async def due_timers(
        self, now: datetime, limit: int, kinds: Collection[TimerKind] = tuple(TimerKind)
    ) -> list[tuple[AccountId, Timer]]:
        query = {"due_at": {"$lte": now}, "kind": {"$in": [kind.value for kind in kinds]}}
        with driver_errors():
            cursor = self._database.collection("timers").find(query, sort=[("due_at", 1)], limit=limit)
            return [(AccountId(document["account"]), entity_of(Timer, document)) for document in await cursor.to_list()]

    async def accounts(self) -> list[Account]:
        with driver_errors():
            cursor = self._database.collection("accounts").find({}, sort=[("_id", 1)])
            return [entity_of(Account, document) for document in await cursor.to_list()]

    async def close(self) -> None:
        """Refuse what comes, finish what is under way."""
        self._closed = True
        for writer in self._writers.values():
            await writer.finish()

    def _unit_of_work(self, batch: Batch) -> MongoUnitOfWork:
        return MongoUnitOfWork(batch, self._clock.now(), reactions=self._reactions)

    def _writer(self, account_id: AccountId) -> AccountWriter:
        writer = self._writers.get(account_id)
        if writer is None:
            cache = AccountCache(shared=self._cache, account_id=account_id)
            writer = AccountWriter(
                database=self._database,
                account_id=account_id,
                unit_of_work=self._unit_of_work,
                cache=cache,
                outbox_wake=self.outbox_wake,
                tag_cache=self._tag_cache,
                term_cache=self._term_cache,
            )
            self._writers[account_id] = writer
            excess = max(0, len(self._writers) - _WRITERS)
            for other in [key for key, value in self._writers.items() if value.idle and key != account_id][:excess]:
                del self._writers[other]
        self._writers.move_to_end(account_id)
        return writer

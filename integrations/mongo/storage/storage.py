"""Implements `Storage`: a writer and readers for each account, and the few queries across accounts."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime

from domain.events import EventBody, LoggedEvent, ShopperErased
from domain.model.account import Account, Staff
from domain.model.conversation import Conversation
from domain.model.credentials import Credential, DocumentIndex
from domain.model.outbox import Outgoing
from domain.model.profile import Profile
from domain.storage import R, Reactions, Timer, TimerKind, UnitOfWork
from domain.values.clock import Clock
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.knowledge_indexes import MongoKnowledgeIndexes
from integrations.mongo.profile_cache import MongoEventProfiles
from integrations.mongo.records.readable import entities, find_readable
from integrations.mongo.search.gathered_pages import GatheredPages
from integrations.mongo.search.query_planner import SelectivityCache
from integrations.mongo.search.search_index import VocabularyCache
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.account_writer import AccountWriter
from integrations.mongo.storage.batch import BatchRunner, Commit, commit_together
from integrations.mongo.storage.credentials import CredentialCache, TrustedDocumentCache
from integrations.mongo.storage.entity_cache import AccountCache, EntityCache
from integrations.mongo.storage.reader import MongoReader
from integrations.mongo.storage.shared_commits import SharedCommits
from integrations.mongo.storage.unit_of_work import Batch, MongoUnitOfWork

_MAX_WRITERS = 256  # kept because they know their log head; beyond it, the least recently used idle ones go


class MongoStorage:
    """Observes the change stream. `lag` returns the seconds by which its observers may be late; infinite without it."""

    def __init__(
        self,
        *,
        database: MongoDatabase,
        clock: Clock,
        reactions: Reactions,
        tags: TagCache | None = None,
        lag: Callable[[], float] = lambda: math.inf,
        knowledge: MongoKnowledgeIndexes | None = None,
        commit: Commit = commit_together,
    ) -> None:
        self._database = database
        self._commit = commit
        self._clock = clock
        self._reactions = reactions
        self.credentials = CredentialCache(database=database, lag=lag)
        self.documents = TrustedDocumentCache(database=database, lag=lag)
        self.event_profiles = MongoEventProfiles(database=database, lag=lag)
        self._knowledge = knowledge
        self._cache = EntityCache()
        self._tags = tags or TagCache()
        self._vocabulary = VocabularyCache()
        self._selectivity = SelectivityCache()
        self._pages = GatheredPages(database=database, collection=COLLECTIONS[Conversation])
        self._shared = SharedCommits(database=database, commit=commit)
        self._writers: OrderedDict[AccountId, AccountWriter] = OrderedDict()
        self._closed = False
        self._commit_observers: list[Callable[[AccountId, Sequence[EventBody]], None]] = []
        self.outbox_wake = asyncio.Event()  # set when a batch has written outbox rows

    async def write(self, account_id: AccountId, change: Callable[[UnitOfWork], Awaitable[R]]) -> R:
        if self._closed:
            raise Unavailable("The server is shutting down; try again in a moment.")
        result: R = await self._writer(account_id).run(change)
        return result

    def read(self, account_id: AccountId) -> MongoReader:
        return MongoReader(
            database=self._database, account_id=account_id, selectivity=self._selectivity, pages=self._pages
        )

    async def find_credential(self, token_hash: str) -> tuple[AccountId, Credential, Staff | None] | None:
        return await self.credentials.find(token_hash)

    async def trusted_documents(self, account_id: AccountId) -> DocumentIndex:
        return await self.documents.find(account_id)

    def on_event(self, event: LoggedEvent) -> None:
        """Note an event that the change stream delivers."""
        self.credentials.on_event(event)
        self.documents.on_event(event)
        self.event_profiles.on_event(event)
        if self._knowledge is not None:
            self._knowledge.on_event(event)
        if (writer := self._writers.get(event.account_id)) is not None:
            writer.on_event(event)
        else:
            self._shared.note_others()
        if isinstance(event.body, ShopperErased):
            self._forget(event.account_id)

    def on_written(self, account_id: AccountId, process: bytes) -> None:
        """Note that a process has committed an event of the account, this one or another."""
        if (writer := self._writers.get(account_id)) is None:
            return
        if process != self._shared.turns.name:
            writer.note_others()
        if writer.is_contended:
            self._shared.turns.note(process)

    def on_gap(self) -> None:
        """Note that the change stream may have missed events."""
        self.credentials.on_gap()
        self.documents.on_gap()
        self.event_profiles.on_gap()
        self._vocabulary.clear()
        if self._knowledge is not None:
            self._knowledge.on_gap()

    def observe_commits(self, observer: Callable[[AccountId, Sequence[EventBody]], None]) -> None:
        """Tell this observer of the events of each commit of this process, from now on. It must not raise."""
        self._commit_observers.append(observer)

    async def due_timers(
        self, now: datetime, limit: int, kinds: Collection[TimerKind] = tuple(TimerKind)
    ) -> list[tuple[AccountId, Timer]]:
        query = {"due_at": {"$lte": now}, "kind": {"$in": [kind.value for kind in kinds]}}
        with driver_errors():
            timers = self._database.collection("timers")
            return await find_readable(timers, Timer, query, sort=[("due_at", 1)], limit=limit)

    async def accounts(self) -> list[Account]:
        with driver_errors():
            cursor = self._database.collection("accounts").find({}, sort=[("_id", 1)])
            return entities(Account, await cursor.to_list())

    async def close(self) -> None:
        """Refuse new changes, and wait for those that run."""
        self._closed = True
        for writer in self._writers.values():
            await writer.finish()

    def _unit_of_work(self, batch: Batch) -> MongoUnitOfWork:
        return MongoUnitOfWork(batch, self._clock.now(), reactions=self._reactions)

    def _note_commit(self, batch: Batch) -> None:
        """Tell who in this process acts on what a batch has written, before its callers get their results."""
        bodies = [body for body, _ in batch.events]
        self.credentials.on_committed(bodies)
        self.documents.on_committed(batch.account_id, bodies)
        self.event_profiles.on_changed(entity_id for kind, entity_id in batch.staged if kind is Profile)
        if self._knowledge is not None:
            self._knowledge.on_committed(batch.account_id, bodies)
        if any(isinstance(body, ShopperErased) for body in bodies):
            self._forget(batch.account_id)
        for observe in self._commit_observers:
            observe(batch.account_id, bodies)
        if any(kind is Outgoing for kind, _ in batch.staged):
            self.outbox_wake.set()

    def _forget(self, account_id: AccountId) -> None:
        """Forget what is remembered of an account: a shopper of it was erased."""
        self._vocabulary.forget(account_id)
        self._selectivity.forget(account_id)
        self.event_profiles.forget(account_id)
        self._cache.forget(account_id)

    def _writer(self, account_id: AccountId) -> AccountWriter:
        writer = self._writers.get(account_id)
        if writer is None:
            runner = BatchRunner(
                database=self._database,
                account_id=account_id,
                unit_of_work=self._unit_of_work,
                cache=AccountCache(shared=self._cache, account_id=account_id),
                tags=self._tags,
                vocabulary=self._vocabulary,
                on_committed=self._note_commit,
            )
            writer = AccountWriter(database=self._database, runner=runner, shared=self._shared, commit=self._commit)
            self._writers[account_id] = writer
            excess = max(0, len(self._writers) - _MAX_WRITERS)
            for other in [key for key, value in self._writers.items() if value.idle and key != account_id][:excess]:
                del self._writers[other]
        self._writers.move_to_end(account_id)
        return writer

"""Runs one batch of commands in one transaction: a single attempt, without retries (`account_writer.py` has those).

    begin ─▶ run each command ─▶ advance or check the log head ─▶ entities, events, projections ─▶ commit

The log head is the lock of an account. Every batch that emits events advances it, so two transactions of one account
always conflict in this document. The runner uses it in one of two ways:

    optimistic   Commands run on what the last batch left in the cache. The head is then advanced by compare-and-set
                 from the position that the cache is of. It fails with `LostRace` if another process has moved it.
    claiming     After a lost race. The transaction writes the head before any work, which makes every other writer of
                 the account conflict at once, and reads what the other process wrote: from its events, where these are
                 few, else from the stored entities.

The runner returns to the optimistic way once a claimed batch finds that nobody else has written in between.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pymongo.errors import PyMongoError

from domain.storage import UnitOfWork
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Session
from integrations.mongo.event_log.log import (
    EVENTS,
    advance,
    bodies_in,
    claim,
    event_documents,
    head_in,
    note_silent_write,
    release,
)
from integrations.mongo.search.search_index import VocabularyCache
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.audit_chain import append_to_chain
from integrations.mongo.storage.entity_cache import AccountCache, carried_entity, is_whole, key_of
from integrations.mongo.storage.projections import Projections
from integrations.mongo.storage.unit_of_work import Batch, MongoUnitOfWork

Change = Callable[[UnitOfWork], Awaitable[Any]]
Outcome = tuple[Any, Exception | None]  # what the change returned, or what it raised

_MAX_MISSED_EVENTS = 200  # of another process; beyond it, reading the entities anew costs less than their events
_COMMIT_DEADLINE = 8.0  # seconds for which an unknown commit is repeated: a replica set elects a primary within it
_COMMIT_PAUSE = 0.05  # seconds between two commits of one transaction
_UNKNOWN = (
    "The database did not confirm the change. It may have been saved: check, or retry with the same idempotency key."
)


class LostRace(Exception):
    """Another process has moved the log head since our last batch."""


class BatchRunner:
    """Runs the batches of one account, one at a time, and knows where the log stood after the last one."""

    def __init__(
        self,
        *,
        database: MongoDatabase,
        account_id: AccountId,
        unit_of_work: Callable[[Batch], MongoUnitOfWork],
        cache: AccountCache,
        tags: TagCache,
        vocabulary: VocabularyCache,
        on_committed: Callable[[Batch], None],
    ) -> None:
        self._database = database
        self._account_id = account_id
        self._unit_of_work = unit_of_work
        self._cache = cache
        self._tags = tags
        self._vocabulary = vocabulary
        self._on_committed = on_committed
        self._head: int | None = None  # log position after our last batch, which the cache is of; None: not known
        self.is_contended = False  # whether another process was seen writing since our last claimed batch

    async def run(self, changes: Sequence[Change]) -> list[Outcome]:
        """Run the changes and commit them together. Returns the outcome of each.

        Raises `LostRace`, PyMongoError, and `Unavailable` where the outcome of the commit stays unknown. Nothing is
        saved then, except perhaps in the last case.
        """
        async with self._database.start_session() as session:
            await session.start_transaction()
            try:
                batch = await self._begin(session)
                outcomes = [await self._run(batch, change) for change in changes]
                await self._advance_head(batch)
                projections = await self._write(batch)
                # A batch that wrote nothing is committed too: what its commands read is then on a majority.
                await _commit(session)
            except BaseException:
                if session.in_transaction:
                    await session.abort_transaction()
                raise
        projections.after_commit()
        self._remember(batch)
        return outcomes

    async def _begin(self, session: Session) -> Batch:
        known, claims = self._head, self.is_contended
        if known is not None and not claims:
            return self._batch(session, known)
        batch = self._batch(session, await (claim if claims else head_in)(session, self._database, self._account_id))
        batch.has_claimed = claims
        self.is_contended = claims and batch.head != known
        if batch.head != known:
            await self._catch_up(batch)
        return batch

    def _batch(self, session: Session, head: int) -> Batch:
        return Batch(
            database=self._database, session=session, account_id=self._account_id, head=head, cache=self._cache
        )

    async def _catch_up(self, batch: Batch) -> None:
        """Bring what is cached to the batch's head by the events that other processes wrote; else do not use it."""
        known, missed = self._head, None
        if known is not None and known < batch.head <= known + _MAX_MISSED_EVENTS:
            missed = await bodies_in(batch.session, self._database, self._account_id, known, batch.head)
        if missed is None:
            batch.cache = None
        else:
            for body in missed:
                entity = carried_entity(body)
                if entity is not None and is_whole(entity):
                    batch.found[key_of(entity)] = entity
                elif entity is not None:
                    batch.found.pop(key_of(entity), None)
                    self._cache.remove(key_of(entity))

    async def _run(self, batch: Batch, change: Change) -> Outcome:
        uow = self._unit_of_work(batch)
        try:
            result = await change(uow)
            await uow.conclude()
            uow.accept()
        except PyMongoError:
            raise
        except Exception as refusal:  # noqa: BLE001 - belongs to the caller of this command alone
            return None, refusal
        return result, None

    async def _advance_head(self, batch: Batch) -> None:
        """Advance the log head by the batch's events, or check that it has not moved. What writes without events moves
        the revision. Raises `LostRace`."""
        session, is_unmoved = batch.session, True
        if batch.events:
            is_unmoved = await advance(session, self._database, self._account_id, batch.head, len(batch.events))
        elif batch.staged:
            is_unmoved = await note_silent_write(session, self._database, self._account_id, batch.head)
        elif batch.has_claimed:
            await release(session, self._database, self._account_id)
        else:
            is_unmoved = await head_in(session, self._database, self._account_id) == batch.head
        if not is_unmoved:
            raise LostRace

    async def _write(self, batch: Batch) -> Projections:
        session = batch.session
        for name, writes in batch.writes().items():
            await self._database.collection(name).bulk_write(writes, session=session)
        if batch.events:
            documents = event_documents(self._account_id, batch.head + 1, batch.events)
            await self._database.collection(EVENTS).insert_many(documents, session=session)
        if batch.audit_records:
            await append_to_chain(session, self._database, self._account_id, batch.audit_records)
        projections = Projections(batch, tags=self._tags, vocabulary=self._vocabulary)
        await projections.write()
        return projections

    def _remember(self, batch: Batch) -> None:
        """Cache what the batch read and wrote. Only after the commit: before, a fail-over could still undo it."""
        if batch.cache is None:
            self._cache.clear()
        for entity in (*batch.found.values(), *batch.saved):
            self._cache.put(entity)
        self._on_committed(batch)
        # A log without events stays unknown: two processes that begin it conflict in an insert, not in `advance`.
        self._head = batch.head + len(batch.events) or None


async def _commit(session: Session) -> None:
    """Commit, and repeat it while the outcome is unknown: committing a committed transaction changes nothing."""
    deadline = time.monotonic() + _COMMIT_DEADLINE
    while True:
        try:
            await session.commit_transaction()
            return  # noqa: TRY300 - the loop is for what failed
        except PyMongoError as error:
            if not error.has_error_label("UnknownTransactionCommitResult"):
                raise
            if time.monotonic() > deadline:
                raise Unavailable(_UNKNOWN) from error  # the commands must not run again: they may be saved
        await asyncio.sleep(_COMMIT_PAUSE)

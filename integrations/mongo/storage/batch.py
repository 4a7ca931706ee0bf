"""Runs batches of commands in one transaction: a single attempt, without retries (`account_writer.py` has those).

    begin ─▶ run each command ─▶ log heads, counters, activity ─▶ entities ─▶ search rows, events ─▶ commit

A batch has the commands of one account. The batches of several accounts share a transaction (`commit_together`), so
that they cost one commit and one command for each collection.

The heads are moved first, so that a lost race costs no other writes, and by the command that moves the counters and the
activity beside them. Where the activity is read from what a batch saves, the heads are moved alone, and the projections
follow the entities.

The log head is the lock of an account. Every batch that emits events advances it, so two transactions of one account
always conflict in this document. The runner of an account uses it in one of three ways:

    optimistic   Commands run on what the last batch left in the cache. The head is then advanced by compare-and-set
                 from the position that the cache is of. It fails with `LostRace` if another process has moved it.
    reading      In a transaction with other accounts: the heads of all are read first, by one command, so that a head
                 that was moved costs nobody a race. Concurrent transactions still conflict.
    claiming     After a lost race or a conflict. The transaction writes the head before any work, which makes every
                 other writer of the account conflict at once. Those of several accounts are written by one command.

The cache follows the events of other processes as the change stream delivers them (`follow`). Where the head has moved
further, the events between are read, if they are few; else the stored entities are. The runner returns from claiming
when for some seconds no claimed batch has found that somebody else has written in between.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import pymongo
from pymongo import InsertOne, UpdateOne
from pymongo.errors import PyMongoError

from domain.events import LoggedEvent, UnknownEvent
from domain.storage import UnitOfWork
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.bulk_writes import BulkWrites
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import ACCOUNT_STATE
from integrations.mongo.driver import Document, Session
from integrations.mongo.event_log.log import (
    EVENTS,
    advanced,
    bodies_in,
    claim,
    claim_all,
    event_documents,
    head_in,
    heads_in,
    note_early_write,
    release,
    silently_written,
)
from integrations.mongo.records.newer_values import newer_value_of
from integrations.mongo.search.search_index import VocabularyCache
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.audit_chain import append_to_chain
from integrations.mongo.storage.entity_cache import AccountCache, carried_entity, is_cached, is_whole, key_of
from integrations.mongo.storage.projections import Projections
from integrations.mongo.storage.unit_of_work import Batch, MongoUnitOfWork

Change = Callable[[UnitOfWork], Awaitable[Any]]
Outcome = tuple[Any, Exception | None]  # what the change returned, or what it raised

_MAX_MISSED_EVENTS = 200  # of another process; beyond it, reading the entities anew costs less than their events
_CONTENDED = 5.0  # seconds for which others are expected to write again: a claim costs little, a conflict a transaction
_SLOW = 0.1  # seconds: an account whose commands run for longer should not hold up others
_COMMIT_DEADLINE = 8.0  # seconds for which an unknown commit is repeated: a replica set elects a primary within it
_COMMIT_PAUSE = 0.05  # seconds between two commits of one transaction
# Seconds for an abort: its server may hang, and nobody has to wait for it. What it leaves is aborted as abandoned.
_ABORT_DEADLINE = 1.0
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
        self.account_id = account_id
        self._database = database
        self._unit_of_work = unit_of_work
        self._cache = cache
        self._tags = tags
        self._vocabulary = vocabulary
        self._on_committed = on_committed
        self._head: int | None = None  # log position after our last batch, which the cache is of; None: not known
        self._contended_until = 0.0  # of `time.monotonic`
        self.is_slow = False  # whether the commands of the last batch ran for long
        self._others_wrote = False  # whether `follow` has met events of other processes since our last claimed batch

    @property
    def head(self) -> int | None:
        """The log position after the last batch, if it is known."""
        return self._head

    @property
    def is_contended(self) -> bool:
        """Whether another process competes for the account at present."""
        return time.monotonic() < self._contended_until

    def note_contention(self) -> None:
        """Take note that another process competes for the account."""
        self._contended_until = time.monotonic() + _CONTENDED

    async def begin(self, session: Session, *, head: int | None = None, has_claimed: bool = False) -> Batch:
        """Return a batch to run commands in. `head`: the log position, if it was read in this transaction, which has
        claimed it or not."""
        known, claims = self._head, self.is_contended if head is None else has_claimed
        if head is None and known is not None and not claims:
            return self._batch(session, known)
        if head is None:
            head = await (claim if claims else head_in)(session, self._database, self.account_id)
        batch = self._batch(session, head)
        batch.has_claimed, batch.has_read_head = claims, True
        if claims and (head != known or self._others_wrote):
            self.note_contention()
        self._others_wrote = False
        if head != known:
            await self._catch_up(batch)
        return batch

    def follow(self, event: LoggedEvent) -> None:
        """Bring the cache to an event that the change stream delivers. Not while a batch runs, which reads it."""
        if self._head is None or event.seq <= self._head:
            return
        self._others_wrote = True
        if event.seq == self._head + 1:
            entity = carried_entity(event.body)
            if isinstance(event.body, UnknownEvent):
                self._cache.clear()
            elif entity is not None and is_whole(entity):
                self._cache.put(entity)
            elif entity is not None:
                self._cache.remove(key_of(entity))
            self._head = event.seq

    async def run(self, batch: Batch, changes: Sequence[Change]) -> list[Outcome]:
        """Run the changes. Returns the outcome of each. Raises PyMongoError."""
        began = time.monotonic()
        outcomes = [await self._run(batch, change) for change in changes]
        self.is_slow = time.monotonic() - began > _SLOW
        return outcomes

    def add_events(self, batch: Batch, history: Mapping[int, Document], writes: BulkWrites) -> None:
        """Add the writes of the batch's events."""
        documents = event_documents(self.account_id, batch.head + 1, batch.events, history)
        writes.add(EVENTS, [InsertOne(document) for document in documents])

    async def append_audit(self, batch: Batch) -> None:
        """Append to the audit log. Raises PyMongoError."""
        if batch.audit_records:
            await append_to_chain(batch.session, self._database, self.account_id, batch.audit_records)

    def projections(self, batch: Batch) -> Projections:
        """Return what makes the writes of the batch's projections."""
        return Projections(batch, tags=self._tags, vocabulary=self._vocabulary)

    def remember(self, batch: Batch) -> None:
        """Cache what the batch read and wrote. Only after the commit: before, a fail-over could still undo it."""
        if batch.cache is None:
            self._cache.clear()
        for entity in (*batch.found.values(), *batch.saved):
            self._cache.put(entity)
        self._on_committed(batch)
        # A log without events stays unknown: two processes that begin it conflict in an insert, not in `advance`.
        self._head = batch.head + len(batch.events) or None

    def _batch(self, session: Session, head: int) -> Batch:
        return Batch(database=self._database, session=session, account_id=self.account_id, head=head, cache=self._cache)

    async def _catch_up(self, batch: Batch) -> None:
        """Bring what is cached to the batch's head by the events that other processes wrote; else do not use it."""
        known, missed = self._head, None
        if known is not None and known < batch.head <= known + _MAX_MISSED_EVENTS:
            missed = await bodies_in(batch.session, self._database, self.account_id, known, batch.head)
        if missed is None:
            batch.cache = None
        else:
            for body in missed:
                entity = carried_entity(body)
                if entity is None or not is_cached(key_of(entity)):
                    continue
                if is_whole(entity):
                    batch.found[key_of(entity)] = entity
                else:
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
            return None, newer_value_of(refusal) or refusal
        return result, None


Work = tuple[BatchRunner, Sequence[Change]]
Commit = Callable[[MongoDatabase, Sequence[Work]], Awaitable[list[list[Outcome] | None]]]
"""`commit_together`, or what surrounds it."""


async def commit_transaction(session: Session) -> None:
    """Commit, and repeat it while the outcome is unknown: committing a committed transaction changes nothing. Raises
    PyMongoError, and `Unavailable` where the outcome stays unknown."""
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


async def commit_together(
    database: MongoDatabase,
    works: Sequence[Work],
    finish: Callable[[Session], Awaitable[None]] = commit_transaction,
) -> list[list[Outcome] | None]:
    """Run the changes of each account, and commit all in one transaction.

    Returns the outcomes of each account's changes. They are None where the changes were not run because those of the
    accounts before took too long.

    Raises `LostRace`, PyMongoError, and `Unavailable` where the outcome of the commit stays unknown. Nothing is saved
    then, except perhaps in the last case.
    """
    async with database.start_session() as session:
        await session.start_transaction()
        try:
            batches, outcomes = await _run_all(database, session, works)
            runners = [runner for runner, _ in works[: len(batches)]]
            projections = await _write(database, session, list(zip(runners, batches, strict=True)))
            # A batch that wrote nothing is committed too: what its commands read is then on a majority.
            await finish(session)
        except BaseException:
            if session.in_transaction:
                with pymongo.timeout(_ABORT_DEADLINE):
                    await session.abort_transaction()
            raise
    for runner, batch, each in zip(runners, batches, projections, strict=True):
        each.after_commit()
        runner.remember(batch)
    return [*outcomes, *[None] * (len(works) - len(outcomes))]


async def _run_all(
    database: MongoDatabase, session: Session, works: Sequence[Work]
) -> tuple[list[Batch], list[list[Outcome]]]:
    """Run the changes of one account after the other, until they have taken too long."""
    heads: dict[AccountId, int] = {}
    claimed: list[AccountId] = []
    if len(works) > 1:
        claimed = [runner.account_id for runner, _ in works if runner.is_contended]
        if claimed:
            await claim_all(session, database, claimed)
        heads = await heads_in(session, database, [runner.account_id for runner, _ in works])
    batches, outcomes, began = [], [], time.monotonic()
    for runner, changes in works:
        its = runner.account_id
        batch = await runner.begin(session, head=heads.get(its), has_claimed=its in claimed)
        outcomes.append(await runner.run(batch, changes))
        batches.append(batch)
        if time.monotonic() - began > _SLOW:
            break
    for runner, _ in works[len(batches) :]:
        if runner.account_id in claimed:
            await release(session, database, runner.account_id)
    return batches, outcomes


async def _head_moves(database: MongoDatabase, session: Session, batches: Iterable[Batch]) -> list[UpdateOne]:
    """Return the updates that advance each log head by its batch's events. A write without events moves the
    revision. Check the heads that have no move. Raises `LostRace`."""
    moves, are_unmoved = [], True
    for batch in batches:
        if batch.events:
            moves.append(advanced(batch.account_id, batch.head, len(batch.events)))
        elif batch.staged and batch.head:
            moves.append(silently_written(batch.account_id, batch.head))
        elif batch.staged:
            are_unmoved &= await note_early_write(session, database, batch.account_id)
        elif batch.has_claimed:
            await release(session, database, batch.account_id)
        elif not batch.has_read_head:
            are_unmoved &= await head_in(session, database, batch.account_id) == batch.head
    if not are_unmoved:
        raise LostRace
    return moves


async def _write(
    database: MongoDatabase, session: Session, works: Sequence[tuple[BatchRunner, Batch]]
) -> list[Projections]:
    writes = BulkWrites()
    writes.add(ACCOUNT_STATE, await _head_moves(database, session, [batch for _, batch in works]))
    for _, batch in works:
        for name, each in batch.writes().items():
            writes.add(name, each)
    projections = [runner.projections(batch) for runner, batch in works]
    if any(projection.reads_saved for projection in projections):
        await _flush(writes, database, session)
    for projection in projections:
        await projection.collect(writes)
    for (runner, batch), projection in zip(works, projections, strict=True):
        runner.add_events(batch, projection.history, writes)
    await _flush(writes, database, session)
    for runner, batch in works:
        await runner.append_audit(batch)
    return projections


async def _flush(writes: BulkWrites, database: MongoDatabase, session: Session) -> None:
    """Write, the heads first. Raises `LostRace` if one of them has moved."""
    if not await writes.write(ACCOUNT_STATE, database, session):
        raise LostRace
    await writes.flush(database, session)

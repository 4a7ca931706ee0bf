"""The one writer of an account in this process: group commit.

Commands that wait are run one after another in one transaction and committed once, so that a hot account costs one
commit a batch and not one a command (`benchmarks/RESULTS.md` has the figures).

    commands ──▶ queue ──▶ [ run each · advance the head · rows, events · commit ] ──▶ their futures

As long as no other process writes to the account, what the last batch left is known: commands run on it at once, and
the head, advanced by compare-and-set before anything else is written, proves that they were right to. Once another
process got in between, the batch is run again on what is stored, and from then on the head is claimed before any work:
who finds it claimed waits a moment, the shorter the more often it lost, and who just had its turn waits as well.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from domain.model.outbox import Outgoing
from domain.model.profile import Profile
from domain.storage import UnitOfWork
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.activity.activity_index import ActivityIndex
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.driver import Session
from integrations.mongo.event_log.log import EVENTS, advance, bodies_in, claim, event_documents, head_in, release
from integrations.mongo.search.index_writer import SearchIndexWriter
from integrations.mongo.search.search_index import TermCache
from integrations.mongo.stats.counter_writer import CounterWriter
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.abandoned_transactions import abort_abandoned_transactions
from integrations.mongo.storage.entity_cache import AccountCache, carried, key_of
from integrations.mongo.storage.unit_of_work import Batch, MongoUnitOfWork

Change = Callable[[UnitOfWork], Awaitable[Any]]

_BATCH = 100  # commands: past it a commit's cost is spread thin enough, and the wait for it grows
_QUEUE = 5_000  # commands that wait; what comes beyond is refused: it would not have its turn within the deadline
_DEADLINE = 8.0  # seconds from asking to giving up: an election of a replica set passes within it
_CATCH_UP = 200  # events of another process: beyond it reading anew what is needed costs less
_TURN = (0.004, 0.25)  # seconds between two tries to get one's turn, at least and at most
_TROUBLE = (0.01, 0.25)  # seconds to wait for a database that fails, at first and at most
_HELD = 1.0  # seconds of finding one's turn taken until it is looked at by whom
_WRITE_CONFLICT = 112  # MongoDB's error code
_BUSY = "The account is too busy or the database cannot be reached; try again, with the same idempotency key."
_UNKNOWN = "The database did not say whether it is done. Look, or try again with the same idempotency key."


@dataclass(slots=True, eq=False)
class _Waiting:
    change: Change
    answer: asyncio.Future[Any]
    until: float


class _LostRace(Exception):
    """Another process moved the head since our last batch."""


class AccountWriter:
    def __init__(
        self,
        *,
        database: MongoDatabase,
        account_id: AccountId,
        unit_of_work: Callable[[Batch], MongoUnitOfWork],
        cache: AccountCache,
        outbox_wake: asyncio.Event,
        tag_cache: TagCache,
        term_cache: TermCache,
    ) -> None:
        self._database = database
        self._tag_cache = tag_cache
        self._account_id = account_id
        self._unit_of_work = unit_of_work
        self._cache = cache
        self._outbox_wake = outbox_wake
        self._term_cache = term_cache
        self._queue: deque[_Waiting] = deque()
        self._head: int | None = None  # where the log stood after our last batch; what is cached is of that moment
        self._rivals = False  # whether another process was seen writing, and not yet a batch without
        self._took = 0.0  # seconds that the last batch took; others' take about as long
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return self._task is None

    async def run(self, change: Change) -> Any:
        """What the change answers, once it is committed. Who stops waiting may find it committed all the same."""
        if len(self._queue) >= _QUEUE:
            raise Unavailable(_BUSY)
        waiting = _Waiting(change, asyncio.get_running_loop().create_future(), time.monotonic() + _DEADLINE)
        self._queue.append(waiting)
        if self._task is None:
            # In a context of its own: it works for others than the one who woke it.
            self._task = asyncio.create_task(self._drain(), name=f"writer {self._account_id}", context=Context())
        return await waiting.answer

    async def finish(self) -> None:
        """Wait until everything asked for is committed or refused."""
        if self._task is not None:
            await self._task

    async def _drain(self) -> None:
        try:
            while self._queue:
                await self._commit([self._queue.popleft() for _ in range(min(_BATCH, len(self._queue)))])
                if self._rivals and self._queue:
                    await self._wait_a_turn()
        finally:
            self._task = None

    async def _commit(self, commands: list[_Waiting]) -> None:
        """Commit them together; where that cannot be, each alone, so that one cannot harm the others."""
        try:
            await self._attempt_until_done(commands)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the callers, not to this loop
            if len(commands) > 1 and not isinstance(error, Unavailable):
                for command in commands:
                    await self._commit([command])
                return
            for command in commands:
                _refuse(command, error)

    async def _attempt_until_done(self, commands: list[_Waiting]) -> None:
        trouble, patient_until = _TROUBLE[0], time.monotonic() + _HELD
        while commands := _in_time(commands):
            try:
                await self._attempt(commands)
                return  # noqa: TRY300 - the loop is for what failed
            except _LostRace:
                self._rivals = True
            except PyMongoError as error:
                if not error.has_error_label("TransientTransactionError"):
                    with driver_errors():
                        raise
                if isinstance(error, OperationFailure) and error.code == _WRITE_CONFLICT:
                    self._rivals = True
                    await self._wait_a_turn()
                    if time.monotonic() > patient_until:
                        await abort_abandoned_transactions(self._database)
                        patient_until = time.monotonic() + _HELD
                else:
                    await asyncio.sleep(_jittered(trouble))
                    trouble = min(trouble * 2, _TROUBLE[1])

    async def _attempt(self, commands: list[_Waiting]) -> None:
        began = time.monotonic()
        async with self._database.start_session() as session:
            await session.start_transaction()
            try:
                batch = await self._begin(session)
                outcomes = [(command, await self._run(batch, command)) for command in commands]
                await self._hold(batch)
                await self._write(batch)
            except BaseException:
                if session.in_transaction:
                    await session.abort_transaction()
                raise
        self._took = time.monotonic() - began
        self._remember(batch)
        for command, (result, refusal) in outcomes:
            if refusal is not None:
                _refuse(command, refusal)
            elif not command.answer.done():
                command.answer.set_result(result)

    async def _begin(self, session: Session) -> Batch:
        known, claims = self._head, self._rivals
        if known is not None and not claims:
            return self._batch(session, known)
        batch = self._batch(session, await (claim if claims else head_in)(session, self._database, self._account_id))
        batch.claimed = claims
        self._rivals = claims and batch.head != known
        if batch.head != known:
            await self._catch_up(batch)
        return batch

    def _batch(self, session: Session, head: int) -> Batch:
        return Batch(
            database=self._database, session=session, account_id=self._account_id, head=head, cache=self._cache
        )

    async def _catch_up(self, batch: Batch) -> None:
        """What is cached is of the head we know; what happened since tells how it looks now."""
        known, missed = self._head, None
        if known is not None and known < batch.head <= known + _CATCH_UP:
            missed = await bodies_in(batch.session, self._database, self._account_id, known, batch.head)
        if missed is None:
            batch.cache = None
        else:
            batch.found.update((key_of(entity), entity) for body in missed if (entity := carried(body)) is not None)

    async def _wait_a_turn(self) -> None:
        await asyncio.sleep(_jittered(min(max(self._took / 2, _TURN[0]), _TURN[1])))

    async def _run(self, batch: Batch, command: _Waiting) -> tuple[Any, Exception | None]:
        uow = self._unit_of_work(batch)
        try:
            result = await command.change(uow)
            await uow.conclude()
            uow.accept()
        except PyMongoError:
            raise
        except Exception as refusal:  # noqa: BLE001 - the caller's, and only this command's
            return None, refusal
        return result, None

    async def _hold(self, batch: Batch) -> None:
        """The head stands where the commands took it to stand, and if they have events it does until they are in."""
        session, held = batch.session, True
        if batch.events:
            held = await advance(session, self._database, self._account_id, batch.head, len(batch.events))
        elif batch.claimed:
            await release(session, self._database, self._account_id)
        else:
            held = await head_in(session, self._database, self._account_id) == batch.head
        if not held:
            raise _LostRace

    async def _write(self, batch: Batch) -> None:
        session = batch.session
        for name, writes in batch.rows().items():
            await self._database.collection(name).bulk_write(writes, session=session)
        terms = SearchIndexWriter(batch, self._term_cache)
        await terms.write()
        if batch.events:
            documents = event_documents(self._account_id, batch.head + 1, batch.events)
            await self._database.collection(EVENTS).insert_many(documents, session=session)
        await ActivityIndex(database=self._database, session=session, account_id=self._account_id).follow(
            batch.saved, batch.found_of(Profile)
        )
        counting = CounterWriter(batch, self._tag_cache)
        await counting.write()
        # Also where nothing is to be written: what commands were refused or answered by is then what a majority has.
        await _commit_transaction(session)
        counting.after_commit()
        self._term_cache.add(terms.coined)

    def _remember(self, batch: Batch) -> None:
        """Only what is committed: the rest might have been seen on a node that loses it again."""
        if batch.cache is None:
            self._cache.clear()
        for entity in (*batch.found.values(), *(entity for entity in batch.staged.values() if entity is not None)):
            self._cache.keep(entity)
        if any(kind is Outgoing for kind, _ in batch.staged):
            self._outbox_wake.set()
        # A log that has not begun is not remembered: two that begin it meet in an insert, not in the compare-and-set.
        self._head = batch.head + len(batch.events) or None


async def _commit_transaction(session: Session) -> None:
    """Asked again while its outcome is unknown: to commit what is committed changes nothing."""
    until = time.monotonic() + _DEADLINE
    while True:
        try:
            await session.commit_transaction()
            return  # noqa: TRY300 - the loop is for what failed
        except PyMongoError as error:
            if not error.has_error_label("UnknownTransactionCommitResult"):
                raise
            if time.monotonic() > until:
                raise Unavailable(_UNKNOWN) from error  # never run again: it may be done
        await asyncio.sleep(0.05)


def _in_time(commands: list[_Waiting]) -> list[_Waiting]:
    """Those that somebody still waits for and that may still be tried; the others are told."""
    now = time.monotonic()
    for command in commands:
        if now > command.until:
            _refuse(command, Unavailable(_BUSY))
    return [command for command in commands if not command.answer.done()]


def _refuse(command: _Waiting, error: Exception) -> None:
    if not command.answer.done():
        command.answer.set_exception(error)


def _jittered(seconds: float) -> float:
    return random.uniform(0.5, 1.5) * seconds  # noqa: S311 - no secret

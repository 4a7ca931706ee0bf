"""The one writer of an account in this process: group commit.

Commands that wait are run one after another in one transaction and committed once, so that a hot account costs one
commit a batch and not one a command (`benchmarks/RESULTS.md` has the figures).

    commands ──▶ queue ──▶ [ begin · read head · run each · head, rows, events · commit ] ──▶ their futures

The account's head is read first and advanced by compare-and-set: whoever loses against another process has written
nothing yet, forgets what it remembered, and tries again after a short jittered wait, until the deadline.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pymongo import DeleteOne, ReplaceOne
from pymongo.errors import PyMongoError

from domain.clock import Clock
from domain.errors import Unavailable
from domain.ids import AccountId
from domain.storage import UnitOfWork
from integrations.mongo.client import MongoDatabase, translating
from integrations.mongo.collections import COLLECTIONS, entity_document
from integrations.mongo.log import advance, event_documents, head_in
from integrations.mongo.unit_of_work import Batch, EntityCache, MongoUnitOfWork

Change = Callable[[UnitOfWork], Awaitable[Any]]

_BATCH = 100  # commands: past it a commit's cost is spread thin enough, and the wait for it grows
_DEADLINE = 8.0  # seconds from asking to giving up: an election of a replica set passes within it
_BUSY = "The account is too busy or the database cannot be reached; try again, with the same idempotency key."


@dataclass(slots=True, eq=False)
class _Waiting:
    change: Change
    answer: asyncio.Future[Any]
    until: float


class _LostRace(Exception):
    """Another process advanced the head."""


class AccountWriter:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId, clock: Clock) -> None:
        self._database = database
        self._account_id = account_id
        self._clock = clock
        self._queue: deque[_Waiting] = deque()
        self._cache = EntityCache()
        self._known_head = -1
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return self._task is None

    async def run(self, change: Change) -> Any:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(change, loop.create_future(), time.monotonic() + _DEADLINE)
        self._queue.append(waiting)
        if self._task is None:
            self._task = asyncio.create_task(self._drain(), name=f"writer {self._account_id}")
        return await waiting.answer

    async def finish(self) -> None:
        """Wait until everything asked for is committed or refused."""
        if self._task is not None:
            await self._task

    async def _drain(self) -> None:
        try:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(_BATCH, len(self._queue)))]
                await self._commit([waiting for waiting in batch if not waiting.answer.done()])
        finally:
            self._task = None

    async def _commit(self, commands: list[_Waiting]) -> None:
        """Commit them together; where that cannot be, each alone, so that one cannot harm the others."""
        try:
            await self._attempt_until_done(commands)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the callers, not to this loop
            self._forget()
            if len(commands) > 1 and not isinstance(error, Unavailable):
                for command in commands:
                    await self._commit([command])
                return
            for command in commands:
                if not command.answer.done():
                    command.answer.set_exception(error)

    async def _attempt_until_done(self, commands: list[_Waiting]) -> None:
        wait = 0.001
        while commands:
            try:
                await self._attempt(commands)
                return  # noqa: TRY300 - the loop is for what failed
            except (_LostRace, PyMongoError) as error:
                self._forget()
                if not _passes(error):
                    with translating():
                        raise
                commands = _in_time(commands)
            await asyncio.sleep(random.uniform(0.2, 1) * wait)  # noqa: S311 - jitter, no secret
            wait = min(wait * 2, 0.25)

    async def _attempt(self, commands: list[_Waiting]) -> None:
        async with self._database.start_session() as session:
            await session.start_transaction()
            try:
                head = await head_in(session, self._database, self._account_id)
                if head != self._known_head:
                    self._cache.clear()
                batch = Batch(
                    database=self._database, session=session, account_id=self._account_id, head=head, cache=self._cache
                )
                outcomes = [(command, await self._run(batch, command)) for command in commands]
                if not batch.staged and not batch.events:
                    await session.abort_transaction()
                else:
                    await self._flush(batch)
                    await self._commit_transaction(session)
            except BaseException:
                if session.in_transaction:
                    await session.abort_transaction()
                raise
        self._known_head = head + len(batch.events)
        for key, entity in batch.staged.items():
            self._cache.keep(key, entity)
        for command, (result, refusal) in outcomes:
            _answer(command, result, refusal)

    async def _run(self, batch: Batch, command: _Waiting) -> tuple[Any, Exception | None]:
        uow = MongoUnitOfWork(batch, self._clock.now())
        try:
            result = await command.change(uow)
            uow.accept()
        except PyMongoError:
            raise
        except Exception as refusal:  # noqa: BLE001 - the caller's, and only this command's
            return None, refusal
        return result, None

    async def _flush(self, batch: Batch) -> None:
        session = batch.session
        if batch.events and not await advance(session, self._database, self._account_id, batch.head, len(batch.events)):
            raise _LostRace
        rows: dict[str, list[Any]] = {}
        for (kind, entity_id), entity in batch.staged.items():
            where = {"_id": entity_id, "account": self._account_id}
            write = (
                DeleteOne(where)
                if entity is None
                else ReplaceOne(where, entity_document(self._account_id, entity), upsert=True)
            )
            rows.setdefault(COLLECTIONS[kind], []).append(write)
        for name, writes in rows.items():
            await self._database.collection(name).bulk_write(writes, ordered=False, session=session)
        if batch.events:
            documents = event_documents(self._account_id, batch.head + 1, batch.events)
            await self._database.collection("events").insert_many(documents, session=session)

    async def _commit_transaction(self, session: Any) -> None:
        """Asked again while its outcome is unknown: to commit what is committed changes nothing."""
        until = time.monotonic() + _DEADLINE
        while True:
            try:
                await session.commit_transaction()
                return  # noqa: TRY300 - the loop is for what failed
            except PyMongoError as error:
                if not error.has_error_label("UnknownTransactionCommitResult") or time.monotonic() > until:
                    raise
            await asyncio.sleep(0.05)

    def _forget(self) -> None:
        self._cache.clear()
        self._known_head = -1


def _passes(error: Exception) -> bool:
    return isinstance(error, _LostRace) or (
        isinstance(error, PyMongoError) and error.has_error_label("TransientTransactionError")
    )


def _in_time(commands: list[_Waiting]) -> list[_Waiting]:
    """Those that may try again; the others are told."""
    now = time.monotonic()
    for command in commands:
        if now > command.until and not command.answer.done():
            command.answer.set_exception(Unavailable(_BUSY))
    return [command for command in commands if not command.answer.done()]


def _answer(command: _Waiting, result: Any, refusal: Exception | None) -> None:
    if command.answer.done():
        return
    if refusal is None:
        command.answer.set_result(result)
    else:
        command.answer.set_exception(refusal)

"""Bulkheads around a driver: no call is ever cancelled, and no caller can take every connection.

Cancellation. A driver's call that is cancelled throws its connection away; and PyMongo's pool, on Python 3.11, keeps
its lock held when a waiting call is cancelled twice. So each call runs in a task of its own behind `asyncio.shield`: a
caller that is cancelled leaves at once, and the call goes on to its own end, within `timeoutMS`, which the driver sends
as `maxTimeMS` with every command. Within a session the caller waits for that end: a session takes one call at a time.

Connections. A call first takes a permit, of which there are as many as the pool has connections: nobody ever waits
inside the driver. Waiting for a permit is a plain semaphore (FIFO) and may be cancelled. The permits are divided:

    READS        for questions of accounts (`reading_for`), all accounts together
    PER_ACCOUNT  the most of them that one account holds at once
    SYSTEM       for everything else: credentials, health, commits, timers, the log; no question can take one of these
    WATCHDOG     for the watchdog's ping alone: it must have an outcome also while every other call waits for its own

A permit is returned when the call ends, not when its caller leaves. The replies to the questions of an account are
throttled (`throttle.py`).

Outages. While it is known that the database cannot be used (its disk is full), a call fails at once with the reason,
rather than after the driver's time limit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar, cast
from weakref import WeakValueDictionary

from bson import CodecOptions
from pymongo.client_session_shared import TransactionOptions
from pymongo.errors import AutoReconnect
from pymongo.read_concern import ReadConcern

from domain.values.ids import AccountId
from domain.values.workload import reader
from integrations.mongo.driver import AWARE, ChangeStream, Client, Collection, Document, Session
from integrations.mongo.throttle import ReplyThrottle

T = TypeVar("T")

READS, PER_ACCOUNT, SYSTEM, WATCHDOG = 30, 15, 20, 1  # calls in flight; all but PER_ACCOUNT are the size of the pool
_CHUNK = 100  # documents that an iteration over a cursor takes with one permit
_NO_IO = frozenset({"name", "full_name"})  # attributes

_logger = logging.getLogger("baton.mongo")


class DatabaseDown(AutoReconnect):
    """A call that was not made, because the database cannot be used at present. The text says why, for clients."""


def _no_outage() -> str | None:
    return None


class Bulkhead:
    def __init__(
        self,
        *,
        reads: int = READS,
        per_account: int = PER_ACCOUNT,
        system: int = SYSTEM,
        outage: Callable[[], str | None] = _no_outage,
    ) -> None:
        """`outage` returns why the database cannot be used at present, if that is known."""
        self._outage = outage
        self._reads = asyncio.Semaphore(reads)
        self._system = asyncio.Semaphore(system)
        self._watchdog = asyncio.Semaphore(WATCHDOG)
        self._per_account = per_account
        self._accounts: WeakValueDictionary[AccountId, asyncio.Semaphore] = WeakValueDictionary()
        self._throttles: WeakValueDictionary[AccountId, ReplyThrottle] = WeakValueDictionary()
        self._calls: set[asyncio.Task[Any]] = set()

    @property
    def in_flight(self) -> int:
        """Calls that have a permit, those whose caller has left included."""
        return len(self._calls)

    async def run(self, call: Callable[[], Awaitable[T]], *, to_its_end: bool = False, of_watchdog: bool = False) -> T:
        """Return what the call returns. `to_its_end`: a caller that is cancelled waits for the call's end first.
        `of_watchdog`: the call takes the watchdog's permit.

        Raises `DatabaseDown`, and what the call raises.
        """
        if (reason := self._outage()) is not None:
            raise DatabaseDown(reason)
        account_id = reader()
        permits = await self._acquire([self._watchdog] if of_watchdog else self._semaphores(account_id))
        task = asyncio.ensure_future(_started(call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        task.add_done_callback(lambda _: _release(permits))
        try:
            result = await asyncio.shield(task)
        except asyncio.CancelledError:
            if to_its_end and not task.done():
                await asyncio.wait([task])
            task.add_done_callback(_note_failure)
            raise
        await self.reply_turn()
        return result

    async def reply_turn(self) -> None:
        """Wait until the caller may work on a reply to a question of its account. `run` has done so for its own."""
        if (account_id := reader()) is not None:
            await self._throttle(account_id).wait()

    async def drain(self) -> None:
        """Wait for every call in flight."""
        while self._calls:
            await asyncio.wait(self._calls)

    async def give_up(self) -> None:
        """Cancel every call in flight. Their connections are lost, so the client must be closed next."""
        for call in self._calls:
            call.cancel()
        await self.drain()

    def _throttle(self, account_id: AccountId) -> ReplyThrottle:
        throttle = self._throttles.get(account_id)
        if throttle is None:
            throttle = self._throttles[account_id] = ReplyThrottle()
        return throttle

    async def _acquire(self, semaphores: Sequence[asyncio.Semaphore]) -> list[asyncio.Semaphore]:
        """Take the permits that a call needs, or none if the caller is cancelled meanwhile."""
        permits: list[asyncio.Semaphore] = []
        try:
            for semaphore in semaphores:
                await semaphore.acquire()
                permits.append(semaphore)
        except asyncio.CancelledError:
            _release(permits)
            raise
        return permits

    def _semaphores(self, account_id: AccountId | None) -> Sequence[asyncio.Semaphore]:
        if account_id is None:
            return (self._system,)
        share = self._accounts.get(account_id)
        if share is None:
            share = self._accounts[account_id] = asyncio.Semaphore(self._per_account)
        return (share, self._reads)  # the account's own first: its queue holds up nobody else


class BulkheadClient:
    """A `Client` whose calls go through a bulkhead. Change streams do not: they have a client of their own."""

    def __init__(self, client: Client, bulkhead: Bulkhead) -> None:
        self._client = client
        self._bulkhead = bulkhead
        self._collections: dict[tuple[str, str], Collection] = {}

    def collection(self, database: str, name: str, read_concern: ReadConcern | None = None) -> Collection:
        if read_concern is not None:
            return _guarded(self._client.collection(database, name, read_concern), self._bulkhead)
        found = self._collections.get((database, name))
        if found is None:
            found = _guarded(self._client.collection(database, name), self._bulkhead)
            self._collections[database, name] = found
        return found

    def start_session(self, options: TransactionOptions) -> AbstractAsyncContextManager[Session]:
        return self._client.start_session(options)

    async def command(self, database: str, command: Document, codec: CodecOptions[Any] = AWARE) -> Any:
        return await self._bulkhead.run(lambda: self._client.command(database, command, codec))

    async def heartbeat(self) -> None:
        await self._bulkhead.run(self._client.heartbeat, of_watchdog=True)

    async def watch(self, database: str, pipeline: Sequence[Document], **options: Any) -> ChangeStream:
        return await self._client.watch(database, pipeline, **options)

    def server_types(self) -> dict[str, str]:
        return self._client.server_types()

    async def close(self) -> None:
        try:
            await self._bulkhead.drain()
        except asyncio.CancelledError:
            await self._bulkhead.give_up()
            raise
        await self._client.close()


def _guarded(collection: Collection, bulkhead: Bulkhead) -> Collection:
    return cast("Collection", _Collection(collection, bulkhead))


class _Collection:
    """Passes each method on that does I/O, through the bulkhead."""

    def __init__(self, collection: Collection, bulkhead: Bulkhead) -> None:
        self._collection = collection
        self._bulkhead = bulkhead

    def find(self, *args: Any, **kwargs: Any) -> _Cursor:
        return _Cursor(self._collection.find(*args, **kwargs), self._bulkhead, in_session=_has_session(kwargs))

    async def aggregate(self, *args: Any, **kwargs: Any) -> _Cursor:
        in_session = _has_session(kwargs)
        cursor = await self._bulkhead.run(lambda: self._collection.aggregate(*args, **kwargs), to_its_end=in_session)
        return _Cursor(cursor, self._bulkhead, in_session=in_session)

    def with_options(self, **options: Any) -> Collection:
        return _guarded(self._collection.with_options(**options), self._bulkhead)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._collection, name)
        if name in _NO_IO:
            return method

        async def guarded(*args: Any, **kwargs: Any) -> Any:
            return await self._bulkhead.run(lambda: method(*args, **kwargs), to_its_end=_has_session(kwargs))

        return guarded


class _Cursor:
    """A cursor that is read in chunks, each with one permit."""

    def __init__(self, cursor: Any, bulkhead: Bulkhead, *, in_session: bool) -> None:
        self._cursor = cursor
        self._bulkhead = bulkhead
        self._in_session = in_session

    def limit(self, limit: int) -> _Cursor:
        self._cursor.limit(limit)
        return self

    async def to_list(self, length: int | None = None) -> list[Document]:
        documents: list[Document] = await self._bulkhead.run(
            lambda: self._cursor.to_list(length), to_its_end=self._in_session
        )
        return documents

    async def __aiter__(self) -> AsyncIterator[Document]:
        while documents := await self.to_list(_CHUNK):
            for document in documents:
                yield document
            if len(documents) < _CHUNK:
                return


def _release(permits: list[asyncio.Semaphore]) -> None:
    for semaphore in permits:
        semaphore.release()


def _has_session(kwargs: dict[str, Any]) -> bool:
    return kwargs.get("session") is not None


async def _started(call: Callable[[], Awaitable[T]]) -> T:
    return await call()


def _note_failure(task: asyncio.Task[Any]) -> None:
    """Retrieve the error of a call whose caller has left; asyncio would report it as never retrieved."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _logger.debug("A database call failed after its caller had left: %s", type(error).__name__)

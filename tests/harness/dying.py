"""Deaths at a chosen moment: of a coroutine at one of its awaits, and of a program at one of its calls of MongoDB."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, TypeVar

import pytest
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import AutoReconnect

from integrations.mongo.bulkhead import Bulkhead
from tests.harness.program import Program

T = TypeVar("T")


class Dying:
    """A coroutine that is cancelled at its nth await, counted from zero."""

    def __init__(self, work: Coroutine[Any, Any, Any], at: int) -> None:
        self._work = work
        self._at = at
        self.reached = False  # whether it waited so often

    def __await__(self) -> Generator[Any, Any, Any]:
        inner, awaits = self._work.__await__(), 0
        value: Any = None
        error: BaseException | None = None
        while True:
            try:
                waited = inner.throw(error) if error else inner.send(value)
            except StopIteration as done:
                return done.value
            if awaits == self._at:
                self.reached = True
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            awaits += 1
            try:
                value, error = (yield waited), None
            except BaseException as raised:  # noqa: BLE001 - it is passed on, as an await does
                value, error = None, raised


class MortalDatabase:
    """The database of a program, which can be cut off at one of its calls, as by the program's death: nothing that
    comes later reaches MongoDB. MongoDB aborts the transaction that is open then.

    An even moment 2n is before the nth call, and 2n + 1 is after it, when its response is lost.
    """

    def __init__(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        client: Any = program.baton.ports.storage._database._client  # type: ignore[attr-defined]
        run, commit = Bulkhead.run, AsyncClientSession.commit_transaction
        self._moments = 0
        self._dies_at: int | None = None
        self.dead = False

        async def mortal_run(bulkhead: Bulkhead, call: Callable[[], Awaitable[Any]], **options: Any) -> Any:
            if bulkhead is not client._bulkhead:
                return await run(bulkhead, call, **options)
            return await self._call(lambda: run(bulkhead, call, **options))

        async def mortal_commit(session: AsyncClientSession) -> None:
            if session.client is not client._client._client:
                return await commit(session)
            return await self._call(lambda: commit(session))

        monkeypatch.setattr(Bulkhead, "run", mortal_run)
        monkeypatch.setattr(AsyncClientSession, "commit_transaction", mortal_commit)

    def live(self, *, until: int | None) -> None:
        """Let calls through until the moment, counted from now; None: for good."""
        self._moments, self._dies_at, self.dead = 0, until, False

    async def _call(self, call: Callable[[], Awaitable[T]]) -> T:
        self._pass_moment()
        result = await call()
        self._pass_moment()
        return result

    def _pass_moment(self) -> None:
        self.dead |= self._moments == self._dies_at
        self._moments += 1
        if self.dead:
            raise AutoReconnect("The program is dead.")

"""Traces what is saved: the unit of work of a command from its place in the queue on, the command, and the commit.

A commit is that of many commands (*group commit*). Its span is within that of the first command which is traced, and
has links to those of the others.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cachetools import LRUCache
from opentelemetry import trace
from opentelemetry.context import Context, get_current
from opentelemetry.trace import Link, set_span_in_context

from domain.events import LoggedEvent
from domain.storage import R, UnitOfWork
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase
from integrations.mongo.driver import Session
from integrations.mongo.storage.batch import Outcome, Work, commit_together, commit_transaction
from integrations.mongo.storage.storage import MongoStorage
from integrations.mongo.storage.unit_of_work import Batch, MongoUnitOfWork
from integrations.tracing.mongo_client import call
from integrations.tracing.spans import OtlpSpans

_OPEN = 100  # accounts whose batch is being committed
_REMEMBERED = 1_000  # events whose commit was traced, until their frames are made


class TracedChange:
    """A command, and the span within which it was given to the storage."""

    def __init__(self, change: Callable[[UnitOfWork], Awaitable[Any]], spans: OtlpSpans) -> None:
        self.context: Context = get_current()
        self._change = change
        self._spans = spans

    async def __call__(self, uow: UnitOfWork) -> Any:
        with self._spans.span("command", context=self.context):
            return await self._change(uow)

    @property
    def link(self) -> Link:
        return Link(trace.get_current_span(self.context).get_span_context())


class TracedCommits:
    """Implements `Commit` of `integrations/mongo/storage`."""

    def __init__(self, spans: OtlpSpans) -> None:
        self._spans = spans

    async def __call__(self, database: MongoDatabase, works: Sequence[Work]) -> list[list[Outcome] | None]:
        traced = [change for _, changes in works for change in changes if isinstance(change, TracedChange)]
        if not traced:
            return await commit_together(database, works)
        facts = {"baton.accounts": len(works), "baton.commands": sum(len(changes) for _, changes in works)}
        links = [change.link for change in traced[1:]]
        with self._spans.span("commit", facts, context=traced[0].context, links=links):
            return await commit_together(database, works, self._finish)

    async def _finish(self, session: Session) -> None:
        with call(self._spans, "commit_transaction", None):
            await commit_transaction(session)


class TracedStorage(MongoStorage):
    def __init__(self, *, spans: OtlpSpans, **parts: Any) -> None:
        super().__init__(commit=TracedCommits(spans), **parts)
        self._spans = spans
        self._commits: LRUCache[tuple[AccountId, int], Context] = LRUCache(_REMEMBERED)
        self._open: LRUCache[AccountId, tuple[Batch, Context]] = LRUCache(_OPEN)

    async def write(self, account_id: AccountId, change: Callable[[UnitOfWork], Awaitable[R]]) -> R:
        if not self._spans.is_traced():
            return await super().write(account_id, change)
        with self._spans.span("unit of work", {"baton.account": account_id}):
            return await super().write(account_id, TracedChange(change, self._spans))

    @contextmanager
    def frame(self, event: LoggedEvent) -> Iterator[None]:
        """Trace the making of an event's frame within its commit, if this process made it and traced it."""
        context = self._commits.get((event.account_id, event.seq)) or self._of_open(event)
        if context is None:
            yield
            return
        with self._spans.span("frame", {"baton.event": type(event.body).__name__}, context=context):
            yield

    def _of_open(self, event: LoggedEvent) -> Context | None:
        """Return the context of a commit that has not returned yet: the change stream may be faster."""
        batch, context = self._open.get(event.account_id, (None, None))
        if batch is None or not 0 < event.seq - batch.head <= len(batch.events):
            return None
        body, _ = batch.events[event.seq - batch.head - 1]
        return context if type(body) is type(event.body) else None  # else it failed, and another process was first

    def _unit_of_work(self, batch: Batch) -> MongoUnitOfWork:
        if self._spans.is_traced():
            self._open[batch.account_id] = batch, set_span_in_context(trace.get_current_span())
        return super()._unit_of_work(batch)

    def _note_commit(self, batch: Batch) -> None:
        self._open.pop(batch.account_id, None)
        if self._spans.is_traced():
            context = set_span_in_context(trace.get_current_span())
            for number in range(1, len(batch.events) + 1):
                self._commits[batch.account_id, batch.head + number] = context
        super()._note_commit(batch)

"""The seam between the realtime layer and a connection: what to execute, and where its frames go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from domain.principal import Principal
from resolvers.subscriptions import EventSubscription, LiveQuery


class LiveOperation(Protocol):
    """A subscription operation, parsed, validated and authorised: the one place where an event meets an operation."""

    principal: Principal
    feed: EventSubscription

    async def payload(self, item: object, extensions: dict[str, object]) -> str:
        """Execute the operation for one stream item, with a fresh context and fresh loaders.

        Answers the whole ExecutionResult as JSON text, with `extensions` in it: {"data": …, "extensions": …}.
        """


class StateOperation(Protocol):
    """The same, of a subscription to how something stands. Those of one account, question and audience are one."""

    principal: Principal
    state: LiveQuery
    question: str

    async def payload(self, item: object, extensions: dict[str, object]) -> str: ...


class EventSink(Protocol):
    """One operation of one connection (a WebSocket, or an SSE response that has just one)."""

    operation_id: str
    resume: str | None  # the cursor from connection_init (`resume`) or Last-Event-ID
    positions: dict[str, int]  # seq up to which each operation of the connection has been queued, by operation id

    async def send(self, payload: str, cursor: str) -> None:
        """Queue a frame; wait while the connection has no room (replay: the reader sets the pace)."""

    def push(self, payload: str, cursor: str) -> None:
        """Queue a frame at once (live). Without room the connection closes 1013, so that the client resumes."""

    def signal(self, key: str, payload: str, finish: Callable[[str], tuple[str, str]]) -> None:
        """Keep a frame for when no other waits; a later one of the same key takes its place. What it says of where the
        stream stands is filled in by `finish` when it leaves: (payload, cursor). Where the reader is behind, it is left
        out."""

    def withdraw(self, key: str) -> None:
        """A signal of this key that still waits is over."""

    def withdraw_all(self) -> None:
        """The operation ends: nothing of it may leave after that."""

"""The seam between the realtime layer and a connection: what to execute, and where its frames go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Protocol

from api.realtime.frame_cache import Frame, FrameGroup
from domain.principal import Principal
from resolvers.subscriptions import EventSubscription, LiveQuery


class LiveOperation(Protocol):
    """A subscription operation, parsed, validated and authorised.

    Operations of one account and audience with the same `shared_key` give the same result for the same item, so they
    share one execution; an operation with `None` is executed for itself alone.
    """

    principal: Principal
    source: EventSubscription
    shared_key: Hashable | None

    async def render(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str:
        """Execute the operation for one stream item, with a fresh context and fresh loaders. `seq`: the number of the
        event that it is made of.

        Returns the whole ExecutionResult as JSON text, with `extensions` in it: {"data": …, "extensions": …}. Raises
        `Unavailable` if the database cannot be reached or the execution takes too long.
        """

    def begin(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str | Awaitable[str]:
        """Like `render`, but return the text itself if nothing has to be awaited, as for most items."""


class StateOperation(Protocol):
    """A subscription operation over a `LiveQuery`.

    Operations of one account and audience with the same `shared_key` have the same result, so they share one execution.
    """

    principal: Principal
    query: LiveQuery
    shared_key: Hashable

    async def read(self) -> object:
        """Return the present item of the query. Raises its errors, `Unavailable` among them."""

    async def render(self, item: object, extensions: dict[str, object]) -> str:
        """Like `LiveOperation.render`."""


class EventSink(Protocol):
    """The frames of one operation on their way into its connection (a WebSocket, or an SSE response)."""

    operation_id: str
    resume: str | None  # the cursor from connection_init (`resume`) or Last-Event-ID
    positions: dict[str, int]  # seq up to which each operation of the connection has been queued, by operation id

    async def send(self, payload: str, cursor: str) -> None:
        """Queue a frame. Waits while the connection has no room, so that the reader sets the pace."""

    def try_send(self, frame: Frame, cursor: str) -> bool:
        """Queue a frame if there is room and the connection is not about to end. Returns whether it was queued."""

    def try_send_group(self, group: FrameGroup, prefix: str) -> bool:
        """Send all frames of a group, if the connection takes them at once. Its cursor with each is the prefix before
        the plain one. Returns whether they were sent: all of them, or none."""

    def send_signal(self, key: str, payload: str, finish: Callable[[str], tuple[str, str]]) -> None:
        """Queue a frame that leaves when no other waits; a later one with the same key replaces it.

        When it leaves, `finish` fills in the stream's position and returns (payload, cursor). It is dropped if the
        reader is behind.
        """

    def drop_signal(self, key: str) -> None:
        """Remove the waiting signal with this key, if there is one."""

    def drop_signals(self) -> None:
        """Remove all waiting signals of the operation, which ends."""


class OperationHub(Protocol):
    async def stream(self, operation: LiveOperation, sink: EventSink) -> None:
        """Send the missed items and then the live ones, until cancelled. Raises `Invalid` for a text that is not a
        cursor, and the errors of the operation."""

    async def stream_query(self, operation: StateOperation, sink: EventSink) -> None:
        """Send the result of a live query, now and after each change, until cancelled. Raises `Unavailable`."""

"""The results of subscription resolvers, and the items that every stream has.

A resolver returns an `EventSubscription` (events of the account's log, each with its cursor) or a `LiveQuery` (the
present state, whole, whenever it changes). `api/realtime` executes it: replay, live events, resume.

    resolver ──▶ EventSubscription(topics, after, item) ──▶ api/realtime ──▶ item(event, cursor) ──▶ graphql-core

Subscribers of one account and audience share an execution if their document, variables and `state` are the same.

An EventSubscription that wants signals has a `signal` beside its `item`. Signals come between the events, only from now
on, and move no cursor.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from enum import Enum
from typing import Any

import strawberry

from domain.events import LoggedEvent
from domain.signals import Typing
from domain.values.record import Record
from resolvers.scalars import Cursor


class LiveQuery(Record):
    """A subscription to the present state of something, whole, rather than to the events that change it.

    The result of `read` may change after any event of the account, and after `good_for` seconds without one. A
    subscriber gets the latest state; states between two reads are left out. There is no cursor: a client that
    reconnects is sent the present state.
    """

    read: Callable[[], Awaitable[object]]
    good_for: Callable[[], float | None]  # since the last `read`; `None`: until an event occurs

    def __aiter__(self) -> AsyncIterator[Any]:
        raise NotImplementedError("A LiveQuery is executed by api/realtime, not iterated.")


class EventSubscription(Record):
    """A subscription to events. graphql-core requires an async iterable as the source of a subscription; this one is
    executed by the realtime layer, event by event, and never iterated."""

    topics: frozenset[str]
    state: Hashable = None  # what `item` and `signal` depend on beside the document, its variables, and the audience
    after: str | None  # the cursor to resume after; `None`: from now on
    item: Callable[[LoggedEvent, str], object | None]  # (event, its cursor) to a stream item, or `None`
    signal: Callable[[Typing, str], object | None] | None = None  # likewise, with the stream's present cursor

    def __aiter__(self) -> AsyncIterator[Any]:
        raise NotImplementedError("An EventSubscription is executed by api/realtime, not iterated.")


@strawberry.interface(description="An item of a stream.")
class StreamItem:
    cursor: Cursor = strawberry.field(
        description="The position in the account's event log after this item. Pass it to `after:` to resume the "
        "stream here."
    )


@strawberry.enum(description="The reason why a stream cannot be resumed.")
class StreamResetReason(Enum):
    EXPIRED = strawberry.enum_value("EXPIRED", description="The event log no longer reaches back to the cursor.")
    TOO_FAR_BEHIND = strawberry.enum_value(
        "TOO_FAR_BEHIND", description="More than 1,000 events were missed. Reading the state again costs less."
    )
    UNKNOWN_CURSOR = strawberry.enum_value(
        "UNKNOWN_CURSOR", description="The cursor does not belong to this account's present event log."
    )


@strawberry.type(description="The stream is open. It is the first item of every stream.")
class StreamReady(StreamItem):
    resumed: bool = strawberry.field(
        description="Whether the stream continues directly after the given cursor. `false` if it starts from now."
    )


@strawberry.type(description="All missed items were delivered. The items that follow are live.")
class StreamCaughtUp(StreamItem):
    pass


@strawberry.type(
    description="The stream cannot be resumed after the given cursor. Read the state again; the items that "
    "follow are live, from `cursor` on."
)
class StreamReset(StreamItem):
    reason: StreamResetReason = strawberry.field(description="The reason why the stream cannot be resumed.")

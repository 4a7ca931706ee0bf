"""What a subscription follows. Resolvers say *what*, as a `Feed`; `api/realtime` knows *how* to replay and go live.

resolver ──▶ Feed(topics, after, item) ──▶ api/realtime ──▶ item(event, cursor) ──▶ graphql-core ──▶ frame

A Feed that wants signals has a `signal` beside its `item`. They come between the events, from now on and never from the
past, and move no cursor.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from domain.events import LoggedEvent
from domain.signals import Typing
from domain.values.record import Record


class LiveQuery(Record):
    """A subscription to how something stands, whole, rather than to what happens to it.

    `read` may answer otherwise after any event of the account, and once `good_for` (seconds) is over without any. Who
    watches gets the latest; states between two looks are left out. It has no cursor: who comes back is shown the state.
    """

    read: Callable[[], Awaitable[object]]
    good_for: Callable[[], float | None]  # as of the last `read`; None: until something happens

    def __aiter__(self) -> AsyncIterator[Any]:
        raise NotImplementedError("A State is watched by api/realtime, not iterated.")


class EventSubscription(Record):
    """graphql-core asks a subscription's source to be an async iterable: this one is executed by the realtime layer
    instead, event by event, and never iterated."""

    topics: frozenset[str]
    after: str | None  # the cursor to go on from; None: from now
    item: Callable[[LoggedEvent, str], object | None]  # (event, its cursor) to a stream item; None: not for this feed
    signal: Callable[[Typing, str], object | None] | None = None  # likewise; the cursor is where the stream stands

    def __aiter__(self) -> AsyncIterator[Any]:
        raise NotImplementedError("A Feed is followed by api/realtime, not iterated.")

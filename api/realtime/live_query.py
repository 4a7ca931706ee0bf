"""A live query with several subscribers: one read for all of them, after an event, at most once a second.

No task of its own reads it: the first subscriber that needs a new result reads it, and the others are sent that result.
An event that occurs during a read, or within the second, causes the next read. A slow subscriber gets the latest result
and no queue of older ones.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from api.realtime.account_feed import ANY_TOPIC
from api.realtime.sink import EventSink, StateOperation
from domain.events import LoggedEvent
from domain.signals import Typing
from resolvers.subscriptions import StreamResetReason

EVERY = 1.0  # seconds between two reads


class LiveQueryStream:
    """A listener of the account's feed. `opened` is set when the feed passes on every event."""

    def __init__(self, operation: StateOperation, *, opened: asyncio.Event) -> None:
        self.topics = frozenset({ANY_TOPIC})
        self.subscribers = 0
        self._operation = operation
        self._opened = opened
        self._changes = 1  # events so far, counted
        self._changes_read = 0  # how many of them the payload includes
        self._payload = ""
        self._next_read = 0.0  # the earliest time of the next read
        self._expires_at: float | None = None  # when the payload expires without an event
        self._reading = asyncio.Lock()
        self._changed = asyncio.Event()

    def on_event(self, event: LoggedEvent) -> None:
        self._note_change()

    def on_reset(self, reason: StreamResetReason) -> None:
        """Events may have been missed."""
        self._note_change()

    def on_signal(self, signal: Typing) -> None:
        """Signals do not change the result of a query."""

    async def follow(self, sink: EventSink) -> None:
        """Send the present result and each later result that differs, until cancelled. Raises `Unavailable`."""
        await self._opened.wait()
        shown = None
        while True:
            payload = await self._latest(at_once=shown is None)
            if payload != shown:
                await sink.send(payload, "")
                shown = payload
            await self._wait_for_change()

    async def _latest(self, *, at_once: bool) -> str:
        """Return the current payload. `at_once`: return an outdated payload rather than wait for the next read."""
        if at_once and self._payload:
            return self._payload
        async with self._reading:
            if self._is_current():
                return self._payload
            await asyncio.sleep(max(0.0, self._next_read - time.monotonic()))
            changes, self._next_read = self._changes, time.monotonic() + EVERY
            self._changed.clear()
            item = await self._operation.read()
            self._payload = await self._operation.render(item, {})
            self._changes_read = changes
            good_for = self._operation.query.good_for()
            self._expires_at = None if good_for is None else time.monotonic() + good_for
            return self._payload

    async def _wait_for_change(self) -> None:
        while self._is_current():
            left = None if self._expires_at is None else self._expires_at - time.monotonic()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._changed.wait()

    def _is_current(self) -> bool:
        """Whether no event has occurred since the last read, and its result has not expired."""
        unchanged = self._changes_read == self._changes
        return unchanged and (self._expires_at is None or time.monotonic() < self._expires_at)

    def _note_change(self) -> None:
        self._changes += 1
        self._changed.set()

"""A state that several watch: read once for all of them, after something happened, and at most once a second.

Nobody's task reads it: whoever of the watchers comes first does, and the others are shown what it found. What happened
while it was read, or within the second, is in the next look. A watcher that is slow is shown the latest, and no queue
of older ones.
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

EVERY = 1.0  # seconds between two looks


class LiveQueryStream:
    """A listener of the account's channel. `opened` says when the channel tells of every event."""

    def __init__(self, operation: StateOperation, *, opened: asyncio.Event) -> None:
        self.topics = frozenset({ANY_TOPIC})
        self.users = 0
        self._operation = operation
        self._opened = opened
        self._news = 1  # what happened so far, counted
        self._read = 0  # how much of that the payload knows of
        self._payload = ""
        self._next = 0.0  # the earliest time of the next look
        self._until: float | None = None  # when the payload ends to be good by itself
        self._reading = asyncio.Lock()
        self._happened = asyncio.Event()

    def arrived(self, event: LoggedEvent) -> None:
        self._note()

    def broken(self, reason: StreamResetReason) -> None:
        """Something may have happened unseen."""
        self._note()

    def signalled(self, signal: Typing) -> None:
        """A state is made of events."""

    async def show(self, outlet: EventSink) -> None:
        """Until cancelled. Raises Unavailable where the state cannot be read."""
        await self._opened.wait()
        shown = None
        while True:
            payload = await self._latest(at_once=shown is None)
            if payload != shown:
                await outlet.send(payload, "")
                shown = payload
            await self._changed()

    async def _latest(self, *, at_once: bool) -> str:
        """`at_once`: rather one that is about to be read again than none for a while."""
        if at_once and self._payload:
            return self._payload
        async with self._reading:
            if self._is_good():
                return self._payload
            await asyncio.sleep(max(0.0, self._next - time.monotonic()))
            news, self._next = self._news, time.monotonic() + EVERY
            self._happened.clear()
            item = await self._operation.state.read()
            self._payload = await self._operation.payload(item, {})
            self._read = news
            good_for = self._operation.state.good_for()
            self._until = None if good_for is None else time.monotonic() + good_for
            return self._payload

    async def _changed(self) -> None:
        while self._is_good():
            left = None if self._until is None else self._until - time.monotonic()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._happened.wait()

    def _is_good(self) -> bool:
        """Nothing has happened since it was read, and its time is not over."""
        return self._read == self._news and (self._until is None or time.monotonic() < self._until)

    def _note(self) -> None:
        self._news += 1
        self._happened.set()

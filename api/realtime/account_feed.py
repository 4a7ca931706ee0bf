"""One account's events as this process sees them: each exactly once, in order, without a gap.

The change stream may deliver events late, twice or not at all. The feed knows the number of its last event: it
dispatches the next one, drops an older one, and sets one further ahead aside while it reads the gap from the log. It
keeps the latest events, so that a client that reconnects after a short break needs no read from the database.

Signals are passed on as they come. They have no number, and the feed keeps only the time at which they expire.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from itertools import takewhile
from typing import Protocol

from api.realtime.typing_expiry import LateReplies, TypingExpiry
from domain.events import EventLog, Head, LoggedEvent, MessageAdded, MessageRedacted, ShopperErased
from domain.signals import Typing, key_ended_by
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from resolvers.subscriptions import StreamResetReason

_PAGE = 500  # events read from the log at once
_ROUNDS_KEPT = 6  # an event is dropped from memory after so many calls of `forget_old`

ANY_TOPIC = "*"  # for listeners to every event of the account


class Listener(Protocol):
    topics: frozenset[str]

    def on_event(self, event: LoggedEvent) -> None:
        """Take an event of these topics. Called in the order of the log, once or more often for each event."""

    def on_signal(self, signal: Typing) -> None:
        """Take a signal of these topics that began or ended."""

    def on_reset(self, reason: StreamResetReason) -> None:
        """Take note that the following events may not continue the earlier ones without a gap."""


class AccountFeed:
    def __init__(
        self,
        *,
        account_id: AccountId,
        log: EventLog,
        keep: int,
        request_catch_up: Callable[[AccountFeed], None],
        forget: Callable[[AccountId], None],  # what was made of earlier events
    ) -> None:
        self.account_id = account_id
        self.opened = asyncio.Event()
        self.epoch = ""
        self.last = 0  # every event up to here has been dispatched
        self._log = log
        self._keep = keep
        self._request_catch_up = request_catch_up
        self._forget = forget
        self._wanted = 0  # an event with this number is known to exist
        self._behind_since: float | None = time.monotonic()
        self._recent: deque[LoggedEvent] = deque(maxlen=keep)  # without a gap, ending in `last`
        self._ahead: dict[int, LoggedEvent] = {}  # came too early; at most `keep`, the log has the others
        self._reached: dict[int, asyncio.Event] = {}  # set when the event with this number has been dispatched
        self._rounds: deque[int] = deque(maxlen=_ROUNDS_KEPT)
        self._listeners: set[Listener] = set()
        self._by_topic: defaultdict[str, set[Listener]] = defaultdict(set)
        self._typing_expiry = TypingExpiry(notify=self._pass_on)
        self._late = LateReplies()

    def join(self, listener: Listener) -> None:
        self._listeners.add(listener)
        for topic in listener.topics:
            self._by_topic[topic].add(listener)

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        for topic in listener.topics:
            self._by_topic[topic].discard(listener)
            if not self._by_topic[topic]:
                del self._by_topic[topic]
        if self.is_unused:
            self._typing_expiry.clear()

    @property
    def is_unused(self) -> bool:
        """Whether nobody listens."""
        return not self._listeners

    @property
    def is_behind(self) -> bool:
        """Whether events are known to exist that were not dispatched yet."""
        return not self.opened.is_set() or self.last < self._wanted

    def seconds_behind(self, now: float) -> float:
        """Return how long the feed has been behind at the monotonic time `now`; 0 if it is not."""
        return 0.0 if self._behind_since is None else now - self._behind_since

    def receive(self, event: LoggedEvent) -> None:
        """Take an event from the change stream, in any order."""
        if self.opened.is_set() and event.seq == self.last + 1:
            self._dispatch(event)
            self._dispatch_ahead()
        elif event.seq > self.last:
            if self.opened.is_set() and len(self._ahead) < self._keep:
                self._ahead[event.seq] = event
            self._want(event.seq)
        self._note_progress()

    def signal(self, signal: Typing) -> None:
        """Take a signal from the change stream."""
        if self._late.has(signal):
            return
        if any(topic in self._by_topic for topic in signal.topics):
            self._typing_expiry.start(signal)
            self._pass_on(signal)

    def check_head(self, head: Head) -> None:
        """Compare with the head of the log: request to catch up if the feed is behind, reset if it is another log."""
        if not self.opened.is_set():
            return
        if head.epoch != self.epoch:
            self._reset(head, StreamResetReason.UNKNOWN_CURSOR)
        else:
            self._want(head.seq)

    async def catch_up(self) -> None:
        """Read the missing events from the log. One call at a time. Raises `Unavailable`, after which it can be called
        again."""
        if not self.opened.is_set():
            self._begin(await self._log.head(self.account_id))
            self.opened.set()
        while self.last < self._wanted and not self.is_unused:
            upto = min(self._ahead, default=self._wanted + 1) - 1
            page = await self._log.read(self.account_id, after=self.last, upto=upto, topics=None, limit=_PAGE)
            missing = [event for event in page if event.seq > self.last]  # the change stream may have been faster
            if missing and missing[0].seq == self.last + 1:
                for event in takewhile(lambda event: event.seq == self.last + 1, missing):
                    self._dispatch(event)
            elif self.last < upto:
                await self._explain_gap()
            self._dispatch_ahead()
        self._note_progress()

    async def reach(self, seq: int) -> None:
        """Wait until the event with this number has been dispatched, or the log is another one. `check_head` has to
        know of it."""
        if self.last < seq:
            await self._reached.setdefault(seq, asyncio.Event()).wait()

    def recent(self, *, after: int, topics: frozenset[str]) -> list[LoggedEvent] | None:
        """Return the events of these topics from `after` to `last`; None if memory does not hold them all."""
        if after < self.last and (not self._recent or self._recent[0].seq > after + 1):
            return None
        found = []
        for event in reversed(self._recent):
            if event.seq <= after:
                break
            if not topics.isdisjoint(event.topics):
                found.append(event)
        return found[::-1]

    def forget_old(self) -> None:
        """Drop events that are several calls old. The hub calls this at a fixed interval, so that the feed of an
        account that has become quiet gives its memory back."""
        if len(self._rounds) == _ROUNDS_KEPT:
            while self._recent and self._recent[0].seq <= self._rounds[0]:
                self._recent.popleft()
        self._rounds.append(self.last)

    def _dispatch(self, event: LoggedEvent) -> None:
        assert event.seq == self.last + 1, "dispatched events have no gap"
        self.last = event.seq
        if isinstance(event.body, ShopperErased | MessageRedacted):
            self._recent.clear()  # the log no longer has what some of them say
            self._forget(self.account_id)
        self._recent.append(event)
        if isinstance(event.body, MessageAdded) and (ended := key_ended_by(event.body.message)):
            self._typing_expiry.cancel(ended)
        for topic in event.topics:
            for listener in tuple(self._by_topic.get(topic, ())):
                listener.on_event(event)
        for listener in tuple(self._by_topic.get(ANY_TOPIC, ())):
            listener.on_event(event)
        if self._reached and (reached := self._reached.pop(event.seq, None)) is not None:
            reached.set()
        # Only now: who takes a signal has, as it sees it, everything up to `last`, but for what it was told to deliver.
        if (ended := self._late.note(event)) is not None:
            self._typing_expiry.end(ended, event.at)

    def _pass_on(self, signal: Typing) -> None:
        for topic in signal.topics:
            for listener in tuple(self._by_topic.get(topic, ())):
                listener.on_signal(signal)

    def _dispatch_ahead(self) -> None:
        while event := self._ahead.pop(self.last + 1, None):
            self._dispatch(event)
        for seq in [seq for seq in self._ahead if seq <= self.last]:
            del self._ahead[seq]

    def _want(self, seq: int) -> None:
        self._wanted = max(self._wanted, seq)
        if self.is_behind:
            if self._behind_since is None:
                self._behind_since = time.monotonic()
            self._request_catch_up(self)

    def _note_progress(self) -> None:
        if not self.is_behind:
            self._behind_since = None

    async def _explain_gap(self) -> None:
        """Reset if the log was replaced or trimmed. Raises `Unavailable` otherwise: the log lags."""
        head = await self._log.head(self.account_id)
        if head.epoch != self.epoch:
            self._reset(head, StreamResetReason.UNKNOWN_CURSOR)
        elif head.floor > self.last:
            self._reset(head, StreamResetReason.EXPIRED)
        else:
            raise Unavailable("The log does not show all of its events yet.")

    def _begin(self, head: Head) -> None:
        self.epoch, self.last = head.epoch, head.seq
        self._recent.clear()
        self._ahead.clear()
        self._rounds.clear()
        self._forget(self.account_id)  # an erasure may be among the events that are passed over
        for reached in self._reached.values():
            reached.set()
        self._reached.clear()

    def _reset(self, head: Head, reason: StreamResetReason) -> None:
        self._begin(head)
        self._wanted = head.seq
        for listener in tuple(self._listeners):
            listener.on_reset(reason)

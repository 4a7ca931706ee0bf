"""One account's events as this process sees them: each exactly once, in order, without a hole.

What the tail delivers may be late, double or missing. The channel knows the number it stands at: the next one is
dispatched, an older one dropped, one further ahead is put aside while the gap is read from the log. The latest events
are kept, so that who comes back after a short break is served without the database.

Signals pass through as they come: they have no number, and nothing of them is kept but the time at which they end.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from itertools import takewhile
from typing import Protocol

from api.realtime.typing_expiry import TypingExpiry
from domain.events import EventLog, Head, LoggedEvent, MessageAdded
from domain.signals import Typing, key_ended_by
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from resolvers.subscriptions import StreamResetReason

_PAGE = 500  # events read from the log at once
_ROUNDS_KEPT = 6  # an event is forgotten after so many rounds of `forget_old`


ANY_TOPIC = "*"  # of who listens to every event of the account


class Listener(Protocol):
    topics: frozenset[str]

    def arrived(self, event: LoggedEvent) -> None:
        """An event of these topics is there; called in the order of the log, once or more often for each."""

    def signalled(self, signal: Typing) -> None:
        """A signal of these topics is there, or has come to its end."""

    def broken(self, reason: StreamResetReason) -> None:
        """What follows cannot be proved to be continuous with what came before."""


class AccountFeed:
    def __init__(
        self, *, account_id: AccountId, log: EventLog, keep: int, fell_behind: Callable[[AccountFeed], None]
    ) -> None:
        self.account_id = account_id
        self.opened = asyncio.Event()
        self.epoch = ""
        self.last = 0  # every event up to here has been dispatched
        self._log = log
        self._keep = keep
        self._fell_behind = fell_behind  # somebody should call `catch_up`
        self._wanted = 0  # an event of this number is known to exist
        self._behind_since: float | None = time.monotonic()
        self._recent: deque[LoggedEvent] = deque(maxlen=keep)  # without a hole, ending in `last`
        self._ahead: dict[int, LoggedEvent] = {}  # came before their turn; at most `keep`, the log has the others
        self._rounds: deque[int] = deque(maxlen=_ROUNDS_KEPT)
        self._listeners: set[Listener] = set()
        self._by_topic: defaultdict[str, set[Listener]] = defaultdict(set)
        self._lapses = TypingExpiry(tell=self._pass_on)

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
        if self.deserted:
            self._lapses.clear()

    @property
    def deserted(self) -> bool:
        return not self._listeners

    @property
    def behind(self) -> bool:
        return not self.opened.is_set() or self.last < self._wanted

    def behind_for(self, now: float) -> float:
        return 0.0 if self._behind_since is None else now - self._behind_since

    def receive(self, event: LoggedEvent) -> None:
        """An event from the tail, in whatever order."""
        if self.opened.is_set() and event.seq == self.last + 1:
            self._dispatch(event)
            self._dispatch_ahead()
        elif event.seq > self.last:
            if self.opened.is_set() and len(self._ahead) < self._keep:
                self._ahead[event.seq] = event
            self._want(event.seq)
        self._note_progress()

    def signal(self, signal: Typing) -> None:
        """A signal from the tail."""
        if any(topic in self._by_topic for topic in signal.topics):
            self._lapses.said(signal)
            self._pass_on(signal)

    def compare(self, head: Head) -> None:
        """Where the log stands, said by the log itself."""
        if not self.opened.is_set():
            return
        if head.epoch != self.epoch:
            self._break(head, StreamResetReason.UNKNOWN_CURSOR)
        else:
            self._want(head.seq)

    async def catch_up(self) -> None:
        """Read what is missing. At most one at a time; where it raises Unavailable it can be called again."""
        if not self.opened.is_set():
            self._begin(await self._log.head(self.account_id))
            self.opened.set()
        while self.last < self._wanted and not self.deserted:
            upto = min(self._ahead, default=self._wanted + 1) - 1
            page = await self._log.read(self.account_id, after=self.last, upto=upto, topics=None, limit=_PAGE)
            missing = [event for event in page if event.seq > self.last]  # the tail may have been faster
            if missing and missing[0].seq == self.last + 1:
                for event in takewhile(lambda event: event.seq == self.last + 1, missing):
                    self._dispatch(event)
            elif self.last < upto:
                await self._explain_hole()
            self._dispatch_ahead()
        self._note_progress()

    def recent(self, *, after: int, topics: frozenset[str]) -> list[LoggedEvent] | None:
        """The events of these topics from `after` to `last`; None where they are not all here."""
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
        """Called in a regular rhythm, so that a channel that has become quiet does not keep its memory."""
        if len(self._rounds) == _ROUNDS_KEPT:
            while self._recent and self._recent[0].seq <= self._rounds[0]:
                self._recent.popleft()
        self._rounds.append(self.last)

    def _dispatch(self, event: LoggedEvent) -> None:
        assert event.seq == self.last + 1, "dispatched events have no hole"
        self.last = event.seq
        self._recent.append(event)
        if isinstance(event.body, MessageAdded) and (ended := key_ended_by(event.body.message)):
            self._lapses.over(ended)
        for topic in event.topics:
            for listener in tuple(self._by_topic.get(topic, ())):
                listener.arrived(event)
        for listener in tuple(self._by_topic.get(ANY_TOPIC, ())):
            listener.arrived(event)

    def _pass_on(self, signal: Typing) -> None:
        for topic in signal.topics:
            for listener in tuple(self._by_topic.get(topic, ())):
                listener.signalled(signal)

    def _dispatch_ahead(self) -> None:
        while event := self._ahead.pop(self.last + 1, None):
            self._dispatch(event)
        for seq in [seq for seq in self._ahead if seq <= self.last]:
            del self._ahead[seq]

    def _want(self, seq: int) -> None:
        self._wanted = max(self._wanted, seq)
        if self.behind:
            if self._behind_since is None:
                self._behind_since = time.monotonic()
            self._fell_behind(self)

    def _note_progress(self) -> None:
        if not self.behind:
            self._behind_since = None

    async def _explain_hole(self) -> None:
        head = await self._log.head(self.account_id)
        if head.epoch != self.epoch:
            self._break(head, StreamResetReason.UNKNOWN_CURSOR)
        elif head.floor > self.last:
            self._break(head, StreamResetReason.EXPIRED)
        else:
            raise Unavailable("The log does not show all of its events yet.")

    def _begin(self, head: Head) -> None:
        self.epoch, self.last = head.epoch, head.seq
        self._recent.clear()
        self._ahead.clear()
        self._rounds.clear()

    def _break(self, head: Head, reason: StreamResetReason) -> None:
        self._begin(head)
        self._wanted = head.seq
        for listener in tuple(self._listeners):
            listener.broken(reason)

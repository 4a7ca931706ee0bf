"""Events that feeds no longer have in memory, read from the log once for all who missed them.

After a restart thousands of clients resume within seconds, from about the same position. The first one reads the
events that it missed, and they are kept for some seconds; a later one reads only what is before or after these. Reads
of the log's head are shared as well: callers that come during a read share the next one.

All reads wait while the database is unavailable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager

from cachetools import TTLCache

from api.realtime.account_feed import AccountFeed
from api.realtime.gathered_reads import GatheredReads
from api.realtime.retry import retry_while_unavailable
from domain.events import EventLog, Head, LoggedEvent
from domain.values.ids import AccountId
from domain.values.record import Record

_MOST_EVENTS = 5_000  # kept in the process, of some kilobytes each
_PAUSE = 0.02  # seconds between two reads of a head
_SECONDS = 20.0  # for which they are kept: clients reconnect within some seconds after a restart


class Missed(Record):
    """All events of some topics after `after`, up to and including `upto`."""

    events: Sequence[LoggedEvent]
    after: int
    upto: int

    def since(self, after: int, limit: int) -> Missed:
        """Return the first `limit` events after `after`."""
        events = [event for event in self.events if event.seq > after]
        if len(events) < limit:
            return Missed(events=events, after=after, upto=self.upto)
        return Missed(events=events[:limit], after=after, upto=events[limit - 1].seq)


class PastEvents:
    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._kept: TTLCache[Hashable, Missed] = TTLCache(
            _MOST_EVENTS, _SECONDS, getsizeof=lambda missed: len(missed.events) + 1
        )
        self._clearings = 0
        self._reads: dict[Hashable, _Reads] = {}  # under way, or waited for
        self._heads: GatheredReads[AccountId, None, Head] = GatheredReads(self._head, pause=_PAUSE)

    async def head(self, feed: AccountFeed) -> Head:
        """Return the head of the log, read after this call, and compare the feed with it."""
        head = await self._heads.ask(feed.account_id, None)
        feed.check_head(head)
        return head

    async def read(
        self, feed: AccountFeed, topics: frozenset[str], *, epoch: str, after: int, upto: int, limit: int
    ) -> Missed | None:
        """Return the first `limit` events of the topics after `after`; None if the log no longer reaches back to it."""
        key = (feed.account_id, epoch, topics)
        with self._sharing(key) as reads:
            async with reads.lock:
                kept = self._kept.get(key)
                if kept is None or after > kept.upto or upto < kept.after:
                    kept = Missed(events=(), after=after, upto=after)  # nothing that joins these
                clearings = self._clearings
                found = await self._joined(feed, topics, kept, after=after, upto=upto, limit=limit)
                if len(found.events) < _MOST_EVENTS and clearings == self._clearings:
                    self._kept[key] = found
        head = await self.head(feed)  # read after the events, because `floor` moves before they are deleted
        if head.epoch != epoch:
            self._kept.pop(key, None)
        return None if head.floor > after else found.since(after, limit)

    def forget(self) -> None:
        """Drop the events that were kept long enough. The hub calls this at a fixed interval."""
        self._kept.expire()

    def clear(self, account_id: AccountId) -> None:
        """Drop all events of an account, and keep none of those that are being read."""
        self._clearings += 1
        for key in [key for key in self._kept if isinstance(key, tuple) and key[0] == account_id]:
            self._kept.pop(key, None)

    async def _joined(
        self, feed: AccountFeed, topics: frozenset[str], kept: Missed, *, after: int, upto: int, limit: int
    ) -> Missed:
        """Return the kept events with those between `after` and `upto` that are not among them; without the later ones
        if there are more than `limit`."""
        if after < kept.after:
            earlier = await self._read(feed, topics, after=after, upto=kept.after, limit=limit)
            if earlier.upto < kept.after:
                return earlier
            kept = Missed(events=[*earlier.events, *kept.events], after=after, upto=kept.upto)
        if kept.upto < upto:
            later = await self._read(feed, topics, after=kept.upto, upto=upto, limit=limit)
            kept = Missed(events=[*kept.events, *later.events], after=kept.after, upto=later.upto)
        return kept

    async def _head(self, account_id: AccountId, _: Sequence[None]) -> Head:
        return await retry_while_unavailable(lambda: self._log.head(account_id))

    async def _read(self, feed: AccountFeed, topics: frozenset[str], *, after: int, upto: int, limit: int) -> Missed:
        events = await retry_while_unavailable(
            lambda: self._log.read(feed.account_id, after=after, upto=upto, topics=topics, limit=limit)
        )
        return Missed(events=events, after=after, upto=events[-1].seq if len(events) == limit else upto)

    @contextmanager
    def _sharing(self, key: Hashable) -> Iterator[_Reads]:
        reads = self._reads.setdefault(key, _Reads())
        reads.callers += 1
        try:
            yield reads
        finally:
            reads.callers -= 1
            if not reads.callers:
                del self._reads[key]


class _Reads:
    """The callers that want the same at this time."""

    def __init__(self) -> None:
        self.callers = 0
        self.lock = asyncio.Lock()

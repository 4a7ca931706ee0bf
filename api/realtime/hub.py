"""From the log to the sockets: one hub per process, one feed per account that somebody listens to here.

    change stream ──▶ feed of the account ──▶ shared streams of its topics ──▶ subscriptions ──▶ sinks
                      ▲ gaps are read from the log; heads are compared every few seconds, whatever the stream delivers

A shared stream (`shared_stream.py`) executes each event once for all subscriptions that ask the same.

Signals take the same way to the present listeners; a lost signal is not recovered.

`run` owns every task of this package and is supervised by the process.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Protocol

from api.realtime.account_feed import AccountFeed, Listener
from api.realtime.connection_cursor import ResumeState
from api.realtime.credential_watch import AccessEnd, CredentialWatcher
from api.realtime.cursor import CursorCodec
from api.realtime.frame_cache import FrameMemory
from api.realtime.live_query import LiveQueryStream
from api.realtime.past_events import PastEvents
from api.realtime.retry import retry_while_unavailable
from api.realtime.shared_stream import SharedStream, StreamDependencies, untraced
from api.realtime.sink import EventSink, LiveOperation, StateOperation
from api.realtime.subscription import Subscription
from api.server.loop_share import LoopShare
from domain.events import EventLog, LoggedEvent, MessageRedacted, ShopperErased
from domain.principal import Principal
from domain.signals import Typing
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record

_HEADS_AT_ONCE = 1_000  # accounts in one query


class Tail(Protocol):
    async def follow(
        self,
        deliver: Callable[[LoggedEvent], None],
        deliver_signal: Callable[[AccountId, Typing], None],
        started: Callable[[], None],
    ) -> None:
        """Deliver every new event and signal of every account as it commits, until cancelled; reconnects by itself.

        Events and signals may be missed or delivered twice while the connection is lost, so listeners compare `seq`.
        `started` is called each time the stream is open, also after a reconnect.
        """

    def lag(self) -> float:
        """Return the seconds by which deliveries may be late."""


class HubSettings(Record):
    compare_every: float = 10.0  # seconds; bounds the delay if the change stream loses an event without noticing
    keep_recent: int = 1_000  # events per account, for clients that reconnect: some megabytes for a busy account
    most_missed: int = 1_000  # events per operation; beyond that reading the state again is cheaper for the client
    healthy_lag: float = 5.0  # seconds; beyond it `/readyz` takes the process out of the load balancer


class Hub:
    def __init__(
        self,
        *,
        log: EventLog,
        tail: Tail,
        cursors: CursorCodec,
        settings: HubSettings,
        note_visit: Callable[[AccountId, ConversationId, datetime], None] = lambda *_: None,
        around_frame: Callable[[LoggedEvent], AbstractContextManager[None]] = untraced,
    ) -> None:
        self._log = log
        self._tail = tail
        self._cursors = cursors
        self._settings = settings
        self._feeds: dict[AccountId, AccountFeed] = {}
        self._connections: dict[tuple[AccountId, int], ResumeState] = {}  # by the positions that its sinks share
        self._dependencies = StreamDependencies(
            cursors=cursors,
            past=PastEvents(log),
            memory=FrameMemory(),
            share=LoopShare(),
            most_missed=settings.most_missed,
            note_visit=note_visit,
            around_frame=around_frame,
        )
        self._streams: dict[Hashable, SharedStream] = {}
        self._new_streams: list[SharedStream] = []  # not started yet
        self._delivering: dict[SharedStream, asyncio.Task[None]] = {}
        self._live_queries: dict[Hashable, LiveQueryStream] = {}
        self._holders: dict[AccountId, list[Callable[[], None]]] = {}  # of what was read before an erasure
        self._behind: set[AccountFeed] = set()  # feeds that have to catch up
        self._work = asyncio.Event()  # set when there are some, or new streams
        self._catching_up: set[AccountFeed] = set()
        self._compare_now = asyncio.Event()

    async def run(self) -> None:
        """Follow the change stream and keep the feeds up to date, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(
                self._tail.follow(self._receive, self._receive_signal, self._compare_now.set), name="change stream"
            )
            tasks.create_task(self._compare_heads(), name="heads")
            while True:
                await self._work.wait()
                self._work.clear()
                for feed in self._behind - self._catching_up:
                    self._catching_up.add(feed)
                    tasks.create_task(self._catch_up(feed), name=f"catch up {feed.account_id}")
                self._behind.clear()
                for stream in self._new_streams:
                    self._delivering[stream] = tasks.create_task(stream.run(), name=f"stream {stream.feed.account_id}")
                self._new_streams.clear()

    async def stream(self, operation: LiveOperation, sink: EventSink) -> None:
        """Send the missed items and then the live ones, until cancelled. Raises `Invalid` for a text that is not a
        cursor, and the errors of the operation."""
        feed = self._feed(operation.principal.account_id)
        stream = self._join(feed, operation)
        connection = self._connection(feed, sink.positions)
        source = operation.source
        subscription = Subscription(
            principal=operation.principal, after=source.after, sink=sink, stream=stream, connection=connection
        )
        del operation, source  # the stream has one that is the same, and thousands of sockets may wait here
        stream.subscriptions[subscription] = None
        try:
            await subscription.run()
        finally:
            connection.remove(subscription)
            if not connection.users:
                del self._connections[feed.account_id, id(sink.positions)]
            del stream.subscriptions[subscription]
            if not stream.subscriptions:
                self._close(stream)

    async def stream_query(self, operation: StateOperation, sink: EventSink) -> None:
        """Send the result of a live query, now and after each change, until cancelled. Raises `Unavailable`."""
        feed = self._feed(operation.principal.account_id)
        with self._shared_query(feed, operation) as live_query:
            await live_query.follow(sink)

    def watch(
        self,
        principal: Principal,
        ended: Callable[[AccessEnd], None],
        expires: Callable[[datetime], None] | None = None,
    ) -> AbstractContextManager[None]:
        """Call `ended` when the principal's credential may not be used any more or its rights change, or when that may
        have been missed; and `expires` when a visitor token gets its end, because its conversation was closed."""
        return self._listening(self._feed(principal.account_id), CredentialWatcher(principal, ended, expires))

    @contextmanager
    def erasures(self, account_id: AccountId, erased: Callable[[], None]) -> Iterator[None]:
        """Call `erased` whenever a shopper of the account is erased, or words of a message are removed, for whoever
        holds what was read before."""
        holders = self._holders.setdefault(account_id, [])
        holders.append(erased)
        try:
            yield
        finally:
            holders.remove(erased)
            if not holders:
                self._holders.pop(account_id, None)

    async def opened(self, principal: Principal) -> None:
        """Wait until no notice for `watch` is missed any more. Call it within the block of `watch`."""
        await self._feed(principal.account_id).opened.wait()

    def cursor(self, principal: Principal, positions: Mapping[str, int]) -> str | None:
        """Return the cursor of the connection with these positions; None while no operation of it follows the log."""
        connection = self._connections.get((principal.account_id, id(positions)))
        return None if connection is None else connection.cursor()

    def lag(self) -> float:
        """Return the seconds by which events may be late."""
        now = time.monotonic()
        return max(self._tail.lag(), *(feed.seconds_behind(now) for feed in self._feeds.values()), 0.0)

    def healthy(self) -> bool:
        return self.lag() <= self._settings.healthy_lag

    def _receive(self, event: LoggedEvent) -> None:
        feed = self._feeds.get(event.account_id)
        if feed is not None:
            feed.receive(event)
        if isinstance(event.body, ShopperErased | MessageRedacted):
            self._forget(event.account_id)
        if _has_removed_words(event):
            for erased in tuple(self._holders.get(event.account_id, ())):
                erased()

    def _forget(self, account_id: AccountId) -> None:
        """Drop the frames and the past events of an account: a shopper, words or files were removed from them."""
        self._dependencies.past.clear(account_id)
        for stream in self._streams.values():
            if stream.feed.account_id == account_id:
                stream.forget()

    def _receive_signal(self, account_id: AccountId, signal: Typing) -> None:
        feed = self._feeds.get(account_id)
        if feed is not None:
            feed.signal(signal)

    def _feed(self, account_id: AccountId) -> AccountFeed:
        feed = self._feeds.get(account_id)
        if feed is None:
            feed = AccountFeed(
                account_id=account_id,
                log=self._log,
                keep=self._settings.keep_recent,
                request_catch_up=self._request_catch_up,
                forget=self._forget,
            )
            self._feeds[account_id] = feed
            self._request_catch_up(feed)
        return feed

    def _request_catch_up(self, feed: AccountFeed) -> None:
        self._behind.add(feed)
        self._work.set()

    async def _catch_up(self, feed: AccountFeed) -> None:
        try:
            while feed.is_behind and not feed.is_unused:
                await retry_while_unavailable(feed.catch_up)
        finally:
            self._catching_up.discard(feed)

    async def _compare_heads(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.compare_every):
                    await self._compare_now.wait()
            self._compare_now.clear()
            accounts = list(self._feeds)
            for start in range(0, len(accounts), _HEADS_AT_ONCE):
                ask = partial(self._log.heads, accounts[start : start + _HEADS_AT_ONCE])
                for account_id, head in (await retry_while_unavailable(ask)).items():
                    if account_id in self._feeds:
                        self._feeds[account_id].check_head(head)
            for feed in self._feeds.values():
                feed.forget_old()
            self._dependencies.past.forget()

    @contextmanager
    def _listening(self, feed: AccountFeed, listener: Listener) -> Iterator[None]:
        feed.join(listener)
        try:
            yield
        finally:
            self._leave(feed, listener)

    def _join(self, feed: AccountFeed, operation: LiveOperation) -> SharedStream:
        """Return the stream that executes the operation; without subscriptions, the caller has to close it."""
        key: Hashable = object()
        if operation.shared_key is not None:
            key = (feed.account_id, operation.principal.audience, operation.shared_key)
        stream = self._streams.get(key)
        if stream is None:
            stream = SharedStream(key=key, operation=operation, feed=feed, dependencies=self._dependencies)
            self._streams[key] = stream
            feed.join(stream)
            self._new_streams.append(stream)
            self._work.set()
        return stream

    def _close(self, stream: SharedStream) -> None:
        del self._streams[stream.key]
        task = self._delivering.pop(stream, None)
        if task is None:
            self._new_streams.remove(stream)
        else:
            task.cancel()
        stream.close()
        self._leave(stream.feed, stream)

    @contextmanager
    def _shared_query(self, feed: AccountFeed, operation: StateOperation) -> Iterator[LiveQueryStream]:
        key = (feed.account_id, operation.principal.audience, operation.shared_key)
        live_query = self._live_queries.get(key)
        if live_query is None:
            live_query = self._live_queries[key] = LiveQueryStream(operation, opened=feed.opened)
            feed.join(live_query)
        live_query.subscribers += 1
        try:
            yield live_query
        finally:
            live_query.subscribers -= 1
            if not live_query.subscribers:
                del self._live_queries[key]
                self._leave(feed, live_query)

    def _leave(self, feed: AccountFeed, listener: Listener) -> None:
        feed.leave(listener)
        if feed.is_unused:
            self._feeds.pop(feed.account_id, None)

    def _connection(self, feed: AccountFeed, positions: dict[str, int]) -> ResumeState:
        """Return the state of the connection with these positions, with one user more."""
        key = (feed.account_id, id(positions))
        connection = self._connections.get(key)
        if connection is None:
            connection = self._connections[key] = ResumeState(feed=feed, cursors=self._cursors)
        connection.users += 1
        return connection


def _has_removed_words(event: LoggedEvent) -> bool:
    """Whether a shopper or words were removed. A message whose file alone was deleted has kept them."""
    body = event.body
    return isinstance(body, ShopperErased) or (
        isinstance(body, MessageRedacted) and body.message.redacted_at is not None
    )

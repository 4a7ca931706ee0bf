"""From the log to the sockets: one hub a process, one channel an account that somebody here listens to.

    tail ──▶ channel of the account ──▶ subscriptions of its topics ──▶ outlets
              ▲ gaps are read from the log; heads are compared every few seconds, whatever the tail does

Signals take the same way beside the events, to whoever listens at that moment; one that is lost is not looked for.

`run` belongs to the lifespan of the process and owns every task of this room.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Protocol

from api.realtime.account_feed import AccountFeed, Listener
from api.realtime.connection_cursor import ResumeState
from api.realtime.cursor import CursorCodec
from api.realtime.live_query import LiveQueryStream
from api.realtime.retry import retry_while_unavailable
from api.realtime.sink import EventSink, LiveOperation, StateOperation
from api.realtime.subscription import StreamDependencies, Subscription
from domain.events import CredentialRevoked, EventLog, LoggedEvent, credential_topic
from domain.principal import Principal
from domain.signals import Typing
from domain.values.ids import AccountId, CredentialId
from domain.values.record import Record
from resolvers.subscriptions import StreamResetReason

_HEADS_AT_ONCE = 1_000


class Tail(Protocol):
    async def follow(
        self,
        deliver: Callable[[LoggedEvent], None],
        signalled: Callable[[AccountId, Typing], None],
        started: Callable[[], None],
    ) -> None:
        """Hand over every new event and signal of every account as it commits, for ever; reconnects by itself.

        Events may be missed or come twice while the connection is lost: who listens compares `seq`. Signals may too.
        `started` is called each time the stream is open (also after a reconnect).
        """

    def lag(self) -> float:
        """Seconds by which it may be behind."""


class HubSettings(Record):
    compare_every: float = 10.0  # seconds; bounds the delay should the tail lose an event without noticing
    keep_recent: int = 1_000  # events an account, for those who come back: some megabytes where it is busy
    most_missed: int = 1_000  # events an operation; beyond that reading the state anew is cheaper
    healthy_lag: float = 5.0  # seconds


class Hub:
    def __init__(self, *, log: EventLog, tail: Tail, cursors: CursorCodec, settings: HubSettings) -> None:
        self._log = log
        self._tail = tail
        self._cursors = cursors
        self._settings = settings
        self._channels: dict[AccountId, AccountFeed] = {}
        self._connections: dict[tuple[AccountId, int], ResumeState] = {}  # by the positions that its outlets share
        self._views: dict[tuple[AccountId, str, str], LiveQueryStream] = {}
        self._behind: set[AccountFeed] = set()  # to be caught up
        self._work = asyncio.Event()  # there are some
        self._catching_up: set[AccountFeed] = set()
        self._compare_now = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tail.follow(self._receive, self._signalled, self._compare_now.set), name="tail")
            tasks.create_task(self._compare_heads(), name="heads")
            while True:
                await self._work.wait()
                self._work.clear()
                for channel in self._behind - self._catching_up:
                    self._catching_up.add(channel)
                    tasks.create_task(self._catch_up(channel), name=f"catch up {channel.account_id}")
                self._behind.clear()

    async def stream(self, operation: LiveOperation, outlet: EventSink) -> None:
        """Replay and follow, until cancelled. Raises Invalid for what is no cursor, and what the operation raises."""
        account_id = operation.principal.account_id
        channel = self._channel(account_id)
        with self._connection(channel, outlet.positions) as connection:
            ground = StreamDependencies(
                log=self._log,
                cursors=self._cursors,
                channel=channel,
                connection=connection,
                most_missed=self._settings.most_missed,
            )
            subscription = Subscription(operation=operation, outlet=outlet, ground=ground)
            with self._listening(channel, subscription), connection.leaving(subscription):
                await subscription.run()

    async def show(self, operation: StateOperation, outlet: EventSink) -> None:
        """How it stands, now and whenever that has changed; until cancelled."""
        channel = self._channel(operation.principal.account_id)
        with self._watched(channel, operation) as view:
            await view.show(outlet)

    @contextmanager
    def watch(self, principal: Principal, revoked: Callable[[], None]) -> Iterator[None]:
        """Calls `revoked` when the principal's credential is revoked, or when that may have happened unseen."""
        with self._listening(self._channel(principal.account_id), _Watcher(principal.credential_id, revoked)):
            yield

    def cursor(self, principal: Principal, positions: Mapping[str, int]) -> str | None:
        """Where the connection stands to which these positions belong; None while none of its operations follows."""
        connection = self._connections.get((principal.account_id, id(positions)))
        return None if connection is None else connection.cursor()

    def lag(self) -> float:
        """Seconds by which something here may be late."""
        now = time.monotonic()
        return max(self._tail.lag(), *(channel.behind_for(now) for channel in self._channels.values()), 0.0)

    def healthy(self) -> bool:
        return self.lag() <= self._settings.healthy_lag

    def _receive(self, event: LoggedEvent) -> None:
        channel = self._channels.get(event.account_id)
        if channel is not None:
            channel.receive(event)

    def _signalled(self, account_id: AccountId, signal: Typing) -> None:
        channel = self._channels.get(account_id)
        if channel is not None:
            channel.signal(signal)

    def _channel(self, account_id: AccountId) -> AccountFeed:
        channel = self._channels.get(account_id)
        if channel is None:
            channel = AccountFeed(
                account_id=account_id, log=self._log, keep=self._settings.keep_recent, fell_behind=self._ask
            )
            self._channels[account_id] = channel
            self._ask(channel)
        return channel

    def _ask(self, channel: AccountFeed) -> None:
        self._behind.add(channel)
        self._work.set()

    async def _catch_up(self, channel: AccountFeed) -> None:
        try:
            while channel.behind and not channel.deserted:
                await retry_while_unavailable(channel.catch_up)
        finally:
            self._catching_up.discard(channel)

    async def _compare_heads(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.compare_every):
                    await self._compare_now.wait()
            self._compare_now.clear()
            accounts = list(self._channels)
            for start in range(0, len(accounts), _HEADS_AT_ONCE):
                ask = partial(self._log.heads, accounts[start : start + _HEADS_AT_ONCE])
                for account_id, head in (await retry_while_unavailable(ask)).items():
                    if account_id in self._channels:
                        self._channels[account_id].compare(head)
            for channel in self._channels.values():
                channel.forget_old()

    @contextmanager
    def _listening(self, channel: AccountFeed, listener: Listener) -> Iterator[None]:
        channel.join(listener)
        try:
            yield
        finally:
            channel.leave(listener)
            if channel.deserted:
                self._channels.pop(channel.account_id, None)

    @contextmanager
    def _watched(self, channel: AccountFeed, operation: StateOperation) -> Iterator[LiveQueryStream]:
        key = (channel.account_id, operation.principal.audience, operation.question)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = LiveQueryStream(operation, opened=channel.opened)
            channel.join(view)
        view.users += 1
        try:
            yield view
        finally:
            view.users -= 1
            if not view.users:
                del self._views[key]
                channel.leave(view)
                if channel.deserted:
                    self._channels.pop(channel.account_id, None)

    @contextmanager
    def _connection(self, channel: AccountFeed, positions: dict[str, int]) -> Iterator[ResumeState]:
        key = (channel.account_id, id(positions))
        connection = self._connections.get(key)
        if connection is None:
            connection = self._connections[key] = ResumeState(channel=channel, cursors=self._cursors)
        connection.users += 1
        try:
            yield connection
        finally:
            connection.users -= 1
            if not connection.users:
                del self._connections[key]


class _Watcher:
    def __init__(self, credential_id: CredentialId, revoked: Callable[[], None]) -> None:
        self.topics = frozenset({credential_topic(credential_id)})
        self._credential_id = credential_id
        self._revoked = revoked

    def arrived(self, event: LoggedEvent) -> None:
        if isinstance(event.body, CredentialRevoked) and event.body.credential_id == self._credential_id:
            self._revoked()

    def signalled(self, signal: Typing) -> None:
        """None is about credentials."""

    def broken(self, reason: StreamResetReason) -> None:
        self._revoked()

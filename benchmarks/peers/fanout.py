"""One event to many sockets with the same subscription: Baton's inbox, stock servers, and a broadcast without GraphQL.

A server's capacity is its deliveries a second of its own processor time: the events come from elsewhere, so a fast
server may have to wait for them.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from benchmarks.load.engine import HttpConnection
from benchmarks.load.processes import LOAD_CORE, Process, on_core
from benchmarks.load.sockets import Crowd, Reactor, Subscription
from benchmarks.peers.feeds import BatonFeed, Feed, PeerFeed, commits_since
from benchmarks.peers.fleet import BATON, SOCKET_PEERS, STOCK, baton, fleet, possible
from benchmarks.peers.operations import INBOX, PEER_INBOX
from benchmarks.peers.part import Effort, Part, spread
from benchmarks.peers.shoppers import in_inbox
from benchmarks.peers.world import Keys, World, open_shops, world
from benchmarks.report import Table, percentiles

FROM_COMMIT = f"{BATON}, from the commit"
_WRITERS = 16  # shoppers who write at once
_MOST_AHEAD = 50  # events on their way at once
_AHEAD_SECONDS = 0.3  # of the server's work that may be on its way
_QUIET = 0.5  # seconds without an item after which no more come
_LATE = timedelta(seconds=30)  # by which an event of the rounds before may come after them
_WARMING = 2  # events: the first may compile something


@dataclass(slots=True, kw_only=True)
class Audience:
    """The sockets of one server, and the events for them."""

    process: Process
    crowd: Crowd
    feed: Feed
    reach: int  # sockets that receive an event
    memory: float | None  # KB for each socket more than the first audience had
    one: float = 0.0  # seconds of the server's processor for one event


def measure(effort: Effort) -> Part:
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), conversations=effort.conversations) as made:
        part = Part()
        with stage(made) as its:
            for count in effort.sockets:
                with its.audiences([made.shop], count) as audiences:
                    title = f"Fan-out to {count:,} sockets"
                    part.tables.append(_rounds(part, f"fanout{count}", title, audiences, effort))
                    if count == effort.sockets[min(1, len(effort.sockets) - 1)]:
                        part.tables.append(_latency(part, count, audiences, effort, its.client))
            shops = asyncio.run(open_shops(made.uri, effort.accounts))
            with its.audiences(shops, effort.shared) as audiences:
                title = f"Fan-out: {effort.shared} sockets over {effort.accounts} accounts"
                part.tables.append(_rounds(part, "shared", title, audiences, effort))
        return part


@dataclass(slots=True, kw_only=True)
class Stage:
    """The servers, and a second Baton process that the shoppers write to."""

    processes: Mapping[str, Process]
    writer: Process
    client: MongoClient[dict[str, Any]]
    reactor: Reactor
    first: dict[str, tuple[int, int]] = field(default_factory=dict)  # sockets and memory of the first audience

    @contextmanager
    def audiences(self, shops: Sequence[Keys], count: int) -> Iterator[dict[str, Audience]]:
        audiences = {name: self._audience(name, process, shops, count) for name, process in self.processes.items()}
        try:
            yield audiences
        finally:
            for each in audiences.values():
                each.crowd.leave()

    def _audience(self, name: str, process: Process, shops: Sequence[Keys], count: int) -> Audience:
        subscriptions = [_subscription(name, process, shops[number % len(shops)]) for number in range(count)]
        crowd = Crowd(self.reactor)
        crowd.join(subscriptions)
        few, before = self.first.setdefault(name, (count, process.memory()))
        memory = (process.memory() - before) / (count - few) / 1024 if count > few and len(shops) == 1 else None
        audience = Audience(
            process=process,
            crowd=crowd,
            feed=self._feed(name, shops),
            reach=count // len(shops),
            memory=memory,
        )
        self._settle(crowd)
        used = process.cpu()
        for _ in range(_WARMING):
            due = crowd.tally.items + audience.reach
            audience.feed.publish(1)
            self.reactor.until(lambda due=due: crowd.tally.items >= due, f"an event of {name}")  # type: ignore[misc]
        audience.one = (process.cpu() - used) / _WARMING
        return audience

    def _settle(self, crowd: Crowd) -> None:
        """Wait for the frames of what the writers did to begin, which are counted as items too."""
        before = -1
        while crowd.tally.items != before:
            before, ends = crowd.tally.items, time.perf_counter() + _QUIET
            while time.perf_counter() < ends:
                self.reactor.turn(0.02)

    def _feed(self, name: str, shops: Sequence[Keys]) -> Feed:
        if name != BATON:
            number = list(self.processes).index(name) - 1
            return PeerFeed(self.client, f"feed_peer{number}", [each.account_id for each in shops])
        connection = HttpConnection(self.writer.port)
        writers = [in_inbox(connection, shops[number % len(shops)]) for number in range(max(_WRITERS, len(shops)))]
        connection.close()
        return BatonFeed(self.reactor, self.writer.port, writers)


@contextmanager
def stage(made: World) -> Iterator[Stage]:
    peers = possible(SOCKET_PEERS)
    with (
        fleet(made, peers) as processes,
        baton(made, "writer", core=LOAD_CORE) as writer,
        MongoClient[dict[str, Any]](made.uri) as client,
        on_core(LOAD_CORE),
    ):
        yield Stage(processes=processes, writer=writer, client=client, reactor=Reactor())


def _subscription(name: str, process: Process, shop: Keys) -> Subscription:
    if name == BATON:
        return inbox_of(process, shop)
    variables = {"account": shop.account_id}
    return Subscription(port=process.port, init={}, query=PEER_INBOX, variables=variables, ready=None)


def inbox_of(process: Process, shop: Keys, after: str | None = None) -> Subscription:
    return Subscription(
        port=process.port,
        init={"authorization": f"Bearer {shop.owner}"},
        query=INBOX,
        variables={"after": after},
        ready=b"StreamCaughtUp",
    )


def _rounds(part: Part, key: str, title: str, audiences: Mapping[str, Audience], effort: Effort) -> Table:
    reactor = next(iter(audiences.values())).crowd.reactor
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in audiences}
    for _ in range(effort.rounds):
        for name, audience in audiences.items():
            rounds[name].append(_saturated(reactor, audience, effort.seconds))
    rows = []
    capacities = {name: statistics.median(capacity for capacity, _ in each) for name, each in rounds.items()}
    for name, each in rounds.items():
        rate, capacity = statistics.median(rate for _, rate in each), capacities[name]
        memory = audiences[name].memory
        part.figures |= {f"{key}.{name}.capacity": capacity, f"{key}.{name}.rate": rate}
        if memory is not None:
            part.figures[f"{key}.{name}.kb"] = memory
        numbers = (f"{capacity:,.0f}", f"{capacity / capacities[STOCK]:.1f}", f"{rate:,.0f}", f"{1e6 / capacity:.1f}")
        kept = "–" if memory is None else f"{memory:.0f}"
        rows.append((name, *numbers, kept, spread([capacity for capacity, _ in each])))
    return Table(
        title=title,
        note="Message, conversation and profile fields, the same leaves on all servers. Deliveries a second of the "
        "server's processor time, and a second of the clock (where the writer on the other core may be the limit). "
        f"{effort.rounds} rounds of {effort.seconds:.1f} s in turns, medians.",
        head=("server", "deliveries/CPU s", "× stock", "deliveries/s", "CPU µs each", "KB a socket", "spread"),
        rows=rows,
    )


def _saturated(reactor: Reactor, audience: Audience, seconds: float) -> tuple[float, float]:
    """Keep events on their way for so long. Returns deliveries a second of the server's processor, and of the clock."""
    ahead = max(2, min(_MOST_AHEAD, int(_AHEAD_SECONDS / max(audience.one, 1e-4))))
    tally, reach = audience.crowd.tally, audience.reach
    first, sent, used = tally.items, 0, audience.process.cpu()
    began = time.perf_counter()
    while time.perf_counter() < began + seconds:
        under_way = sent - (tally.items - first) // reach
        if under_way <= ahead // 2:
            audience.feed.publish(ahead - under_way)
            sent += ahead - under_way
        reactor.turn(0.01)
    reactor.until(lambda: tally.items - first >= sent * reach, "the last deliveries")
    delivered, took = tally.items - first, time.perf_counter() - began
    return delivered / max(audience.process.cpu() - used, 0.01), delivered / took


def _latency(
    part: Part, count: int, audiences: Mapping[str, Audience], effort: Effort, client: MongoClient[dict[str, Any]]
) -> Table:
    """Publish at half of the rate that each server reached."""
    reactor, rows = next(iter(audiences.values())).crowd.reactor, []
    for name, audience in audiences.items():
        rate = part.figures[f"fanout{count}.{name}.rate"] / audience.reach / 2
        since = datetime.now(UTC) - _LATE
        arrivals = _paced(reactor, audience, rate, effort.seconds * effort.rounds / 2)
        begun = {name: audience.feed.sent}
        if name == BATON:
            begun[FROM_COMMIT] = commits_since(client, since)
        for row, times in begun.items():
            p50, p99 = percentiles([at - times[number] for number, at in arrivals])
            part.figures |= {f"latency.{row}.p50": float(p50), f"latency.{row}.p99": float(p99)}
            rows.append((row, f"{rate:,.0f}", p50, p99))
    return Table(
        title=f"Event to frame at half load, {count:,} sockets",
        note="Milliseconds to each of the sockets, from the begin of the request of `sendMessage` (Baton) or of the "
        "insert (peers), at half of the events a second of the table above; and from the commit, by the time that "
        "MongoDB's own log has for it. The command before the commit is run by the writer, which shares its core with "
        "MongoDB and all sockets of the load.",
        head=("server", "events/s", "p50 ms", "p99 ms"),
        rows=rows,
    )


def _paced(reactor: Reactor, audience: Audience, rate: float, seconds: float) -> list[tuple[int, float]]:
    """Return the number of the event and the time of each arrival."""
    tally, first = audience.crowd.tally, audience.crowd.tally.items
    tally.arrivals = []
    began, sent = time.perf_counter(), 0
    while time.perf_counter() < began + seconds or not sent:
        if time.perf_counter() >= began + sent / rate:
            audience.feed.publish(1)
            sent += 1
        reactor.turn(max(0.0, min(0.01, began + sent / rate - time.perf_counter())))
    reactor.until(lambda: tally.items - first >= sent * audience.reach, "the last deliveries")
    arrivals = tally.arrivals
    tally.arrivals = None
    return arrivals

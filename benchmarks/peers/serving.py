"""The same GraphQL requests to Baton and to its peers: pages, a conversation, a report, a mutation.

Baton authenticates, counts limits and writes its log; the peers do nothing of the kind. All requests of a round differ,
and Baton's log moves before each round, so Baton cannot return a cached response. The exception is the work "again",
which asks for the same page all the time. The servers take turns within each round.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.load.engine import HttpConnection, Load, drive, request
from benchmarks.load.processes import LOAD_CORE, Process, on_core
from benchmarks.peers.fleet import BARE, BATON, EMPTY, HTTP_PEERS, STOCK, empty, fleet, possible
from benchmarks.peers.operations import CONVERSATION, CURSORS, METRICS, PAGE
from benchmarks.peers.part import Effort, Part, spread
from benchmarks.peers.shoppers import Shopper, ask, body, send_body, started
from benchmarks.peers.world import World, world
from benchmarks.report import Table, percentiles

_CONNECTIONS = 16
_WARM = 0.25  # of a round, before the first: compilers and pools
_COMPARED = 3  # responses of each kind that have to be equal on all servers
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    name: str
    title: str
    ours: Sequence[bytes]  # requests to Baton
    theirs: Sequence[bytes]  # the same to a peer
    moves: bool = True  # whether Baton's log moves before each round
    writes: bool = False  # whether each connection has a conversation of its own
    note: str = ""


def measure(effort: Effort, only: Sequence[str] = ()) -> Part:
    """Measure the named works, or all."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), conversations=effort.conversations) as made:
        peers = possible(HTTP_PEERS)
        with fleet(made, peers) as processes, empty(made.folder) as nothing, on_core(LOAD_CORE):
            works = [each for each in all_works(made, processes[BATON]) if not only or each.name in only]
            works = _compared(works, processes)
            mover = Mover(made, processes[BATON])
            part = Part()
            for work in works:
                _measure(part, work, processes, mover, effort)
            part.tables.append(_client(part, nothing, effort))
            return part


def _measure(part: Part, work: Work, processes: Mapping[str, Process], mover: Mover, effort: Effort) -> None:
    streams = {name: _Stream(work, name, process) for name, process in processes.items()}
    for stream in streams.values():
        stream.round(effort.seconds * _WARM)
    rounds: dict[str, list[tuple[Load, float]]] = {name: [] for name in streams}
    for _ in range(effort.rounds):
        for name, stream in streams.items():
            if work.moves and name == BATON:
                mover.move()
            rounds[name].append(stream.round(effort.seconds))
    part.tables.append(_table(part, work, rounds, effort))


class _Stream:
    """The requests to one server, in the order of its connections."""

    def __init__(self, work: Work, name: str, process: Process) -> None:
        self._process = process
        requests = work.ours if name == BATON else work.theirs
        count = min(_CONNECTIONS, len(requests)) if work.writes else _CONNECTIONS
        everything = itertools.cycle(requests)
        self._requests: list[Iterator[bytes]] = (
            [itertools.repeat(each) for each in requests[:count]] if work.writes else [everything] * count
        )

    def round(self, seconds: float) -> tuple[Load, float]:
        """Return what the clients saw, and the processor seconds of the server."""
        connections = [HttpConnection(self._process.port) for _ in self._requests]  # servers close those that idle
        before = self._process.cpu()
        load = drive(connections, self._requests, seconds)
        used = self._process.cpu() - before
        for each in connections:
            each.close()
        return load, used


def _table(part: Part, work: Work, rounds: Mapping[str, list[tuple[Load, float]]], effort: Effort) -> Table:
    rates = {name: statistics.median(load.rate for load, _ in each) for name, each in rounds.items()}
    rows = []
    for name, each in rounds.items():
        latencies = [latency for load, _ in each for latency in load.latencies]
        p50, p99 = percentiles(latencies)
        cpu = statistics.median(used / len(load.latencies) for load, used in each)
        client = statistics.median(load.client_seconds / load.seconds for load, _ in each)
        key = f"{work.name}.{name}"
        part.figures |= {f"{key}.rate": rates[name], f"{key}.p99": float(p99), f"{key}.cpu": cpu * 1000}
        part.figures["client.share"] = max(client, part.figures.get("client.share", 0))
        base = [f"{rates[name] / rates[other]:.2f}" if other in rates else "–" for other in (BARE, STOCK)]
        rate = f"{rates[name]:,.0f}"
        rows.append((name, rate, *base, p50, p99, f"{cpu * 1000:.2f}", spread([load.rate for load, _ in each])))
    note = (
        f"{work.note} {len(rounds)} servers in turns, {effort.rounds} rounds of {effort.seconds:.1f} s each, medians."
    )
    return Table(
        title=work.title,
        note=note.strip(),
        head=("server", "requests/s", "× bare", "× stock", "p50 ms", "p99 ms", "CPU ms a request", "spread"),
        rows=rows,
    )


def _client(part: Part, nothing: Process, effort: Effort) -> Table:
    """Show that the load generator is not the limit."""
    connections = [HttpConnection(nothing.port) for _ in range(_CONNECTIONS)]
    some = itertools.repeat(request(body(PAGE, "Page", first=50)))
    load = drive(connections, [some] * _CONNECTIONS, effort.seconds)
    for each in connections:
        each.close()
    part.figures["client.rate"] = load.rate
    share = part.figures["client.share"]
    return Table(
        title="The load generator",
        note="The same client asks a server that returns a fixed response. Below it, the largest share of its core "
        "that the client used in the measurements above.",
        head=("what", "value"),
        rows=[(f"requests/s to an {EMPTY}", f"{load.rate:,.0f}"), ("largest share of the core", f"{share:.0%}")],
    )


class Mover:
    """Moves the log of the account by a message."""

    def __init__(self, made: World, process: Process) -> None:
        self._port = process.port
        connection = HttpConnection(self._port)
        self._shopper = started(connection, made.shop)
        connection.close()

    def move(self) -> None:
        connection = HttpConnection(self._port)
        connection.ask(self._shopper.message("One more thing."))
        connection.close()


def all_works(made: World, process: Process) -> list[Work]:
    connection = HttpConnection(process.port)
    rows = _rows(connection, made)
    shoppers = [started(connection, made.shop) for _ in range(_CONNECTIONS)]
    connection.close()
    owner = made.shop.owner
    shuffled = random.Random(7).sample(rows[:-60], len(rows) - 60)
    fifty = [({"first": 50, "after": ours}, {"first": 50, "after": theirs}) for ours, theirs, _, _ in shuffled]
    one = [({"first": 1, "after": ours}, {"first": 1, "after": theirs}) for ours, theirs, _, _ in shuffled]
    long = [{"id": found} for _, _, found, count in shuffled if count >= 20]
    reports = [{"range": {"between": days}} for days in _ranges()]

    def work(name: str, title: str, query: str, operation: str, given: Sequence[Any], **rest: Any) -> Work:
        pairs = [each if isinstance(each, tuple) else (each, each) for each in given]
        return Work(
            name=name,
            title=title,
            ours=[request(body(query, operation, **ours), key=owner) for ours, _ in pairs],
            theirs=[request(body(query, operation, **theirs)) for _, theirs in pairs],
            **rest,
        )

    history = f"{made.conversations:,} conversations of one account, {_CONNECTIONS} connections."
    return [
        work("page", "Page of 50", PAGE, "Page", fifty, note=f"{history} 14 fields each, a profile of five, handoffs."),
        work("row", "Page of one row", PAGE, "Page", one, note=history),
        work("again", "The same page of 50 again, nothing changed", PAGE, "Page", fifty[:1], moves=False, note=history),
        work("single", "A conversation with 20 messages", CONVERSATION, "Single", long, note=history),
        work(
            "report",
            "Metrics of 90 days",
            METRICS,
            "Report",
            reports,
            note=f"{history} Baton reads the counters that it keeps; the peers aggregate over an index that covers it.",
        ),
        _sending(shoppers, [found for _, _, found, _ in rows[:_CONNECTIONS]]),
    ]


def _sending(shoppers: Sequence[Shopper], conversations: Sequence[str]) -> Work:
    return Work(
        name="send",
        title="The mutation sendMessage",
        ours=[next(each.messages()) for each in shoppers],
        theirs=[request(send_body(each, "And when?")) for each in conversations],
        moves=False,
        writes=True,
        note=f"{_CONNECTIONS} connections with a conversation each, one account. A peer writes the message, its "
        "conversation, an event and a search row in one transaction; Baton also numbers the event in the account's "
        "log, counts, and sets timers.",
    )


def _rows(connection: HttpConnection, made: World) -> list[tuple[str, str, str, int]]:
    """Return of each conversation, the newest first: Baton's cursor, the peers' cursor, id, number of messages."""
    rows, after = [], None
    query = CURSORS
    while True:
        page = ask(connection, made.shop.owner, query, after=after)["conversations"]
        for edge in page["edges"]:
            node = edge["node"]
            at = datetime.fromisoformat(node["startedAt"].replace("Z", "+00:00"))
            milliseconds = round(at.timestamp() * 1000)
            rows.append((edge["cursor"], f"{milliseconds}:{node['id']}", node["id"], node["messageCount"]))
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        after = page["pageInfo"]["endCursor"]


def _ranges() -> list[dict[str, str]]:
    """Return ranges of 90 days: enough of them that no round asks for one twice."""
    today = datetime.now(UTC).date()
    ends = [today - timedelta(days=day) for day in range(1, 270)]
    return [_days(end, length) for length in range(90, 80, -1) for end in ends]


def _days(end: date, length: int) -> dict[str, str]:
    return {"start": (end - timedelta(days=length - 1)).isoformat(), "end": end.isoformat()}


def _compared(works: Sequence[Work], processes: Mapping[str, Process]) -> list[Work]:
    """Return the works, their notes with the size of a response. Raises if a peer returns something else than Baton."""
    connections = {name: HttpConnection(process.port) for name, process in processes.items()}
    sized = []
    for work in works:
        leaves = 0
        for ours, theirs in zip(work.ours[:_COMPARED], work.theirs[:_COMPARED], strict=True):
            if work.writes:
                continue
            wanted = _plain(json.loads(connections[BATON].ask(ours)))
            leaves = leaves or _leaves(wanted)
            for name, connection in connections.items():
                got = wanted if name == BATON else _plain(json.loads(connection.ask(theirs)))
                if got != wanted:
                    raise RuntimeError(f"{work.name}: {name} returns {got}\n\nand Baton {wanted}")
        sized.append(replace(work, note=f"{work.note} {leaves:,} leaves.") if leaves else work)
    for connection in connections.values():
        connection.close()
    return sized


def _leaves(value: Any) -> int:
    if isinstance(value, dict | list):
        return sum(_leaves(each) for each in (value.values() if isinstance(value, dict) else value))
    return 1


def _plain(value: Any) -> Any:
    """Return the data of a response in a form that can be compared: instants as such, sets sorted."""
    if isinstance(value, dict):
        kept = {name: _plain(each) for name, each in value.items() if name not in ("extensions", "tags")}
        return kept | ({"tags": sorted(value["tags"])} if "tags" in value else {})
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        at = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return value

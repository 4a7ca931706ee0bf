"""A full inbox: how long a shopper waits while sockets watch it, and what a storm of reconnects does to others."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from benchmarks.load.engine import HttpConnection
from benchmarks.load.processes import LOAD_CORE, Process, on_core
from benchmarks.load.sockets import Crowd, Reactor
from benchmarks.peers.commands import totals
from benchmarks.peers.fanout import inbox_of
from benchmarks.peers.fleet import baton
from benchmarks.peers.part import Effort, Part
from benchmarks.peers.shoppers import Shopper, in_inbox, started
from benchmarks.peers.world import World, open_shops, world
from benchmarks.report import Table, percentiles

_PAUSE = 0.01  # seconds between messages
_AWAY = 20  # events that the sockets of a storm have missed
_STORM_SECONDS = 8.0  # for which the others are measured


def measure(effort: Effort) -> Part:
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), conversations=effort.conversations) as made:
        part = Part()
        with baton(made) as process, on_core(LOAD_CORE):
            _waiting(part, made, process, effort)
        with baton(made) as process, on_core(LOAD_CORE):
            _storm(part, made, process, effort)
        return part


def _waiting(part: Part, made: World, process: Process, effort: Effort) -> None:
    """Measure sendMessage without and with sockets, in turns of two."""
    count = effort.sockets[min(1, len(effort.sockets) - 1)]
    connection = HttpConnection(process.port)
    shopper = in_inbox(connection, made.shop)
    connection.close()
    reactor, waits = Reactor(), dict[int, list[float]]()
    crowd = Crowd(reactor)
    for sockets in (0, count, 0, count):
        crowd.join([inbox_of(process, made.shop) for _ in range(sockets)])
        connection = HttpConnection(process.port)
        _sequence(connection, shopper, crowd, 5)
        waits.setdefault(sockets, []).extend(_sequence(connection, shopper, crowd, effort.messages))
        connection.close()
        crowd.leave()
    part.figures["waiting.ratio"] = statistics.median(waits[count]) / statistics.median(waits[0])
    part.tables.append(
        Table(
            title="sendMessage while the inbox is watched",
            note="A shopper whose messages reach the inbox sends one after the other, to the process that has the "
            "sockets. Each socket receives each message before the next is sent.",
            head=("inbox sockets", "p50 ms", "p99 ms"),
            rows=[(f"{sockets:,}", *percentiles(each)) for sockets, each in waits.items()],
        )
    )


def _sequence(connection: HttpConnection, shopper: Shopper, crowd: Crowd, count: int) -> list[float]:
    waits = []
    for number in range(count):
        due = crowd.tally.items + len(crowd.members)
        began = time.perf_counter()
        connection.ask(shopper.message(f"m{number};"))
        waits.append(time.perf_counter() - began)
        crowd.reactor.until(lambda due=due: crowd.tally.items >= due, "the frames")  # type: ignore[misc]
        time.sleep(_PAUSE)
    return waits


def _storm(part: Part, made: World, process: Process, effort: Effort) -> None:
    """Let all sockets go at once, and come again at once after they have missed some events."""
    count = effort.sockets[-1]
    [other] = asyncio.run(open_shops(made.uri, 1))
    connection = HttpConnection(process.port)
    shopper, bystander = in_inbox(connection, made.shop), started(connection, other)
    connection.close()
    crowd = Crowd(Reactor())
    crowd.join([inbox_of(process, made.shop) for _ in range(count)])
    cursor = crowd.members[0].cursor
    crowd.leave()
    connection = HttpConnection(process.port)
    for number in range(_AWAY):
        connection.ask(shopper.message(f"m{number};"))
    connection.close()
    time.sleep(1)
    seconds = _STORM_SECONDS if count > 100 else 1.0
    calm = _others(process, bystander, seconds / 2)
    calm_waits = json.loads(calm.communicate()[0])
    with MongoClient[dict[str, Any]](made.uri) as client:
        others = _others(process, bystander, seconds)
        time.sleep(0.2)
        before, began = totals(client), time.perf_counter()
        crowd.tally.items = 0
        crowd.join([inbox_of(process, made.shop, cursor) for _ in range(count)], together=count)
        crowd.reactor.until(lambda: crowd.tally.items >= count * _AWAY, "the missed events")
        took, after = time.perf_counter() - began, totals(client)
    ends = time.perf_counter() + seconds
    while others.poll() is None and time.perf_counter() < ends + 5:
        crowd.reactor.turn(0.05)
    waits = json.loads(others.communicate()[0])
    during = [wait for at, wait in waits if at < took + 0.3]
    crowd.leave()
    p50, p99 = percentiles(during)
    reads = sum(after[kind] - before[kind] for kind in ("find", "aggregate"))
    part.figures |= {"storm.p99": float(p99), "storm.reads": reads / count, "storm.seconds": took}
    calm_row = ("no", *percentiles([wait for _, wait in calm_waits]), "–", "–", "–")
    part.tables.append(
        Table(
            title=f"A storm of {count:,} reconnects",
            note=f"All inbox sockets come back at once with a cursor, {_AWAY} events behind. Milliseconds of "
            "sendMessage by a shopper of another account, one every 20 ms, without a storm and while it lasts; the "
            "seconds until each socket has its events; and the reads that MongoDB receives meanwhile, those of the "
            "other shopper included.",
            head=("storm", "others p50 ms", "others p99 ms", "seconds", "reads", "deliveries"),
            rows=[calm_row, ("yes", p50, p99, f"{took:.1f}", f"{reads:,}", f"{crowd.tally.items:,}")],
        )
    )


def _others(process: Process, shopper: Shopper, seconds: float) -> subprocess.Popen[bytes]:
    """Start a process that sends messages, since this one is busy with the sockets."""
    program = [sys.executable, "-m", "benchmarks.load.bystander", str(process.port), str(seconds)]
    running = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(shopper.message("And when?"))
    running.stdin.close()
    running.stdin = None
    running.stdout.readline()  # it has begun
    return running

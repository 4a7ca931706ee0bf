"""Messages of shoppers: sendMessage over HTTP on one account and on many, on one process and on several.

They are compared with PyMongo alone: transactions of the same four writes, without HTTP, as many in flight.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from benchmarks.load.engine import HttpConnection, drive, request
from benchmarks.load.processes import LOAD_CORE, SERVER_CORE, Process, on_core
from benchmarks.peers.commands import counted
from benchmarks.peers.fleet import baton
from benchmarks.peers.operations import START
from benchmarks.peers.part import Effort, Part, spread
from benchmarks.peers.shoppers import Shopper, body, started
from benchmarks.peers.world import Keys, World, open_shops, world
from benchmarks.report import Table, percentiles

_ACCOUNTS = 50
_PROCESSES = (1, 2, 4)
ONE, MANY, TRANSACTIONS = "sendMessage, one account", f"sendMessage, {_ACCOUNTS} accounts", "bare transactions"


@dataclass(slots=True)
class Result:
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # seconds a command, of all processes together
    latencies: list[float] = field(default_factory=list)


def measure(effort: Effort) -> Part:
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), conversations=effort.conversations) as made:
        shops = asyncio.run(open_shops(made.uri, min(_ACCOUNTS, effort.connections)))
        part = Part()
        with baton(made) as process, on_core(LOAD_CORE):
            _side_by_side(part, made, process, shops, effort)
            _commands(part, made, process, effort)
        with on_core(LOAD_CORE):
            _processes(part, made, shops, effort)
        return part


def _side_by_side(part: Part, made: World, process: Process, shops: Sequence[Keys], effort: Effort) -> None:
    results = {TRANSACTIONS: Result(), ONE: Result(), MANY: Result()}
    for _ in range(effort.rounds):
        _transactions(made, results[TRANSACTIONS], effort)
        _send([process], [made.shop], results[ONE], effort)
        _send([process], shops, results[MANY], effort)
    base = statistics.median(results[TRANSACTIONS].rates)
    rows = []
    for name, each in results.items():
        rate, cpu = statistics.median(each.rates), statistics.median(each.cpu) * 1000
        part.figures |= {f"{name}.rate": rate, f"{name}.cpu": cpu}
        latencies = percentiles(each.latencies)
        rows.append((name, f"{rate:,.0f}", f"{rate / base:.2f}", *latencies, f"{cpu:.2f}", spread(each.rates)))
    note = (
        f"{effort.connections} connections with a conversation each; bare transactions: {effort.connections} in flight "
        f"by PyMongo's asyncio API, without a server. {effort.rounds} rounds of {effort.seconds:.1f} s, medians."
    )
    head = ("what", "a second", "ratio", "p50 ms", "p99 ms", "CPU ms each", "spread")
    part.tables.append(Table(title="sendMessage beside bare transactions", note=note, head=head, rows=rows))


def _processes(part: Part, made: World, shops: Sequence[Keys], effort: Effort) -> None:
    results = {(accounts, count): Result() for accounts in (ONE, MANY) for count in _PROCESSES}
    for _ in range(max(1, effort.rounds - 1)):
        with ExitStack() as stack:
            running: list[Process] = []
            for count in _PROCESSES:
                while len(running) < count:
                    running.append(stack.enter_context(baton(made, f"process{len(running)}")))
                _send(running, [made.shop], results[ONE, count], effort)
                _send(running, shops, results[MANY, count], effort)
    rows = []
    for (accounts, count), each in results.items():
        rate, cpu = statistics.median(each.rates), statistics.median(each.cpu) * 1000
        part.figures |= {f"{accounts}.{count}.rate": rate, f"{accounts}.{count}.cpu": cpu}
        ratio = rate / statistics.median(results[accounts, 1].rates)
        rows.append((accounts, f"{count}", f"{rate:,.0f}", f"{ratio:.2f}", *percentiles(each.latencies), f"{cpu:.2f}"))
    note = (
        f"{effort.connections} connections, divided among the processes, which share one core. The ratio is to one "
        "process; the CPU is that of all processes for one command."
    )
    head = ("what", "processes", "a second", "ratio", "p50 ms", "p99 ms", "CPU ms each")
    part.tables.append(Table(title="sendMessage on several processes", note=note, head=head, rows=rows))


def _send(processes: Sequence[Process], shops: Sequence[Keys], result: Result, effort: Effort) -> None:
    """Send from new conversations: one grows full after a few hundred messages."""
    opening = HttpConnection(processes[0].port)
    requests = [started(opening, shops[number % len(shops)]).messages() for number in range(effort.connections)]
    opening.close()
    connections = [HttpConnection(processes[number % len(processes)].port) for number in range(effort.connections)]
    drive(connections, requests, effort.seconds / 8)
    before = [each.cpu() for each in processes]
    load = drive(connections, requests, effort.seconds)
    used = sum(each.cpu() - its for each, its in zip(processes, before, strict=True))
    for each in connections:
        each.close()
    result.rates.append(load.rate)
    result.cpu.append(used / len(load.latencies))
    result.latencies += load.latencies


def _transactions(made: World, result: Result, effort: Effort) -> None:
    program = [sys.executable, "-m", "benchmarks.peers.servers.transactions", "0", str(made.config("transactions"))]
    with on_core(SERVER_CORE):
        done = subprocess.run(
            [*program, str(effort.connections), str(effort.seconds)], check=True, capture_output=True, timeout=120
        )
    measured: dict[str, Any] = json.loads(done.stdout)
    count = len(measured["latencies"])
    result.rates.append(count / measured["seconds"])
    result.cpu.append(measured["cpu"] / count)
    result.latencies += measured["latencies"]


def _commands(part: Part, made: World, process: Process, effort: Effort) -> None:
    """Count MongoDB's commands for one command of Baton, one after the other."""
    connection = HttpConnection(process.port)
    shopper: Shopper = started(connection, made.shop)
    numbers = itertools.count(1)

    def send() -> None:
        connection.ask(shopper.message("And when?"))

    def start(**visitor: str) -> None:
        given = {"channel": "WEB_CHAT", "text": "Hello", **({"visitor": visitor} if visitor else {})}
        connection.ask(request(body(START, input=given), key=made.shop.widget))

    rows = []
    works: list[tuple[str, Callable[[], None]]] = [
        ("sendMessage", send),
        ("startConversation", start),
        ("startConversation, with a new e-mail", lambda: start(email=f"alone{next(numbers)}@example.com")),
    ]
    with MongoClient[dict[str, Any]](made.uri) as client:
        for name, run in works:
            for _ in range(5):
                run()
            before = process.cpu()
            each = counted(client, run, effort.messages)
            cpu = (process.cpu() - before) / effort.messages * 1000
            total = sum(each.values())
            part.figures |= {f"{name}.commands": total, f"{name}.alone.cpu": cpu}
            which = ", ".join(f"{kind} {count:.1f}" for kind, count in sorted(each.items(), key=lambda item: -item[1]))
            rows.append((name, f"{total:.1f}", which, f"{cpu:.1f}"))
    connection.close()
    note = (
        f"{effort.messages} commands on one connection, one after the other. MongoDB counts its commands "
        "(`serverStatus`), without those that tail the log and without those of the same time at rest. What Baton does "
        "in the background for these commands is counted too. A message has words that the account has had before. An "
        "e-mail address that the shopper claims is looked up among the orders, and its words are new."
    )
    head = ("command", "MongoDB commands", "which", "server CPU ms")
    part.tables.append(Table(title="Commands to MongoDB", note=note, head=head, rows=rows))

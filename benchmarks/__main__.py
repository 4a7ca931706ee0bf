"""`make bench`: runs every part, one after the other, and writes its block of RESULTS.md.

All parts together take less than 30 minutes. `make bench PART="pages fanout"` runs some of them. `PART=peers` runs
the comparisons with other servers; `PART=smoke` shows within three minutes that they run, and writes nothing. The part
`table` makes a history of 100,000 conversations; `BATON_BENCH_CONVERSATIONS=1000000` takes a quarter of an hour more.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import contention, dashboard, delivery, failover, replay, table, watching, writes
from benchmarks.browser import dashboard as charts
from benchmarks.browser import inbox, widget
from benchmarks.browser.tickets import desk_with
from benchmarks.established import Established, conversations, established
from benchmarks.knowledge import compare as knowledge
from benchmarks.mail import compare
from benchmarks.peers import crowds, fanout, sending, serving, tuning
from benchmarks.peers.part import FULL, SMOKE, Effort, Part
from benchmarks.program import agent, handoff, live, requests, start
from benchmarks.report import Table, machine
from benchmarks.results import save
from benchmarks.server import Running, server
from dev.chromium import chromium, program
from integrations.mongo.server.embedded import EmbeddedMongo

_PEERS, _SMOKE = "peers", "smoke"
_REPLAYED = 20_000  # conversations
_TICKETS = 10_000


def main() -> None:
    wanted = sys.argv[1:]
    smoke = _SMOKE in wanted
    if smoke or _PEERS in wanted:
        wanted = [*wanted, *_COMPARED]
    if unknown := set(wanted) - {*_MEASURES, *_COMPARED, _PEERS, _SMOKE}:
        names = ", ".join([*_MEASURES, *_COMPARED, _PEERS, _SMOKE])
        raise SystemExit(f"There is no part {unknown.pop()}. Parts: {names}.")
    for name in (*_MEASURES, *_COMPARED):
        if not wanted or name in wanted:
            _run(name, SMOKE if smoke else FULL, write=not smoke)


def _run(name: str, effort: Effort, *, write: bool) -> None:
    described, began = machine(), time.perf_counter()
    print(f"Measuring: {name} …", flush=True)
    part = _COMPARED[name](effort) if name in _COMPARED else Part(tables=[*_MEASURES[name]()])
    if not part.tables:
        print(f"{name}: left out, because a program that it needs is not installed.\n", flush=True)
        return
    for each in part.tables:
        print(each.markdown(), flush=True)
    print(f"{name}: {time.perf_counter() - began:.0f} s\n", flush=True)
    if write:
        save(name, described, part.tables, part.figures)


def _start() -> list[Table]:
    return [start.measure()]


def _live() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as running:
        return [asyncio.run(requests.measure(running)), *asyncio.run(live.measure(running))]


def _handoff() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as running:
        return [asyncio.run(handoff.measure(running))]


def _agent() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), BATON_DEMO_AGENT="true") as running:
        return [*asyncio.run(agent.measure(running))]


def _writes() -> list[Table]:
    async def measured(folder: str) -> list[Table]:
        mongo = EmbeddedMongo(data=Path(folder))
        mongo.spawn()
        try:
            uri = await mongo.ready()
            return [*await writes.measure(uri), await contention.measure(uri), await dashboard.cost(uri)]
        finally:
            await mongo.stop()

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measured(folder))


def _delivery() -> list[Table]:
    async def measured(folder: str) -> list[Table]:
        mongo = EmbeddedMongo(data=Path(folder))
        mongo.spawn()
        try:
            return await delivery.measure(await mongo.ready(), Path(folder))
        finally:
            await mongo.stop()

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measured(folder))


def _failover() -> list[Table]:
    return asyncio.run(failover.measure())


def _table() -> list[Table]:
    rows = []
    for count in (10_000, 100_000):
        if count < conversations():
            with established(count) as shop:
                rows.append(asyncio.run(dashboard.measure(shop)))
    with established(conversations()) as shop:
        rows.append(asyncio.run(dashboard.measure(shop)))
        return [dashboard.table(rows), *asyncio.run(table.measure(shop))]


def _replay() -> list[Table]:
    with established(min(conversations(), _REPLAYED)) as shop:
        return asyncio.run(replay.measure(shop))


def _browser() -> list[Table]:
    """Return nothing where Chromium is not installed."""

    async def of_widget(running: Running) -> list[Table]:
        async with chromium() as browser:
            return await widget.measure(browser, running)

    async def of_inbox() -> Table:
        async with chromium() as browser, desk_with(_TICKETS) as desk:
            return await inbox.measure(browser, desk)

    async def of_dashboard(shop: Established) -> Table:
        async with chromium() as browser:
            return await charts.measure(browser, shop)

    if program() is None:
        return []
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as running:
        tables = [*asyncio.run(of_widget(running)), asyncio.run(of_inbox())]
    with established(conversations(), demo=True) as shop:
        return [*tables, asyncio.run(of_dashboard(shop))]


def _serving(*works: str) -> Callable[[Effort], Part]:
    return lambda effort: serving.measure(effort, works)


_MEASURES: dict[str, Callable[[], Sequence[Table]]] = {
    "start": _start,
    "live": _live,
    "handoff": _handoff,
    "agent": _agent,
    "writes": _writes,
    "delivery": _delivery,
    "failover": _failover,
    "watching": watching.measure,
    "table": _table,
    "replay": _replay,
    "browser": _browser,
    "mail": compare.measure,
    "knowledge": knowledge.measure,
}
_COMPARED: dict[str, Callable[[Effort], Part]] = {
    "pages": _serving("page", "row", "again"),
    "operations": _serving("single", "report", "send"),
    "fanout": fanout.measure,
    "sending": sending.measure,
    "crowds": crowds.measure,
    "settings": tuning.measure,
}

if __name__ == "__main__":
    main()

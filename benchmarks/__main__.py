"""`make bench`: runs every benchmark, one after the other, and writes RESULTS.md.

It takes some minutes, and a quarter of an hour more for the history of a million conversations
(`BATON_BENCH_CONVERSATIONS`). `python -m benchmarks table` runs one of them, and writes nothing.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks import contention, dashboard, delivery, handoff, live, requests, start, table, writes
from benchmarks.established import conversations, established
from benchmarks.report import Table, machine
from benchmarks.server import server
from integrations.mongo.server.embedded import EmbeddedMongo

_RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    described = machine()
    print(described)
    tables: list[Table] = []
    for name, measure in _MEASURES.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        print(f"Measuring: {name} …", flush=True)
        for measured in measure():
            tables.append(measured)
            print(measured.markdown(), flush=True)
    if sys.argv[1:]:
        return  # RESULTS.md has all or nothing
    text = "\n".join(each.markdown() for each in tables)
    _RESULTS.write_text(
        f"# Measured\n\nBy `make bench`. {described}\nOnly ratios within one run are meaningful.\n\n{text}"
    )


def _start() -> list[Table]:
    return [start.measure()]


def _live() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as running:
        return [asyncio.run(requests.measure(running)), *asyncio.run(live.measure(running))]


def _handoff() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as running:
        return [asyncio.run(handoff.measure(running))]


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


def _table() -> list[Table]:
    rows = []
    for count in (10_000, 100_000):
        if count < conversations():
            with established(count) as shop:
                rows.append(asyncio.run(dashboard.measure(shop)))
    with established(conversations()) as shop:
        rows.append(asyncio.run(dashboard.measure(shop)))
        return [dashboard.table(rows), *asyncio.run(table.measure(shop))]


_MEASURES = {
    "start": _start,
    "live": _live,
    "handoff": _handoff,
    "writes": _writes,
    "delivery": _delivery,
    "table": _table,
}

if __name__ == "__main__":
    main()

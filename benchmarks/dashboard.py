"""The dashboard of 90 days with a clock change, over HTTP, compared with MongoDB's aggregation of the same numbers; and
the cost of the counters in a command.

    python -m benchmarks.dashboard 10000 100000 1000000
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

from api.app import build
from api.bootstrap.database import prepare
from api.bootstrap.ports import open_ports
from api.settings import Settings
from benchmarks.caller import Caller
from benchmarks.history import ZONE
from benchmarks.report import Table, percentiles
from benchmarks.server import UNLIMITED
from benchmarks.writes import _Shop
from domain.conversation.commands import CloseConversation
from domain.values.ids import AccountId
from integrations.mongo.stats.counters import COUNTERS, days_of, hours_of
from integrations.mongo.storage import projections
from integrations.mongo.storage.unit_of_work import Batch

if TYPE_CHECKING:
    from benchmarks.established import Established

_ROUNDS = 500
_TURNS = 5
_DAYS = 90
_PAIRS = 1_500  # of a start and a close, each way
_CALLERS = 50
_COMPARED = ("aggregation", "ratio", "bytes")
_OPEN = """query ($range: DateRangeInput!) {
  conversations(first: 100, filter: {status: [OPEN], startedOn: $range}) { nodes { id } } }"""
_CLOSE = "mutation ($id: ID!) { closeConversation(input: {conversationId: $id}) { conversation { id } } }"
_SERIES = "{ key label total points { date count } }"
DASHBOARD = f"""query ($range: DateRangeInput!, $filter: MetricsFilter) {{ metrics(range: $range, filter: $filter) {{
  range {{ start end timeZone }} totalVolume {{ count rate }} resolvedByAi {{ count rate }}
  notResolvedByAi {{ count rate }} open {{ count rate }} closed {{ count rate }}
  aiGeneratedSales {{ amount currency }}
  channel: series(groupBy: CHANNEL) {_SERIES} status: series(groupBy: STATUS) {_SERIES}
  tag: series(groupBy: TAG) {_SERIES}
}} }}"""


def clock_change() -> tuple[date, date]:
    """Return 90 days around the latest clock change."""
    zone, day = ZoneInfo(ZONE), datetime.now(UTC).date() - timedelta(days=1)
    noon = datetime.combine(day, datetime.min.time(), zone) + timedelta(hours=12)
    while noon.utcoffset() == (noon - timedelta(days=1)).utcoffset():
        noon -= timedelta(days=1)
    end = min(noon.date() + timedelta(days=_DAYS // 2), day)
    return end - timedelta(days=_DAYS - 1), end


async def measure(shop: Established) -> list[str]:
    """Return a row of the table."""
    start, end = clock_change()
    days = {"between": {"start": start.isoformat(), "end": end.isoformat()}}
    async with AsyncMongoClient[dict[str, Any]](shop.uri, tz_aware=True) as mongo:
        database = mongo["baton"]
        with Caller(shop.running, shop.key) as caller:
            shown = caller.ask(DASHBOARD, range=days)["metrics"]
            taken, slow = [], []
            for _ in range(_TURNS):  # in turns, because the speed of the machine varies
                taken += caller.timed(_ROUNDS // _TURNS, DASHBOARD, range=days)
                began = time.perf_counter()
                counted = await _aggregated(database["conversations"], shop.account_id, start, end)
                slow.append(time.perf_counter() - began)
                assert counted == shown["totalVolume"]["count"], (counted, shown["totalVolume"])
            tagged = caller.timed(_ROUNDS // 10, DASHBOARD, range=days, filter={"tag": ["returns", "sizes"]})
            changed = []
            for open_ in caller.ask(_OPEN, range=days)["conversations"]["nodes"]:
                caller.ask(_CLOSE, id=open_["id"])
                changed += caller.timed(1, DASHBOARD, range=days)
        size = (await database.command("collStats", "tag_dictionary"))["size"]
        size += await _bytes_of_counters(database[COUNTERS], shop.account_id)
    p50, p99 = percentiles(taken)
    aggregation = statistics.median(slow)
    return [
        f"{shop.conversations:,}",
        f"{counted:,}",
        p50,
        p99,
        *percentiles(changed),
        percentiles(tagged)[0],
        f"{aggregation * 1000:,.0f}",
        f"{aggregation / statistics.median(taken):,.0f} ×",
        f"{size / shop.conversations:.0f}",
    ]


def table(rows: list[list[str]]) -> Table:
    return Table(
        title="The dashboard",
        note="90 days with a clock change: volume and outcomes, sales, and every day's counts by channel, status "
        f"and tag (69 series), over HTTP, {_ROUNDS} sequential requests; with a conversation of these days closed "
        "before each; filtered by two tags; and MongoDB's aggregation of the same numbers from the conversations, by "
        f"their index by start (the median of {_TURNS}, one after every {_ROUNDS // _TURNS} requests). Milliseconds of "
        "the whole response; bytes of counters a conversation, uncompressed.",
        head=("conversations", "in range", "p50", "p99", "changed: p50", "p99", "two tags: p50", *_COMPARED),
        rows=rows,
    )


async def _aggregated(conversations: Any, account_id: str, start: date, end: date) -> int:
    zone = ZoneInfo(ZONE)
    bounds = [datetime.combine(day, datetime.min.time(), zone) for day in (start, end + timedelta(days=1))]
    day = {"$dateToString": {"date": "$started_at", "format": "%Y-%m-%d", "timezone": ZONE}}

    def by(**keys: object) -> list[dict[str, Any]]:
        return [{"$group": {"_id": {"day": day, **keys}, "count": {"$sum": 1}}}]

    pipeline = [
        {"$match": {"account": account_id, "started_at": {"$gte": bounds[0], "$lt": bounds[1]}}},
        {
            "$facet": {
                "cells": by(channel="$channel", status="$status"),
                "tags": [{"$unwind": {"path": "$tags", "preserveNullAndEmptyArrays": True}}, *by(tag="$tags")],
                "sales": [
                    {"$unwind": "$sales"},
                    {
                        "$group": {
                            "_id": "$sales.amount.currency",
                            "amount": {"$sum": {"$toDecimal": "$sales.amount.amount"}},
                        }
                    },
                ],
            }
        },
    ]
    [facets] = await (await conversations.aggregate(pipeline, allowDiskUse=True)).to_list()
    return sum(cell["count"] for cell in facets["cells"])


async def _bytes_of_counters(state: AsyncCollection[dict[str, Any]], account_id: AccountId) -> int:
    pipeline = [
        {"$match": {"$or": [hours_of(account_id), days_of(account_id)]}},
        {"$group": {"_id": None, "bytes": {"$sum": {"$bsonSize": "$$ROOT"}}}},
    ]
    [row] = await (await state.aggregate(pipeline)).to_list()
    return int(row["bytes"])


class _NoCounters:
    """Takes the place of `CounterWriter`."""

    history: Mapping[int, dict[str, Any]] = MappingProxyType({})

    def __init__(self, batch: Batch, cache: object) -> None:
        pass

    async def collect(self, writes: object) -> None:
        pass

    def after_commit(self) -> None:
        pass


@contextmanager
def _without_counters() -> Iterator[None]:
    counter_writer = projections.CounterWriter
    projections.CounterWriter = _NoCounters  # type: ignore[assignment, misc]
    try:
        yield
    finally:
        projections.CounterWriter = counter_writer  # type: ignore[misc]


async def cost(uri: str) -> Table:
    name = f"bench_{uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), mongodb_database=name, **UNLIMITED)
        await prepare(settings, uri)
        async with open_ports(settings, uri) as ports:
            shop = await _Shop.open(build(settings, ports))
            await _pairs(shop, 1)
            rows = []
            for callers in (1, _CALLERS):
                with _without_counters():
                    without = await _pairs(shop, callers)
                counted = await _pairs(shop, callers)
                share = f"{counted / without - 1:+.0%}"
                rows.append([str(callers), f"{without * 1000:.2f}", f"{counted * 1000:.2f}", share])
    async with AsyncMongoClient[dict[str, object]](uri) as client:
        await client.drop_database(name)
    return Table(
        title="Cost of the counters in a command",
        note=f"A start and a close of a conversation, {_PAIRS // 5} pairs by one caller and {_PAIRS:,} by {_CALLERS}: "
        "milliseconds a command, without and with counters and history in the same transaction.",
        head=("callers", "without", "with", ""),
        rows=rows,
    )


async def _pairs(shop: _Shop, callers: int) -> float:
    """Return the seconds a command."""
    left = _PAIRS if callers > 1 else _PAIRS // 5
    total = 2 * left

    async def caller() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            started, shopper = await shop.start()
            command = CloseConversation(conversation_id=started.conversation.id)
            await shop.baton.services.conversations.close(shopper, command)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return (time.perf_counter() - began) / total


def main() -> None:
    from benchmarks.established import established

    rows = []
    for count in map(int, sys.argv[1:] or ("10000", "100000", "1000000")):
        with established(count) as shop:
            rows.append(asyncio.run(measure(shop)))
            print(table(rows[-1:]).markdown(), flush=True)
    print(table(rows).markdown())


if __name__ == "__main__":
    main()

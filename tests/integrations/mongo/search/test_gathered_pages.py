"""Pages of one account that are asked for at once: by few commands, each page as if it had been read alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import bson
import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from domain.values.ids import AccountId
from domain.values.workload import reading_for
from integrations.mongo.bulkhead import DatabaseDown
from integrations.mongo.client import MongoDatabase, connect
from integrations.mongo.driver import Document
from integrations.mongo.search.gathered_pages import GatheredPages
from tests.harness.command_counts import CommandCounts

A, B = AccountId("A" * 26), AccountId("B" * 26)
ROWS = 40
OUTAGE = "The disk is full."


class Outage:
    reason: str | None = None


@pytest.fixture
def outage() -> Outage:
    return Outage()


@pytest.fixture
def commands(database_name: str) -> CommandCounts:
    return CommandCounts(database_name)


@pytest.fixture
async def database(
    mongo_uri: str,
    database_name: str,
    mongo_client: AsyncMongoClient[dict[str, Any]],
    commands: CommandCounts,
    outage: Outage,
) -> AsyncIterator[MongoDatabase]:
    rows = [{"_id": f"{account}{n}", "account": account, "n": n} for account in (A, B) for n in range(ROWS)]
    await mongo_client[database_name]["conversations"].insert_many(rows)
    with commands.listening():
        connected = connect(mongo_uri, database=database_name, outage=lambda: outage.reason)
        yield connected
        await connected.close()


@pytest.fixture
def pages(database: MongoDatabase) -> GatheredPages:
    return GatheredPages(database=database, collection="conversations")


def stages(account: AccountId, first: int, limit: int) -> list[Document]:
    return [{"$match": {"account": account, "n": {"$gte": first}}}, {"$sort": {"n": 1}}, {"$limit": limit}]


async def read(pages: GatheredPages, account: AccountId, first: int, limit: int) -> list[int]:
    with reading_for(account):
        found = [bson.decode(each) for each in await pages.read(account, stages(account, first, limit), rows=limit)]
    assert {row["account"] for row in found} <= {account}
    return [row["n"] for row in found]


def wanted(first: int, limit: int) -> list[int]:
    return list(range(first, min(first + limit, ROWS)))


async def test_pages_that_wait_are_read_by_one_command(pages: GatheredPages, commands: CommandCounts) -> None:
    asked = [(first, limit) for first in (0, 7, ROWS - 3, ROWS, 7) for limit in (1, 5, 11, 2)]  # some are empty
    for _ in range(3):
        commands.clear()
        found = await asyncio.gather(*(read(pages, A, *each) for each in asked))
        assert found == [wanted(*each) for each in asked]
        assert commands.names == ["aggregate conversations"] * 4  # a page alone, and then 4, 8 and 7


async def test_a_command_reads_some_ninety_rows_at_most(pages: GatheredPages, commands: CommandCounts) -> None:
    found = await asyncio.gather(*(read(pages, A, n, 30) for n in range(10)))
    assert found == [wanted(n, 30) for n in range(10)]
    assert len(commands.names) == 4  # a page alone, and then 3, 3 and 3


async def test_large_pages_are_read_alone_and_wait_for_nobody(pages: GatheredPages, commands: CommandCounts) -> None:
    found = await asyncio.gather(*(read(pages, A, n, 31) for n in range(10)))
    assert found == [wanted(n, 31) for n in range(10)]
    assert len(commands.names) == 10


async def test_a_page_alone_is_read_alone(pages: GatheredPages, commands: CommandCounts) -> None:
    for first in range(3):
        assert await read(pages, A, first, 2) == wanted(first, 2)
    assert len(commands.names) == 3


async def test_accounts_do_not_share_commands(pages: GatheredPages, commands: CommandCounts) -> None:
    found = await asyncio.gather(*(read(pages, each, 0, 3) for each in (A, B) * 5))
    assert found == [wanted(0, 3)] * 10
    assert len(commands.names) == 4  # of each account a page alone, and then 4


async def test_a_page_that_is_refused_fails_alone(pages: GatheredPages) -> None:
    async def refused() -> None:
        with pytest.raises(OperationFailure, match="Unrecognized pipeline stage"):
            await pages.read(A, [{"$no": 1}], rows=1)

    reading = [read(pages, A, 0, 2) for _ in range(6)]
    *found, _ = await asyncio.gather(*reading, refused())
    assert found == [wanted(0, 2)] * 6


async def test_all_pages_fail_while_the_database_is_down(pages: GatheredPages, outage: Outage) -> None:
    async def reads() -> str:
        with pytest.raises(DatabaseDown) as raised:
            await read(pages, A, 0, 2)
        return str(raised.value)

    begun = [asyncio.create_task(read(pages, A, 0, 2))]
    waiting = [asyncio.create_task(reads()) for _ in range(3)]
    await asyncio.sleep(0)
    outage.reason = OUTAGE
    assert await asyncio.gather(*begun) == [wanted(0, 2)]
    assert await asyncio.gather(*waiting) == [OUTAGE] * 3
    outage.reason = None
    assert await read(pages, A, 1, 2) == wanted(1, 2)


async def test_a_command_that_hangs_holds_up_no_others(
    pages: GatheredPages, mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str
) -> None:
    numbers = {"$range": [0, 1_000]}
    endless: list[Document] = []
    for name in "abc":
        endless += [{"$set": {name: numbers}}, {"$unwind": f"${name}"}]

    async def hangs() -> None:
        with reading_for(A), pytest.raises(OperationFailure, match="interrupted"):
            await pages.read(A, [*stages(A, 0, 1), *endless, {"$count": "rows"}], rows=1)

    hanging = asyncio.create_task(hangs())
    await asyncio.sleep(0)
    assert await asyncio.gather(*(read(pages, A, first, 2) for first in range(3))) == [wanted(n, 2) for n in range(3)]
    assert not hanging.done()

    running: list[Document] = [{"$currentOp": {}}, {"$match": {"ns": f"{database_name}.conversations"}}]
    [operation] = await (await mongo_client.admin.aggregate(running)).to_list()
    await mongo_client.admin.command("killOp", op=operation["opid"])
    await hanging
    assert await read(pages, A, 3, 2) == wanted(3, 2)


async def test_a_caller_that_leaves_takes_nobody_with_it(pages: GatheredPages, commands: CommandCounts) -> None:
    tasks = [asyncio.create_task(read(pages, A, n, 2)) for n in range(8)]
    await asyncio.sleep(0)
    for leaving in (tasks[0], tasks[2], tasks[5]):
        leaving.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [n for n, each in enumerate(found) if isinstance(each, asyncio.CancelledError)] == [0, 2, 5]
    assert [each for each in found if isinstance(each, list)] == [wanted(n, 2) for n in (1, 3, 4, 6, 7)]
    assert await read(pages, A, 9, 2) == wanted(9, 2)


async def test_a_page_has_what_was_confirmed_before_it_was_asked_for(
    pages: GatheredPages, mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str
) -> None:
    rows = mongo_client[database_name].get_collection("conversations")
    for number in range(ROWS, ROWS + 20):
        others = [asyncio.create_task(read(pages, A, 0, 20)) for _ in range(10)]
        await rows.insert_one({"_id": f"{A}{number}", "account": A, "n": number})
        assert await read(pages, A, number, 1) == [number]
        await asyncio.gather(*others)


async def test_pages_of_one_command_are_handed_back_one_at_a_time(pages: GatheredPages) -> None:
    rounds, at = 0, list[int]()

    async def reads() -> None:
        await read(pages, A, 0, 2)
        at.append(rounds)

    reading = [asyncio.create_task(reads()) for _ in range(12)]
    while not all(each.done() for each in reading):
        await asyncio.sleep(0)  # the next round of the event loop
        rounds += 1
    assert len(set(at)) == 12, at

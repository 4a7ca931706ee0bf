"""Migrations of a big collection: resumed after a kill, one at a time, beside commands, and back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from domain.values.ids import new_id
from domain.versions import service as running
from domain.versions.model import LiveProcess, OtherVersion, SchemaState, check
from domain.versions.ports import Migration
from domain.versions.service import MigrationRefused, MigrationService, PassProgress
from integrations.mongo.client import MongoDatabase, connect
from integrations.mongo.versions import schema as stored_schema
from integrations.mongo.versions.migrations import migrations
from integrations.mongo.versions.processes import MongoProcessRegistry
from integrations.mongo.versions.schema import MongoSchemaStore
from integrations.mongo.versions.sweep import Sweep, SweepPass
from tests.e2e.processes import PATIENCE, until
from tests.integrations.mongo.shop import Shop

DOCUMENTS = 5_000
BUILD = 2
Json = dict[str, Any]


@pytest.fixture
async def database(mongo_uri: str, database_name: str, mongo_client: object) -> AsyncIterator[MongoDatabase]:
    opened = connect(mongo_uri, database=database_name)
    yield opened
    await opened.close()


@pytest.fixture
async def things(mongo_client: Any, database_name: str) -> AsyncDatabase[Json]:
    """A database of version 1 with many things that have a price, and an account."""
    made: AsyncDatabase[Json] = mongo_client[database_name]
    await made["accounts"].insert_one({"_id": "shop"})
    await made["schema"].insert_one({"_id": "schema", "version": 1})
    await made["things"].insert_many([{"_id": new_id(), "price": n, "sold": 0} for n in range(DOCUMENTS)])
    return made


def _to_cents(document: Mapping[str, Any]) -> Json:
    return {"$set": {"cents": 100 * document["price"]}}


def service(database: MongoDatabase, holder: str = "first") -> MigrationService:
    """What migrates, as of a build with a version 2 that has prices in cents."""
    to_cents = Sweep(
        name="things in cents", collection="things", pending={"cents": None}, change=_to_cents, reads=("price",)
    )
    back = Sweep(
        name="no cents",
        collection="things",
        pending={"cents": {"$exists": True}},
        change=lambda _: {"$unset": {"cents": ""}},
    )
    second = Migration(
        version=2,
        summary="things have cents",
        up=[SweepPass(database=database, sweep=to_cents)],
        down=[SweepPass(database=database, sweep=back)],
    )
    return MigrationService(
        store=MongoSchemaStore(database=database),
        processes=MongoProcessRegistry(database=database),
        migrations=[*migrations(database), second],
        holder=holder,
        build=BUILD,
    )


async def run(migrations: MigrationService, to: int = BUILD) -> list[PassProgress]:
    seen: list[PassProgress] = []
    await migrations.run(to, lambda _: None, seen.append)
    return seen


async def state(database: MongoDatabase) -> SchemaState:
    return await MongoSchemaStore(database=database).state()


def process(build: int) -> LiveProcess:
    return LiveProcess(id=new_id(), build=build, command="serve", host=socket.gethostname(), pid=1)


async def test_a_new_database_has_the_version_of_its_build(database: MongoDatabase) -> None:
    states = await asyncio.gather(*(state(database) for _ in range(5)))
    assert {each.version for each in states} == {1}


async def test_a_database_with_data_and_without_a_version_has_0(
    database: MongoDatabase, things: AsyncDatabase[Json]
) -> None:
    await things["schema"].delete_many({})
    assert (await state(database)).version == 0
    assert await things["schema"].count_documents({}) == 0


async def test_a_plan_changes_nothing(database: MongoDatabase, things: AsyncDatabase[Json]) -> None:
    plan = await service(database).plan(BUILD)
    assert [(each.name, each.remaining) for each in plan.passes] == [("things in cents", DOCUMENTS)]
    assert plan.state == SchemaState(version=1)
    assert await things["things"].count_documents({"cents": {"$exists": True}}) == 0
    assert await things["schema"].find_one() == {"_id": "schema", "version": 1}


async def test_there_and_back(database: MongoDatabase, things: AsyncDatabase[Json]) -> None:
    before = await things["things"].find(sort=[("_id", 1)]).to_list()
    await run(service(database))
    assert await things["schema"].find_one() == {"_id": "schema", "version": 2}
    assert await things["things"].count_documents({"$expr": {"$eq": ["$cents", {"$multiply": ["$price", 100]}]}}) == (
        DOCUMENTS
    )
    assert await run(service(database)) == []  # there is nothing to do
    await run(service(database), to=1)
    assert await things["things"].find(sort=[("_id", 1)]).to_list() == before
    assert await things["schema"].find_one() == {"_id": "schema", "version": 1}


async def test_one_that_was_killed_is_continued_at_its_place(
    database: MongoDatabase, things: AsyncDatabase[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_schema, "_LEASE", timedelta(seconds=2))
    first = asyncio.create_task(run(service(database)))
    await _are_changed(things, DOCUMENTS // 4)
    await _kill(first, database)
    changed = await things["things"].count_documents({"cents": {"$exists": True}})
    assert changed < DOCUMENTS
    interrupted = await state(database)
    assert interrupted == SchemaState(version=1, target=2, is_begun=True)
    with pytest.raises(OtherVersion):  # an older build must not start now
        check(interrupted, 1)
    seen = await run(service(database))  # it waits for the end of the lease first
    assert sum(1 for _ in seen) <= (DOCUMENTS - changed) / 100 + 1
    assert await things["things"].count_documents({"cents": None}) == 0
    assert await state(database) == SchemaState(version=2)


async def test_one_that_was_killed_can_be_undone(
    database: MongoDatabase, things: AsyncDatabase[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_schema, "_LEASE", timedelta(seconds=2))
    first = asyncio.create_task(run(service(database)))
    await _are_changed(things, DOCUMENTS // 4)
    await _kill(first, database)
    await run(service(database), to=1)
    assert await things["things"].count_documents({"cents": {"$exists": True}}) == 0
    assert await things["schema"].find_one() == {"_id": "schema", "version": 1}
    check(await state(database), 1)


async def _are_changed(things: AsyncDatabase[Json], count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await things["things"].count_documents({"cents": {"$exists": True}}) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def _kill(task: asyncio.Task[Any], database: MongoDatabase) -> None:
    """End it without its clean-up, which a killed process does not reach: the lease stays."""
    document = await database.collection("schema").find_one({})
    assert document is not None
    task.cancel()
    await asyncio.wait([task])
    kept = {name: document[name] for name in ("lease", "places", "to", "target", "begun")}
    kept["lease"]["token"] = "killed"  # a renewal that was on its way to the server must not come after the kill
    await database.collection("schema").update_one({"_id": "schema"}, {"$set": kept})


async def test_one_runs_at_a_time(
    database: MongoDatabase, things: AsyncDatabase[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asyncio.create_task(run(service(database)))
    await _are_changed(things, 100)
    with pytest.raises(MigrationRefused, match="first is migrating"):
        await run(service(database, "second"))
    await first
    assert await state(database) == SchemaState(version=2)


async def test_a_process_of_an_older_build_that_runs_is_named(
    database: MongoDatabase, things: AsyncDatabase[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, older = MongoProcessRegistry(database=database), process(build=1)
    await registry.tell(older)
    await registry.tell(process(build=2))

    async def keep_telling() -> None:
        while True:
            await asyncio.sleep(0.2)
            await registry.tell(older)

    alive = asyncio.create_task(keep_telling())
    plan = await service(database).plan(BUILD)
    assert [each.id for each in plan.in_the_way] == [older.id]
    with pytest.raises(MigrationRefused, match=r"`baton serve` on .* schema version 1"):
        await run(service(database))
    alive.cancel()
    assert await things["schema"].find_one() == {"_id": "schema", "version": 1}
    assert await things["things"].count_documents({"cents": {"$exists": True}}) == 0


async def test_a_process_of_an_older_build_that_was_killed_is_waited_for(
    database: MongoDatabase, things: AsyncDatabase[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, older = MongoProcessRegistry(database=database), process(build=1)
    await registry.tell(older)
    waits: list[str] = []
    migrating = asyncio.create_task(service(database).run(BUILD, waits.append, lambda _: None))
    await until(lambda: waits)
    ago = [{"$set": {"seen_at": {"$subtract": ["$$NOW", 31_000]}}}]
    await things["processes"].update_one({"_id": older.id}, ago)
    assert await migrating
    assert await state(database) == SchemaState(version=2)


async def test_documents_that_change_meanwhile_are_right(
    database: MongoDatabase, things: AsyncDatabase[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices change while they are converted: the change is computed anew, and what was sold is not lost."""
    monkeypatch.setattr(running, "_LONGEST_REST", 0.0)
    ids = [each["_id"] for each in await things["things"].find({}, {"_id": 1}, sort=[("_id", 1)]).to_list()]
    over, sold = asyncio.Event(), 0

    async def trade() -> None:
        """A server of version 2, which works on either layout."""
        nonlocal sold
        while not over.is_set():
            for thing in ids[sold % 500 :: 500]:
                price = [{"$set": {"price": {"$add": ["$price", 1]}, "sold": {"$add": ["$sold", 1]}}}]
                both = {"$cond": [{"$gt": ["$cents", None]}, {"$multiply": ["$price", 100]}, "$$REMOVE"]}
                await things["things"].update_one({"_id": thing}, [*price, {"$set": {"cents": both}}])
                sold += 1

    trading = asyncio.create_task(trade())
    await run(service(database))
    over.set()
    await trading
    assert sold > 0
    rows = await things["things"].find().to_list()
    assert sum(row["sold"] for row in rows) == sold
    assert [row for row in rows if row["cents"] != 100 * row["price"]] == []


async def test_the_first_version_gives_every_conversation_a_row(shop: Shop, database: MongoDatabase) -> None:
    for visitor in ("a", "b", "c"):
        await shop.start(visitor)
    rows = await shop.database["conversation_terms"].find(sort=[("_id", 1)]).to_list()
    await shop.database["conversation_terms"].delete_many({"_id": {"$in": [rows[0]["_id"], rows[2]["_id"]]}})
    await shop.database["schema"].delete_many({})
    first = MigrationService(
        store=MongoSchemaStore(database=database),
        processes=MongoProcessRegistry(database=database),
        migrations=migrations(database),
        holder="first",
        build=1,
    )
    assert [each.remaining for each in (await first.plan(1)).passes] == [2]
    await run(first, to=1)
    assert [row["_id"] for row in await shop.database["conversation_terms"].find(sort=[("_id", 1)]).to_list()] == [
        row["_id"] for row in rows
    ]
    assert await state(database) == SchemaState(version=1)
    await run(first, to=0)
    assert await state(database) == SchemaState(version=0)

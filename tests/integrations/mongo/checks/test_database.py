"""The doctor reports no problem of a correct database, also during traffic, and reports each broken invariant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.doctor import Check, Severity
from domain.values.clock import Clock, SystemClock
from domain.values.ids import ConversationId
from integrations.mongo.checks.database import MongoDoctor
from integrations.mongo.client import Driver, MongoDatabase, connect
from tests.harness.clock import ManualClock
from tests.integrations.mongo.shop import Shop

Told = tuple[Severity, Check, str, str]
ERROR, WARNING = Severity.ERROR, Severity.WARNING


@pytest.fixture
async def database(mongo_uri: str, database_name: str, shop: Shop, driver: Driver) -> AsyncIterator[MongoDatabase]:
    database = connect(mongo_uri, database=database_name, driver=driver)
    yield database
    await database.close()


async def examined(database: MongoDatabase, clock: Clock | None = None) -> list[Told]:
    doctor = MongoDoctor(database=database, clock=clock or SystemClock())
    found = [finding async for finding in doctor.examine(lambda _: None)]
    assert all(finding.advice for finding in found)
    return [(finding.severity, finding.check, finding.where, finding.problem) for finding in found]


@pytest.fixture
async def conversation(shop: Shop) -> ConversationId:
    conversation = await shop.start("Ann")
    for text in ("one", "two", "three"):
        await shop.send(conversation, text)
    return conversation


@pytest.fixture
def account(shop: Shop) -> str:
    return f"account Shop ({shop.account_id})"


async def change(shop: Shop, conversation: str, update: dict[str, Any]) -> None:
    await shop.database["conversations"].update_one({"_id": conversation}, update)


async def test_nothing_is_found_where_all_is_well(
    database: MongoDatabase, shop: Shop, conversation: ConversationId
) -> None:
    await shop.close(conversation)
    await shop.start("Ben")
    told: list[str] = []
    doctor = MongoDoctor(database=database, clock=SystemClock())
    assert [finding async for finding in doctor.examine(told.append)] == []
    assert told[0] == "MongoDB"
    assert told[-2:] == [
        f"account Shop ({shop.account_id}): 2 conversations",
        f"account Shop ({shop.account_id}): profiles and timers",
    ]


async def test_traffic_makes_no_findings(database: MongoDatabase, shop: Shop) -> None:
    over = asyncio.Event()

    async def talk(name: str) -> None:
        while not over.is_set():
            conversation = await shop.start(name)
            await shop.send(conversation)
            await shop.close(conversation)

    async with asyncio.TaskGroup() as tasks:
        for number in range(5):
            tasks.create_task(talk(f"visitor {number}"))
        found = [await examined(database) for _ in range(5)]
        over.set()
    assert found == [[]] * 5


async def test_holes_in_the_log(
    database: MongoDatabase, shop: Shop, conversation: ConversationId, account: str
) -> None:
    await shop.database["events"].delete_many({"seq": {"$in": [2, 3, 6]}})
    assert await examined(database) == [
        (ERROR, Check.LOG, account, "events 2 to 3 are missing"),
        (ERROR, Check.LOG, account, "event 6 is missing"),
    ]
    await shop.database["account_state"].update_one({"epoch": {"$exists": True}}, {"$set": {"floor": 3}})
    assert await examined(database) == [(ERROR, Check.LOG, account, "event 6 is missing")]


async def test_a_log_that_goes_beyond_its_head(
    database: MongoDatabase, shop: Shop, conversation: ConversationId, account: str
) -> None:
    await shop.database["account_state"].update_one({"epoch": {"$exists": True}}, {"$inc": {"seq": -1}})
    assert await examined(database) == [
        (ERROR, Check.LOG, account, "event 6 lies beyond the head, 5"),
        (
            ERROR,
            Check.POSITION,
            f"{account}, conversation {conversation}",
            "its last event is 6, but the log ends at 5",
        ),
    ]


async def test_messages_that_are_missing_or_not_counted(
    database: MongoDatabase, shop: Shop, conversation: ConversationId, account: str
) -> None:
    where = f"{account}, conversation {conversation}"
    messages = shop.database["messages"]
    await messages.delete_one({"sequence": 2})
    await change(shop, conversation, {"$inc": {"message_count": -1}})
    missing = (ERROR, Check.NUMBERING, where, "messages are missing: 3 are stored, and the last has number 4")
    assert await examined(database) == [missing]
    await messages.delete_one({"sequence": 4})
    assert await examined(database) == [
        (ERROR, Check.NUMBERING, where, "messages are missing: 2 are stored, and the last has number 3"),
        (ERROR, Check.NUMBERING, where, "its last message has number 3, but its `sequence` is 4"),
        (ERROR, Check.NUMBERING, where, "its `message_count` is 3, but 2 messages are stored"),
    ]
    await messages.delete_many({})
    assert [problem for *_, problem in await examined(database)] == [
        "its last message has number 0, but its `sequence` is 4",
        "its `message_count` is 3, but 0 messages are stored",
    ]


async def test_a_number_that_is_given_twice_and_the_index_that_should_forbid_it(
    database: MongoDatabase, shop: Shop, conversation: ConversationId, account: str
) -> None:
    messages = shop.database["messages"]
    await messages.drop_index("account_1_conversation_id_1_sequence_1")
    await messages.update_one({"sequence": 3}, {"$set": {"sequence": 2}})
    where = f"{account}, conversation {conversation}"
    assert await examined(database) == [
        (ERROR, Check.INDEXES, "collection messages", "index account_1_conversation_id_1_sequence_1 does not exist"),
        (ERROR, Check.NUMBERING, where, "several messages have the same number"),
        (ERROR, Check.NUMBERING, where, "messages are missing: 3 are stored, and the last has number 4"),
    ]


async def test_an_index_that_is_not_unique(database: MongoDatabase, shop: Shop) -> None:
    credentials = shop.database["credentials"]
    await credentials.drop_index("token_hash_1")
    await credentials.create_index("token_hash")
    found = await examined(database)
    await credentials.drop()  # the next test would find this index
    assert found == [(ERROR, Check.INDEXES, "collection credentials", "index token_hash_1 is not unique")]


async def test_an_open_conversation_without_its_timer(
    database: MongoDatabase, shop: Shop, conversation: ConversationId, account: str
) -> None:
    await shop.database["timers"].delete_many({})
    told = (
        ERROR,
        Check.TIMER,
        f"{account}, conversation {conversation}",
        "it is open, but has no timer that closes it",
    )
    assert await examined(database) == [told]
    await change(shop, conversation, {"$set": {"status": "NOT_RESOLVED_BY_AI"}})
    assert await examined(database) == []


@pytest.mark.parametrize(
    ("update", "problem"),
    [
        ({"$set": {"closed_at": datetime(2026, 1, 1, tzinfo=UTC)}, "$unset": {"open_keys": 1}}, "its status is OPEN"),
        ({"$set": {"status": "CLOSED"}}, "its status is CLOSED, but it was never closed"),
        (
            {"$set": {"status": "CLOSED", "closed_at": datetime(2026, 1, 1, tzinfo=UTC)}},
            "it is closed, but its `open_keys` prevent a new one of its shopper",
        ),
    ],
)
async def test_a_status_that_cannot_be(
    database: MongoDatabase,
    shop: Shop,
    conversation: ConversationId,
    account: str,
    update: dict[str, Any],
    problem: str,
) -> None:
    await change(shop, conversation, update)
    found = await examined(database)
    assert [told[:3] for told in found] == [(ERROR, Check.STATUS, f"{account}, conversation {conversation}")]
    assert problem in found[0][3]


async def test_an_identity_of_two_profiles_and_a_profile_that_is_gone(
    database: MongoDatabase, shop: Shop, conversation: ConversationId, account: str
) -> None:
    profiles = shop.database["profiles"]
    [profile] = await profiles.find().to_list()
    await profiles.drop_index("account_1_keys_1")
    await profiles.insert_one({**profile, "_id": "twin"})
    await change(shop, conversation, {"$set": {"profile_id": "nobody"}})
    assert await examined(database) == [
        (ERROR, Check.INDEXES, "collection profiles", "index account_1_keys_1 does not exist"),
        (ERROR, Check.PROFILE, f"{account}, conversation {conversation}", "its profile nobody does not exist"),
        (ERROR, Check.PROFILE, account, f"several profiles have the same identity: {profile['_id']}, twin"),
    ]


async def test_timers_that_nobody_sees_to_and_clocks_that_differ(
    database: MongoDatabase, shop: Shop, conversation: ConversationId, account: str
) -> None:
    ahead = ManualClock(datetime.now(UTC) + timedelta(days=3))
    [timer] = await shop.database["timers"].find().to_list()
    found = await examined(database, ahead)
    assert [told[:3] for told in found] == [
        (WARNING, Check.CLOCK, "the clocks of this machine and MongoDB's"),
        (WARNING, Check.WORKER, account),
    ]
    assert found[0][3].startswith("they differ by 2")
    assert found[1][3] == f"1 overdue, the oldest since {timer['due_at']:%Y-%m-%d %H:%M} UTC"

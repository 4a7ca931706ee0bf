"""The doctor finds every entry of the audit log that was changed, removed or added behind Baton's back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from domain.doctor import Check
from integrations.mongo.checks.audit_log import AuditLogExamination
from integrations.mongo.client import Driver, MongoDatabase, connect
from integrations.mongo.storage.storage import MongoStorage
from tests.integrations.mongo.shop import Shop
from tests.integrations.mongo.storage.test_audit_chain import write


@pytest.fixture
async def database(mongo_uri: str, database_name: str, shop: Shop, driver: Driver) -> AsyncIterator[MongoDatabase]:
    database = connect(mongo_uri, database=database_name, driver=driver)
    yield database
    await database.close()


async def examined(database: MongoDatabase, shop: Shop) -> list[str]:
    examination = AuditLogExamination(database=database, account_id=shop.account_id, where="here")
    found = await examination.examine()
    assert all(finding.check is Check.AUDIT and finding.advice for finding in found)
    return [finding.problem for finding in found]


async def fill(storage: MongoStorage, shop: Shop, upto: int = 6) -> None:
    """Write entries until the log has this many."""
    for n in range(await shop.database["audit_entries"].count_documents({"account": shop.account_id}), upto):
        await write(storage, shop.account_id, f"{n}")


async def forge(shop: Shop) -> None:
    await shop.database["audit_entries"].update_one({"number": 3}, {"$set": {"actor.name": "somebody else"}})


async def add_a_field(shop: Shop) -> None:
    await shop.database["audit_entries"].update_one({"number": 3}, {"$set": {"changes": []}})


async def remove(shop: Shop) -> None:
    await shop.database["audit_entries"].delete_many({"number": {"$in": [3, 4]}})


async def remove_the_last(shop: Shop) -> None:
    await shop.database["audit_entries"].delete_one({"number": 6})


async def forge_with_its_hash(shop: Shop) -> None:
    await shop.database["audit_entries"].update_one({"number": 3}, {"$set": {"action": "ERASED", "hash": "0" * 64}})


async def forge_the_last_hash(shop: Shop) -> None:
    await shop.database["account_state"].update_one({"_id": shop.account_id}, {"$set": {"audit.hash": "0" * 64}})


async def add(shop: Shop) -> None:
    entry = await shop.database["audit_entries"].find_one({"number": 6})
    assert entry is not None
    await shop.database["audit_entries"].insert_one({**entry, "_id": "forged", "number": 7})


async def forget_the_head(shop: Shop) -> None:
    await shop.database["account_state"].update_one({"_id": shop.account_id}, {"$unset": {"audit": ""}})


_CHANGED = "entry {}, or the hash of the one before it, was changed"
Change = Callable[[Shop], Awaitable[None]]


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (forge, [_CHANGED.format(3)]),
        (add_a_field, [_CHANGED.format(3)]),
        (remove, ["entries 3 to 4 are missing"]),
        (remove_the_last, ["entry 6 is missing"]),
        (forge_with_its_hash, [_CHANGED.format(3), _CHANGED.format(4)]),
        (forge_the_last_hash, ["the hash of entry 6 is not that of the head"]),
        (add, ["entry 7 lies beyond the head, 6"]),
        (forget_the_head, ["entry 6 lies beyond the head, 0"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_was_changed_is_found(
    database: MongoDatabase, shop: Shop, storage: MongoStorage, change: Change, problems: list[str]
) -> None:
    await fill(storage, shop)
    assert await examined(database, shop) == []
    await change(shop)
    assert await examined(database, shop) == problems


async def test_nothing_is_found_during_traffic(
    database: MongoDatabase, shop: Shop, storages: tuple[MongoStorage, MongoStorage]
) -> None:
    async def traffic(storage: MongoStorage) -> None:
        for n in range(20):
            await write(storage, shop.account_id, f"{n}", emits=n % 2 == 0)

    running = [asyncio.create_task(traffic(storage)) for storage in storages]
    while not all(task.done() for task in running):
        assert await examined(database, shop) == []
        await asyncio.sleep(0)
    await asyncio.gather(*running)
    assert await examined(database, shop) == []


async def test_an_account_without_entries(database: MongoDatabase, shop: Shop) -> None:
    await shop.database["audit_entries"].delete_many({})
    await forget_the_head(shop)
    assert await examined(database, shop) == []


async def test_the_number_of_findings_is_bounded(database: MongoDatabase, shop: Shop, storage: MongoStorage) -> None:
    await fill(storage, shop, 60)
    every: dict[str, Any] = {"number": {"$mod": [2, 0]}}
    await shop.database["audit_entries"].delete_many(every)
    assert len(await examined(database, shop)) == 20

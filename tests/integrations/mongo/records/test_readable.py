"""Rows that cannot be read keep nothing back that can."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.model.outbox import Destination, Outgoing, OutgoingState, queue_name
from domain.model.profile import Profile
from domain.outbox.ports import Timeouts
from domain.storage import Timer
from domain.values.ids import new_id
from domain.values.paging import Slice
from integrations.mongo.client import MongoDatabase, connect
from integrations.mongo.collections import entity_document
from integrations.mongo.delivery.outbox_queues import MongoOutboxQueues
from integrations.mongo.storage.pages import PageReader
from integrations.mongo.storage.storage import MongoStorage
from tests.integrations.mongo.shop import Shop
from tests.integrations.mongo.test_stored import made

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
async def database(mongo_uri: str, database_name: str, shop: Shop) -> AsyncIterator[MongoDatabase]:
    opened = connect(mongo_uri, database=database_name)
    yield opened
    await opened.close()


async def insert(shop: Shop, collection: str, sound: dict[str, Any], damaged: dict[str, Any], count: int) -> None:
    """Insert a document, and many that are like it but for some fields."""
    await shop.database[collection].delete_many({})
    copies = [sound | damaged | {"_id": f"0{new_id()}"} for _ in range(count)]
    await shop.database[collection].insert_many([*copies, sound])


async def test_timers(shop: Shop, storage: MongoStorage) -> None:
    sound = entity_document(shop.account_id, made(Timer, full=True)) | {"_id": "sound", "due_at": NOW}
    await insert(shop, "timers", sound, {"due_at": LONG_AGO, "subject": 7}, 300)
    found = await storage.due_timers(NOW + timedelta(minutes=1), 100)
    assert [timer.id for _, timer in found] == ["sound"]


async def test_pages(shop: Shop, database: MongoDatabase) -> None:
    sound = entity_document(shop.account_id, made(Profile, full=False)) | {"_id": "1sound"}
    await insert(shop, "profiles", sound, {"created_at": "then"}, 25)
    pages = PageReader(database=database, account_id=shop.account_id)
    page = await pages.page(Profile, {}, ("_id",), False, Slice(limit=10))
    assert ([profile.id for profile in page.items], page.has_next) == (["1sound"], False)


async def test_rows_of_the_outbox(shop: Shop, database: MongoDatabase) -> None:
    queue = queue_name(shop.account_id, Destination.ZENDESK)
    row = entity_document(shop.account_id, made(Outgoing, full=False))
    sound = row | {"_id": "sound", "queue": queue, "due_at": NOW, "state": OutgoingState.PENDING.value}
    await insert(shop, "outgoing", sound, {"due_at": LONG_AGO, "attempts": "many"}, 5)
    await shop.database["outgoing"].insert_one(sound | {"_id": "newer", "queue": f"{shop.account_id}:NEWER"})
    queues = MongoOutboxQueues(database=database)
    assert await queues.waiting(NOW) == [queue]  # another build delivers to what only it knows
    claimed = await queues.claim(queue, "token", Timeouts(), NOW)
    assert claimed is not None
    assert claimed.id == "sound"
    assert await queues.claim(queue, "token", Timeouts(), NOW) is None

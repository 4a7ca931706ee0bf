"""Two storages on one database, as in two processes, and an account with conversations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from domain.reactions import REACTIONS
from domain.values.clock import SystemClock
from domain.values.ids import AccountId
from integrations.mongo.client import Driver, connect
from integrations.mongo.indexes import create_indexes
from integrations.mongo.storage.storage import MongoStorage
from tests.integrations.mongo.shop import Shop, open_shop


@pytest.fixture(params=list(Driver))
def driver(request: pytest.FixtureRequest) -> Driver:
    return Driver(request.param)


@pytest.fixture
async def storages(
    mongo_uri: str, database_name: str, mongo_client: AsyncMongoClient[dict[str, Any]], driver: Driver
) -> AsyncIterator[tuple[MongoStorage, MongoStorage]]:
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(2):
            database = connect(mongo_uri, database=database_name, driver=driver)
            stack.push_async_callback(database.close)
            await create_indexes(database)
            storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS)
            stack.push_async_callback(storage.close)
            made.append(storage)
        yield made[0], made[1]


@pytest.fixture
def storage(storages: tuple[MongoStorage, MongoStorage]) -> MongoStorage:
    return storages[0]


@pytest.fixture
async def shop(storage: MongoStorage, mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str) -> Shop:
    return await open_shop(storage, mongo_client[database_name])


@pytest.fixture
async def other(shop: Shop, storages: tuple[MongoStorage, MongoStorage]) -> Shop:
    """The same account in another process."""
    return shop.through(storages[1])


@pytest.fixture
def account_id(shop: Shop) -> AccountId:
    return shop.account_id

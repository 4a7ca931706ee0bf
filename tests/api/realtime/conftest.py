"""A hub on a real log, with a change stream that can be made unreliable."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from api.realtime.hub import Hub
from integrations.mongo.client import MongoDatabase, connect, connect_for_stream
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.event_log.log import MongoEventLog
from tests.api.realtime.streaming import SETTINGS, UnreliableTail, running
from tests.harness.log_events import create_log_indexes


@pytest.fixture
async def database(mongo_uri: str, database_name: str, mongo_client: object) -> AsyncIterator[MongoDatabase]:
    database = connect(mongo_uri, database=database_name)
    await create_log_indexes(database)
    yield database
    await database.close()


@pytest.fixture
async def stream_database(mongo_uri: str, database_name: str) -> AsyncIterator[MongoDatabase]:
    database = connect_for_stream(mongo_uri, database=database_name)
    yield database
    await database.close()


@pytest.fixture
def log(database: MongoDatabase) -> MongoEventLog:
    return MongoEventLog(database=database)


@pytest.fixture
def tail(stream_database: MongoDatabase) -> UnreliableTail:
    return UnreliableTail(MongoChangeStream(database=stream_database))


@pytest.fixture
async def hub(log: MongoEventLog, tail: UnreliableTail) -> AsyncIterator[Hub]:
    async with running(log, tail, SETTINGS) as hub:
        yield hub

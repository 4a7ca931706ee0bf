"""What tests share: a real MongoDB, and a fresh database for each test that asks for one.

`BATON_TEST_MONGODB_URI` names a replica set that runs already; without it each test process starts one of its own.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Iterator
from typing import Any

import hypothesis
import pytest
from pymongo import AsyncMongoClient

from integrations.mongo.server.embedded import EmbeddedMongo

# Correctness is what examples look for; how long one takes on a busy machine is not.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")

# A shell has what it runs in the background ignore Ctrl-C, `nohup` the end of the terminal, and children inherit that.
# Ours are to be told: a signal with a handler is theirs again.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if uri := os.environ.get("BATON_TEST_MONGODB_URI"):
        yield uri
        return
    mongo = EmbeddedMongo(data=tmp_path_factory.mktemp("baton"))
    mongo.spawn()
    yield asyncio.run(mongo.ready())
    asyncio.run(mongo.stop())


@pytest.fixture
def database_name() -> str:
    return f"test_{secrets.token_hex(8)}"


@pytest.fixture
async def mongo_client(mongo_uri: str, database_name: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    """The plain driver, to look past our own code; it drops the test's database at the end."""
    async with AsyncMongoClient[dict[str, Any]](mongo_uri, tz_aware=True) as client:
        yield client
        await client.drop_database(database_name)

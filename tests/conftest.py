"""Fixtures shared by all tests: a real MongoDB, and a new database for each test that uses one.

`BATON_TEST_MONGODB_URI` is the URI of a running replica set. Otherwise, each test process starts its own.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from pymongo import AsyncMongoClient

from integrations.mongo.server.embedded import EmbeddedMongo

# No deadline for examples: they check correctness, and the machine may be busy.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")

_QUICK = Path(__file__).parent / "domain"

# Shells ignore SIGINT in background jobs, `nohup` ignores SIGHUP, and children inherit that. Tests send these signals
# to child processes, so restore the default behaviour with handlers.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave those of the domain to the end: they take milliseconds, and so all processes end at about the same time."""
    items.sort(key=lambda item: _QUICK in item.path.parents)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays until the end: the schema, and the modules of all tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if uri := os.environ.get("BATON_TEST_MONGODB_URI"):
        yield uri
        return
    mongo = EmbeddedMongo(data=tmp_path_factory.mktemp("baton"))
    mongo.spawn()
    uri = asyncio.run(mongo.ready())
    asyncio.run(_forget_dropped_databases(uri))
    yield uri
    asyncio.run(mongo.stop())


async def _forget_dropped_databases(uri: str) -> None:
    """mongod keeps the files of a dropped database open for as long as snapshots may be read, by default 5 minutes, and
    ends when it has as many open files as it may. No test reads a snapshot that is older than its own steps."""
    async with AsyncMongoClient[dict[str, Any]](uri) as client:
        await client.admin.command({"setParameter": 1, "minSnapshotHistoryWindowInSeconds": 30})


@pytest.fixture
def database_name() -> str:
    return f"test_{secrets.token_hex(8)}"


@pytest.fixture
async def mongo_client(mongo_uri: str, database_name: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    """The plain driver, which bypasses the product's code. It drops the test's database at the end."""
    async with AsyncMongoClient[dict[str, Any]](mongo_uri, tz_aware=True) as client:
        yield client
        await client.drop_database(database_name)

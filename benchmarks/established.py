"""A server with a shop that has a history: `BATON_BENCH_CONVERSATIONS` conversations, 100,000 where it is not set."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.history import generate
from benchmarks.server import Running, server
from domain.account.service import AccountService
from domain.reactions import REACTIONS
from domain.values.clock import SystemClock
from domain.values.ids import AccountId
from integrations.mongo.client import connect
from integrations.mongo.server.embedded import EmbeddedMongo
from integrations.mongo.storage.storage import MongoStorage

DATABASE = "baton"  # as `baton serve` has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Established:
    running: Running
    uri: str  # of its MongoDB
    key: str  # of the owner
    account_id: AccountId
    conversations: int
    made_in: float  # seconds


def conversations() -> int:
    return int(os.environ.get("BATON_BENCH_CONVERSATIONS", "100_000"))


@contextmanager
def established(count: int, *, demo: bool = False) -> Iterator[Established]:
    """Start it. With `demo`, the shop is the demo account, which has pages."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        mongo = EmbeddedMongo(data=data)
        mongo.spawn()
        try:
            uri = asyncio.run(mongo.ready())
            began = time.perf_counter()
            account_id, key = asyncio.run(_made(uri, count, demo=demo))
            made_in = time.perf_counter() - began
            with server(data, BATON_MONGODB_URI=uri) as running:
                yield Established(
                    running=running, uri=uri, key=key, account_id=account_id, conversations=count, made_in=made_in
                )
        finally:
            asyncio.run(mongo.stop())


async def _made(uri: str, count: int, *, demo: bool) -> tuple[AccountId, str]:
    account_id = await generate(uri, DATABASE, count, quiet=False, demo=demo)
    return account_id, await owner_key(uri, account_id)


async def owner_key(uri: str, account_id: AccountId) -> str:
    database = connect(uri, database=DATABASE)
    storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS)
    [owner] = await storage.read(account_id).staff()
    key = await AccountService(storage=storage, clock=SystemClock()).create_staff_key(account_id, owner.id)
    await storage.close()
    await database.close()
    return key.token

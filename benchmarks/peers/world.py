"""The data of the side-by-side measurements: one MongoDB, a shop with a history, and the peers' copy of it.

Baton's documents are in the database `baton`. The peers have theirs in `peers`: copies of the conversations, messages
and profiles under the same global IDs, so that all servers return the same JSON and no peer writes into Baton's data.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pymongo import ASCENDING, DESCENDING, AsyncMongoClient

from api.settings import variable_of
from benchmarks.history import ZONE, generate
from benchmarks.load.processes import LOAD_CORE, on_core
from benchmarks.peers.servers.store import Config
from benchmarks.server import UNLIMITED
from domain.account.service import AccountService, new_staff_member
from domain.model.conversation import Conversation
from domain.model.profile import Profile
from domain.principal import Scope, StaffRole
from domain.reactions import REACTIONS
from domain.values.clock import SystemClock
from domain.values.ids import AccountId
from integrations.mongo.client import connect
from integrations.mongo.collections import entity_of
from integrations.mongo.server.embedded import EmbeddedMongo
from integrations.mongo.storage.storage import MongoStorage
from resolvers.relay.global_ids import to_global_id

DATABASE = "baton"
PEERS = "peers"
_LONG_EVERY = 5
_SECRET = "benchmarks: 32 characters, or more"
_BATCH = 2_000
_Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """An account and its credentials."""

    account_id: AccountId
    owner: str
    agent: str
    widget: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    uri: str
    folder: Path
    shop: Keys  # with the history
    conversations: int

    def environment(self) -> dict[str, str]:
        """Return the settings of a `baton serve`: its defaults, with limits that count and never refuse."""
        unlimited = {variable_of(name): str(limit) for name, limit in UNLIMITED.items()}
        return {
            **unlimited,
            "BATON_DATA": str(self.folder),
            "BATON_MONGODB_URI": self.uri,
            "BATON_MONGODB_DATABASE": DATABASE,
            "BATON_SECRET": _SECRET,
        }

    def config(self, name: str) -> Path:
        """Write the file that a peer reads. Returns its path."""
        config = Config(uri=self.uri, database=PEERS, account=self.shop.account_id, feed=f"feed_{name}", time_zone=ZONE)
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(asdict(config)))
        return path


@contextmanager
def world(folder: Path, *, conversations: int) -> Iterator[World]:
    """Start MongoDB on the core of the load, and fill it."""
    mongo = EmbeddedMongo(data=folder)
    with on_core(LOAD_CORE):
        mongo.spawn()
    try:
        uri = asyncio.run(mongo.ready())
        yield asyncio.run(_filled(uri, folder, conversations))
    finally:
        asyncio.run(mongo.stop())


async def _filled(uri: str, folder: Path, conversations: int) -> World:
    account_id = await generate(uri, DATABASE, conversations, long_every=_LONG_EVERY)
    async with _accounts(uri) as (accounts, storage):
        [owner] = await storage.read(account_id).staff()
        shop = await _keys(accounts, account_id, owner.id)
    async with AsyncMongoClient[_Document](uri) as client:
        await _copy(client, account_id)
    return World(uri=uri, folder=folder, shop=shop, conversations=conversations)


async def open_shops(uri: str, count: int) -> list[Keys]:
    """Create accounts with nothing but their credentials."""
    shops = []
    async with _accounts(uri) as (accounts, storage):
        for number in range(count):
            staff = [new_staff_member("Ada", f"ada{number}@example.com", StaffRole.OWNER)]
            account = await accounts.create(f"Shop {number}", staff=staff)
            [owner] = await storage.read(account.id).staff()
            shops.append(await _keys(accounts, account.id, owner.id))
    return shops


@asynccontextmanager
async def _accounts(uri: str) -> AsyncIterator[tuple[AccountService, MongoStorage]]:
    database = connect(uri, database=DATABASE)
    storage = MongoStorage(database=database, clock=SystemClock(), reactions=REACTIONS)
    yield AccountService(storage=storage, clock=SystemClock()), storage
    await storage.close()
    await database.close()


async def _keys(accounts: AccountService, account_id: AccountId, owner_id: str) -> Keys:
    owner = await accounts.create_staff_key(account_id, owner_id)  # type: ignore[arg-type]
    agent = await accounts.create_scoped_key(account_id, [Scope.AGENT])
    widget = await accounts.create_publishable_key(account_id)
    return Keys(account_id=account_id, owner=owner.token, agent=agent.token, widget=widget.token)


async def _copy(client: AsyncMongoClient[_Document], account_id: AccountId) -> None:
    """Copy what the peers read, with the global ids that Baton returns."""
    ours, theirs = client[DATABASE], client[PEERS]
    for name, changed in (("conversations", _conversation), ("messages", _message), ("profiles", _profile)):
        batch: list[_Document] = []
        async for row in ours[name].find({"account": account_id}):
            batch.append(changed(row))
            if len(batch) == _BATCH:
                await theirs[name].insert_many(batch, ordered=False)
                batch = []
        if batch:
            await theirs[name].insert_many(batch, ordered=False)
    by_start = [("account", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING)]
    await theirs["conversations"].create_index(by_start)
    by_status = [("account", ASCENDING), ("started_at", DESCENDING), ("status", ASCENDING)]
    await theirs["conversations"].create_index(by_status)  # it covers the report
    in_order = [("account", ASCENDING), ("conversation_id", ASCENDING), ("sequence", ASCENDING)]
    await theirs["messages"].create_index(in_order, unique=True)
    for name in ("events", "rows"):
        await theirs.create_collection(name)


def _conversation(row: _Document) -> _Document:
    conversation = entity_of(Conversation, row)
    copy = {
        **row,
        "_id": to_global_id("Conversation", row["_id"]),
        "profile_id": to_global_id("Profile", row["profile_id"]),
        "display_name": conversation.display_name,
        "identity_verified": conversation.visitor.is_proved,
    }
    if "handoffs" in row:
        copy["handoffs"] = [{**each, "id": to_global_id("Handoff", each["id"])} for each in row["handoffs"]]
    return copy


def _message(row: _Document) -> _Document:
    return {
        **row,
        "_id": to_global_id("Message", row["_id"]),
        "conversation_id": to_global_id("Conversation", row["conversation_id"]),
    }


def _profile(row: _Document) -> _Document:
    return {**row, "_id": to_global_id("Profile", row["_id"]), "display_name": entity_of(Profile, row).display_name}


def conversations() -> int:
    return int(os.environ.get("BATON_BENCH_PEERS_CONVERSATIONS", "20_000"))

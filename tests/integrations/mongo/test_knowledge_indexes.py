"""The indexes of knowledge in two processes: they follow the log, and read the database when the log is late."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from domain.account.service import AccountService, new_staff_member
from domain.knowledge.commands import CreateArticle, ProductDraft, UpdateArticle
from domain.knowledge.ranking import find_passages
from domain.knowledge.service import KnowledgeService
from domain.model.agent.knowledge import ArticleKind
from domain.principal import Principal, StaffRole
from domain.reactions import REACTIONS
from domain.values.clock import SystemClock
from domain.values.ids import AccountId
from integrations.mongo import knowledge_indexes
from integrations.mongo.client import connect, connect_for_stream
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.indexes import create_indexes
from integrations.mongo.knowledge_indexes import MongoKnowledgeIndexes
from integrations.mongo.storage.storage import MongoStorage
from integrations.ranking.tantivy_ranker import TantivyRanker
from tests.api.graphql.serving import until
from tests.harness.clean_database import clean_client, clean_name  # noqa: F401

RETURNS = CreateArticle(
    kind=ArticleKind.ARTICLE, title="Returns", text="Send back any item within 30 days.", language="en"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    storage: MongoStorage
    indexes: MongoKnowledgeIndexes
    service: KnowledgeService
    stream: MongoChangeStream
    following: asyncio.Task[None]

    async def found(self, account_id: AccountId, question: str) -> list[str]:
        index = await self.indexes.of(account_id)
        passages = (*find_passages(index.articles, question, 3), *find_passages(index.products, question, 3))
        return [each.passage.title for each in passages]

    async def finds(self, account_id: AccountId, question: str, titles: list[str]) -> float:
        """Wait until the question finds these titles. Returns the seconds that it took."""
        began = time.monotonic()
        async with asyncio.timeout(60):
            while True:
                if await self.found(account_id, question) == titles:
                    return time.monotonic() - began
                await asyncio.sleep(0.01)


@pytest.fixture
async def processes(
    mongo_uri: str, database_name: str, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        made = [await _process(stack, mongo_uri, database_name) for _ in range(2)]
        yield made[0], made[1]


async def _process(stack: AsyncExitStack, uri: str, name: str) -> Process:
    database, stream_database = connect(uri, database=name), connect_for_stream(uri, database=name)
    stack.push_async_callback(database.close)
    stack.push_async_callback(stream_database.close)
    await create_indexes(database)
    stream = MongoChangeStream(database=stream_database)
    indexes = MongoKnowledgeIndexes(database=database, ranker=TantivyRanker(), lag=stream.lag)
    storage = MongoStorage(
        database=database, clock=SystemClock(), reactions=REACTIONS, lag=stream.lag, knowledge=indexes
    )
    stream.observe(storage)
    stack.push_async_callback(storage.close)
    stack.push_async_callback(indexes.close)
    following = asyncio.create_task(stream.follow(lambda _: None, lambda *_: None, lambda: None))
    stack.push_async_callback(_cancelled, following)
    await until(lambda: stream.lag() <= 0.5)
    return Process(
        storage=storage,
        indexes=indexes,
        service=KnowledgeService(storage=storage, indexes=indexes),
        stream=stream,
        following=following,
    )


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
async def owner(processes: tuple[Process, Process]) -> Principal:
    accounts = AccountService(storage=processes[0].storage, clock=SystemClock())
    account = await accounts.create("Acme", staff=[new_staff_member("Ada", "ada@example.com", StaffRole.OWNER)])
    [ada] = await processes[0].storage.read(account.id).staff()
    key = await accounts.create_staff_key(account.id, ada.id)
    return await accounts.principal_of(key.token)


async def test_a_change_is_found_by_every_process(processes: tuple[Process, Process], owner: Principal) -> None:
    here, there = processes
    account_id = owner.account_id
    for process in processes:
        assert await process.found(account_id, "returns") == []
    article = await here.service.create_article(owner, RETURNS)
    assert await here.found(account_id, "can I send an item back") == ["Returns"]  # at once
    await there.finds(account_id, "can I send an item back", ["Returns"])

    await there.service.update_article(owner, UpdateArticle(article_id=article.id, title="Sending back"))
    await here.finds(account_id, "can I send an item back", ["Sending back"])
    lamp = ProductDraft(product_id="1", title="Brass lamp")
    await here.service.save_products(owner, account_id, [lamp])
    await there.finds(account_id, "a lamp", ["Brass lamp"])

    await here.service.delete_article(owner, article.id)
    await here.service.delete_products(owner, ["1"])
    for process in processes:
        await process.finds(account_id, "can I send an item back", [])
        await process.finds(account_id, "a lamp", [])


async def test_without_a_stream_the_revision_is_read(processes: tuple[Process, Process], owner: Principal) -> None:
    here, there = processes
    assert await there.found(owner.account_id, "returns") == []
    await _cancelled(there.following)
    await until(lambda: there.stream.lag() > 0.5)
    await here.service.create_article(owner, RETURNS)
    await there.finds(owner.account_id, "returns", ["Returns"])


async def test_a_gap_in_the_stream_is_made_up_for(
    processes: tuple[Process, Process],
    owner: Principal,
    mongo_client: AsyncMongoClient[dict[str, Any]],
    database_name: str,
) -> None:
    here, _ = processes
    await here.service.create_article(owner, RETURNS)
    assert await here.found(owner.account_id, "returns") == ["Returns"]

    database = mongo_client[database_name]
    await database["articles"].delete_many({})  # as after a restore from a time before the article
    await database["knowledge_totals"].delete_many({})
    here.indexes.on_gap()
    await here.finds(owner.account_id, "returns", [])


async def test_memory_is_bounded(
    processes: tuple[Process, Process], owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_indexes, "_BYTES", 100_000)  # an empty account takes 40,000
    here, _ = processes
    small = MongoKnowledgeIndexes(database=here.indexes._database, ranker=TantivyRanker(), lag=lambda: 0.0)
    for number in range(5):
        await small.of(AccountId(f"account {number}"))
        assert len(small._entries) <= 2
    await small.close()

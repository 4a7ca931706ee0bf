"""No operation reads more documents from the database than its cost, for every field of the schema, on real data.

Counts the documents in the replies of MongoDB, whatever becomes of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient, monitoring

from tests.api.graphql.cost.test_measured import asked, calls, filled, selection
from tests.api.graphql.serving import listening
from tests.harness.chat import Chat
from tests.harness.clock import ManualClock
from tests.harness.program import Json, Program, Shop, running

SIZES = (1, 3, 25, 100)
AUTHENTICATION = 4  # documents of each request: the credential, its staff member, the account


class Reads(monitoring.CommandListener):
    """The documents that all clients of this process read while it is on."""

    def __init__(self) -> None:
        self.by_collection: Counter[str] = Counter()
        self._on = False

    @contextmanager
    def counted(self) -> Iterator[Counter[str]]:
        self.by_collection, self._on = Counter(), True
        try:
            yield self.by_collection
        finally:
            self._on = False

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        pass

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        cursor = event.reply.get("cursor")
        if self._on and cursor and event.command_name in ("find", "aggregate", "getMore"):
            batch = cursor.get("firstBatch") or cursor.get("nextBatch") or ()
            self.by_collection[cursor["ns"].partition(".")[2]] += len(batch)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


READS = Reads()


@asynccontextmanager
async def counting(uri: str, database: str, folder: Path, mongo: AsyncMongoClient[Json]) -> AsyncIterator[Program]:
    """Run the program with `READS` listening."""
    monitoring.register(READS)  # for clients that are created from now on
    try:
        async with running(uri, database, folder, mongo, ManualClock()) as program:
            yield program
    finally:
        monitoring._LISTENERS.command_listeners.remove(READS)


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[Json]
) -> AsyncIterator[Program]:
    async with counting(mongo_uri, database_name, tmp_path, mongo_client) as program:
        yield program


@pytest.fixture
async def shop(baton: Program) -> Shop:
    return await baton.open_shop("Acme")


async def cost_and_documents(url: str, key: str, document: str, **variables: Any) -> tuple[int, Counter[str]] | None:
    """Return the priced cost, and the documents that were read by collection; None if the operation is refused."""
    with READS.counted() as reads:
        answer = await asked(url, key, document, **variables)
    if "data" not in answer:
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["QUERY_TOO_COMPLEX"], answer
        return None
    return answer["extensions"]["cost"]["cost"], reads


async def test_every_field_costs_at_least_what_it_reads(baton: Program, shop: Shop) -> None:
    await filled(baton, shop)
    measured = Counter[str]()
    async with listening(baton.baton.app) as (port, _):
        for call, kind in calls():
            for depth in (1, 2, 3, 4):
                document = f"{{ {call} {selection(kind, depth, (kind.name,))} }}"
                found = await cost_and_documents(f"http://127.0.0.1:{port}/graphql", shop.owner, document)
                if found is not None:
                    cost, reads = found
                    measured[call] = reads.total()
                    assert reads.total() <= cost + AUTHENTICATION, (document, reads)
    assert set(measured) == {call for call, _ in calls()}
    assert max(measured.values()) > 50


async def many_messages(baton: Program, shop: Shop) -> Chat:
    chat = await filled(baton, shop)
    for number in range(110):
        given = {"conversationId": chat.id, "text": f"Message {number}"}
        await baton.mutate_brief(chat.started.token, "sendMessage", **given)
    for number in range(120):
        visitor = {"anonymousId": f"browser-of-the-shop-{number}"}
        await baton.mutate_brief(shop.widget, "startConversation", channel="WEB_CHAT", text="Hi", visitor=visitor)
    return chat


async def test_page_sizes_bound_what_is_read(baton: Program, shop: Shop) -> None:
    chat = await many_messages(baton, shop)
    lists = [
        "conversation(id: CHAT) { messages(first: SIZE) { nodes { id conversation { lastMessage { id } } } } }",
        "conversations(first: SIZE) { nodes { lastMessage { text } } }",
        "conversations(first: SIZE) { totalCount nodes { profile { conversations(first: 2) { totalCount } } } }",
        "conversations(last: SIZE) { nodes { messages(first: 3) { nodes { id } } } }",
        'conversations(first: SIZE, filter: {search: "hi"}) { nodes { profile { id } } }',
        "events(first: SIZE) { pageInfo { hasNextPage } }",
        "conversations(first: SIZE) { ...Ends } } fragment Ends on ConversationConnection { pageInfo { endCursor }",
        "events(first: SIZE) { nodes { conversation { messages(first: 2) { nodes { id } } } } }",
        "inbox(first: SIZE) { nodes { conversation { lastMessage { id } } } }",
        "outgoing(first: SIZE) { nodes { id attempts { at } } }",
        "segment(first: SIZE, input: {all: [{did: {event: CONVERSATION_STARTED, withinDays: 30}}]}) {"
        " nodes { conversations(first: 2) { nodes { id } } } }",
        "metrics(range: {preset: LAST_7_DAYS}) { totalVolume { conversations(first: SIZE) { nodes { id } } } }",
        "nodes(ids: [IDS]) { ... on Conversation { messages(first: 2) { nodes { id } } } }",
    ]
    async with listening(baton.baton.app) as (port, _):
        for each in lists:
            for size in SIZES:
                document = "{ " + each.replace("SIZE", str(size)) + " }"
                document = document.replace("CHAT", f'"{chat.id}"').replace("IDS", f'"{chat.id}" ' * size)
                found = await cost_and_documents(f"http://127.0.0.1:{port}/graphql", shop.owner, document)
                if found is not None:
                    cost, reads = found
                    assert reads.total() <= cost + AUTHENTICATION, (document, reads)

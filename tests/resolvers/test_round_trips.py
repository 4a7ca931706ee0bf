"""How many commands MongoDB gets for the operations that are called all day, as a server that has been running for a
while: the credential is known, and the change stream is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from integrations.mongo.storage.credentials import FRESH
from tests.api.graphql.serving import until
from tests.harness.clock import ManualClock
from tests.harness.command_counts import CommandCounts
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Json, Program, Shop, running

ROWS = (
    "id status channel displayName startedAt lastMessageAt messageCount tags contact { name { value } email { value } }"
)
PAGE = "query ($first: Int!) { conversations(first: $first) { edges { cursor node { %s } } pageInfo { endCursor } } }"


@pytest.fixture
def commands(database_name: str) -> CommandCounts:
    return CommandCounts(database_name)


@pytest.fixture(autouse=True)
def _the_stream_is_never_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else credentials and profiles are read again on a machine that stands still for a second."""
    monkeypatch.setattr("integrations.mongo.storage.credentials.FRESH", 60.0)
    monkeypatch.setattr("integrations.mongo.profile_cache.FRESH", 60.0)


@pytest.fixture
async def baton(
    mongo_uri: str,
    database_name: str,
    tmp_path: Path,
    mongo_client: AsyncMongoClient[Json],
    commands: CommandCounts,
) -> AsyncIterator[Program]:
    with commands.listening():
        async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock()) as program:
            hub = asyncio.create_task(program.baton.hub.run())
            await until(lambda: program.baton.ports.tail.lag() < FRESH)
            yield program
            hub.cancel()
            with suppress(asyncio.CancelledError):
                await hub


@pytest.fixture
async def shop(baton: Program) -> Shop:
    shop = await baton.open_shop("Acme")
    for number in range(4):
        await baton.start(shop, f"Question {number}")
    return shop


async def commands_of(
    baton: Program, commands: CommandCounts, key: str, document: str, **variables: object
) -> list[str]:
    """Ask twice, and return the commands of the second time. A variable differs, so that no result is kept."""
    await until(lambda: baton.baton.ports.tail.lag() < FRESH)  # the last events carry times of the manual clock
    for attempt in (1, 2):
        commands.clear()
        await baton.data(key, document, **variables, attempt=attempt)
    return commands.names


async def test_a_page_is_one_command(baton: Program, shop: Shop, commands: CommandCounts) -> None:
    for size in (1, 50):
        assert await commands_of(baton, commands, shop.owner, PAGE % ROWS, first=size) == ["aggregate conversations"]


async def test_a_page_with_profiles_is_one(baton: Program, shop: Shop, commands: CommandCounts) -> None:
    found = await commands_of(baton, commands, shop.owner, PAGE % "id profile { displayName }", first=50)
    assert found == ["aggregate conversations"]


async def test_a_page_with_its_total_is_of_one_snapshot(baton: Program, shop: Shop, commands: CommandCounts) -> None:
    found = await commands_of(baton, commands, shop.owner, "{ conversations(first: 50) { totalCount nodes { id } } }")
    assert found[0] == "aggregate accounts"


async def test_a_conversation_with_its_messages_is_two(baton: Program, shop: Shop, commands: CommandCounts) -> None:
    chat = await baton.start(shop, "Where is it?")
    asked = "query ($id: ID!) { conversation(id: $id) { id status messages(first: 20) { nodes { text sentAt } } } }"
    for key in (shop.owner, chat.token):
        found = await commands_of(baton, commands, key, asked, id=chat.id)
        assert found == ["find conversations", "find messages"]


async def test_the_same_question_again_is_one_look_at_the_revision(
    baton: Program, shop: Shop, commands: CommandCounts
) -> None:
    asked = PAGE % "id profile { displayName }"
    await commands_of(baton, commands, shop.owner, asked, first=50)
    commands.clear()
    first = await asyncio.gather(*(baton.data(shop.owner, asked, first=50, attempt=2) for _ in range(8)))
    assert first == [first[0]] * 8
    assert set(commands.names) == {"aggregate account_state"}
    assert len(commands.names) <= 8
    chat = await baton.start(shop, "A new one")
    found = await baton.data(shop.owner, asked, first=50, attempt=2)
    assert found["conversations"]["edges"][0]["node"]["id"] == chat.id


async def test_a_report_again_is_one_look_at_the_revision(baton: Program, shop: Shop, commands: CommandCounts) -> None:
    asked = "{ metrics(range: {preset: TODAY}) { totalVolume { count } series(groupBy: TAG) { total } } }"
    await until(lambda: baton.baton.ports.tail.lag() < FRESH)
    before = await baton.data(shop.owner, asked)
    commands.clear()
    assert await baton.data(shop.owner, asked) == before
    assert commands.names == ["aggregate account_state"]
    await baton.start(shop, "A new one")
    assert await baton.data(shop.owner, asked) != before


async def test_a_message_is_six_commands(baton: Program, shop: Shop, commands: CommandCounts) -> None:
    """One for each collection that it writes to, and the commit. Words that the account has not had are one more."""
    chat = await baton.start(shop, "Where is it?")
    for _ in range(2):
        await until(lambda: baton.baton.ports.tail.lag() < FRESH)
        commands.clear()
        await baton.mutate_brief(chat.token, "sendMessage", conversationId=chat.id, text="And then?")
    assert commands.names == [
        "update account_state",
        "update conversations",
        "insert messages",
        "update conversation_terms",
        "insert events",
        "commitTransaction",
    ]


async def test_the_start_of_a_new_shopper_is_ten_commands(baton: Program, shop: Shop, commands: CommandCounts) -> None:
    for _ in range(2):
        await until(lambda: baton.baton.ports.tail.lag() < FRESH)
        commands.clear()
        await baton.mutate_brief(shop.widget, "startConversation", channel="WEB_CHAT", text="Hello")
    assert commands.names == [
        "update account_state",
        "insert profiles",
        "update timers",
        "insert conversations",
        "insert messages",
        "insert business_events",
        "insert credentials",
        "insert conversation_terms",
        "insert events",
        "commitTransaction",
    ]


async def test_a_live_frame_reads_nothing(baton: Program, shop: Shop, commands: CommandCounts) -> None:
    chat = await baton.start(shop, "Where is it?", email="ann@example.com")
    document = """subscription ($id: ID!) { conversation(id: $id) { __typename
        ... on MessageAdded { message { text } conversation { status profile { displayName } } } } }"""
    live = await ConsistencyChecker(baton).subscribe(shop.owner, document, {"id": chat.id})
    log, read = baton.baton.services.log, []
    for _ in range(3):
        before = (await log.head(shop.id)).seq
        await baton.say(chat)
        upto = (await log.head(shop.id)).seq
        event = (await log.read(shop.id, after=before, upto=upto, topics=live.source.topics, limit=10))[0]
        await until(lambda: baton.baton.ports.tail.lag() < FRESH)
        commands.clear()
        frame = await live.render(live.source.item(event, "a cursor"), {}, event.seq)
        assert '"displayName":"ann@example.com"' in frame
        read.append(commands.names.copy())
    assert read == [["find profiles"], [], []]

"""TypingChanged: its recipients, over real sockets of two processes on one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.api.graphql.serving import Socket, listening, socket_to
from tests.harness.program import Json, Program, Shop, Started
from tests.resolvers.test_typing import hand_over, start, types

HOLDS, UNTIL = timedelta(hours=1), "2026-06-07T13:00:00.000Z"
TYPING = "... on TypingChanged { conversationId author { kind name staff { name email } } typing until cursor }"
CONVERSATION = f"subscription($id: ID!) {{ conversation(id: $id) {{ __typename {TYPING} }} }}"
INBOX = f"subscription($view: InboxView!) {{ inbox(view: $view) {{ __typename {TYPING} }} }}"


@dataclass(frozen=True, slots=True)
class Live:
    """A subscription on its own socket."""

    socket: Socket

    async def next(self) -> Json:
        while (message := await self.socket.receive())["type"] != "next":
            assert message["type"] == "ping", message
        payload = message["payload"]
        assert "errors" not in payload, payload
        [item] = payload["data"].values()
        return {**item, "position": payload["extensions"]["stream"]["cursor"]}

    async def shows(self, name: str) -> None:
        assert (await self.next())["__typename"] == name

    async def types(self) -> tuple[str, bool]:
        item = await self.next()
        assert item["__typename"] == "TypingChanged", item
        return item["author"]["name"], item["typing"]


@asynccontextmanager
async def process(program: Program) -> AsyncIterator[str]:
    """The program on a real port."""
    hub = asyncio.create_task(program.baton.hub.run())
    try:
        async with listening(program.baton.app) as (port, _):
            yield f"http://127.0.0.1:{port}/graphql"
    finally:
        hub.cancel()
        with suppress(asyncio.CancelledError):
            await hub


@asynccontextmanager
async def following(
    url: str, key: str, document: str, *, resume: str | None = None, **variables: Any
) -> AsyncIterator[Live]:
    init = {"authorization": f"Bearer {key}", "resume": resume}
    async with socket_to(url, init) as socket:
        await socket.subscribe(document, variables=variables)
        live = Live(socket)
        await live.shows("StreamReady")
        await live.shows("StreamCaughtUp")
        yield live


@pytest.fixture(autouse=True)
def _holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals expire by the real clock: on a machine that stands still for 6 seconds, one would end during a test."""
    monkeypatch.setattr("domain.conversation.typing.TYPING_HOLDS", HOLDS)


@pytest.fixture
async def url(baton: Program) -> AsyncIterator[str]:
    async with process(baton) as url:
        yield url


@pytest.fixture
async def other_url(second: Program) -> AsyncIterator[str]:
    async with process(second) as url:
        yield url


@pytest.fixture
async def started(baton: Program, shop: Shop) -> Started:
    return await start(baton, shop)


async def test_both_ways_between_processes(
    baton: Program, second: Program, url: str, other_url: str, shop: Shop, started: Started
) -> None:
    await hand_over(baton, started, taken_by=shop.support)
    async with (
        following(url, started.token, CONVERSATION, id=started.id) as shopper,
        following(other_url, shop.support, CONVERSATION, id=started.id) as staff,
        following(other_url, shop.support, INBOX, view="MINE") as inbox,
        following(other_url, shop.owner, INBOX, view="UNASSIGNED") as elsewhere,
    ):
        await types(baton, started.token, started)
        for live in (staff, inbox):
            item = await live.next()
            assert item.pop("cursor")
            assert item.pop("position")
            assert item == {
                "__typename": "TypingChanged",
                "conversationId": started.id,
                "author": {"kind": "SHOPPER", "name": "Ann", "staff": None},
                "typing": True,
                "until": UNTIL,
            }
        await types(second, shop.support, started)
        item = await shopper.next()
        assert item["author"] == {"kind": "HUMAN_AGENT", "name": "Support", "staff": {"name": "Support", "email": None}}
        await types(second, shop.support, started, typing=False)
        assert await shopper.types() == ("Support", False)
        sent = await second.mutate(
            shop.support, "replyToConversation", conversationId=started.id, text="Hello", lastSeenSequence=None
        )
        assert sent["errors"] == []
        for live in (shopper, staff, inbox):
            await live.shows("MessageAdded")
        await baton.mutate(shop.support, "releaseTicket", ticketId=await ticket_of(baton, started))
        await elsewhere.shows("TicketAdded")  # and nothing before it, because the ticket was assigned to another member


async def ticket_of(baton: Program, started: Started) -> str:
    document = "query($id: ID!) { conversation(id: $id) { ticket { id } } }"
    ticket_id: str = (await baton.data(started.shop.owner, document, id=started.id))["conversation"]["ticket"]["id"]
    return ticket_id


async def test_the_agent_is_seen_by_shopper_and_staff_and_not_by_itself(
    baton: Program, url: str, shop: Shop, started: Started
) -> None:
    async with (
        following(url, started.token, CONVERSATION, id=started.id) as shopper,
        following(url, shop.analyst, CONVERSATION, id=started.id) as staff,
        following(url, shop.agent, CONVERSATION, id=started.id) as agent,
    ):
        await types(baton, shop.agent, started)
        await types(baton, started.token, started)
        assert await shopper.types() == ("Assistant", True)
        assert [await staff.types(), await staff.types()] == [("Assistant", True), ("Ann", True)]
        assert await agent.types() == ("Ann", True)


async def test_a_shopper_sees_only_those_who_may_speak_to_it(
    baton: Program, url: str, shop: Shop, started: Started
) -> None:
    await hand_over(baton, started, taken_by=shop.owner)
    async with (
        following(url, started.token, CONVERSATION, id=started.id) as shopper,
        following(url, shop.owner, CONVERSATION, id=started.id) as colleague,
    ):
        await types(baton, shop.support, started)  # staff may type a note, although the owner has the conversation
        await types(baton, shop.manager, started)
        assert [await colleague.types(), await colleague.types()] == [("Support", True), ("Manager", True)]
        assert await shopper.types() == ("Manager", True)


@pytest.mark.parametrize(
    ("selection", "asks"),
    [
        ("... on StreamItem { cursor }", False),
        ("... on TypingChanged @include(if: $yes) { typing }", True),
        ("... on TypingChanged @include(if: $no) { typing }", False),
        ("... on TypingChanged @skip(if: $yes) { typing }", False),
        ("... on TypingChanged @skip(if: true) { typing }", False),
        ("... @include(if: $yes) { ... on StreamItem { ... on TypingChanged { typing } } }", True),
        ("...Items", True),
        ("...Items @skip(if: $yes)", False),
        ("... on MessageAdded { message { ...Named } }", False),
    ],
)
async def test_only_operations_that_name_the_type_are_sent_it(
    baton: Program, url: str, shop: Shop, started: Started, selection: str, asks: bool
) -> None:
    used = "__typename @include(if: $yes) no: __typename @skip(if: $no)"
    parts = [
        f"subscription($id: ID!, $yes: Boolean!, $no: Boolean!) {{ conversation(id: $id) {{ {used} {selection} }} }}",
        "fragment Items on ConversationStreamItem { ... on TypingChanged { typing } }" * ("...Items" in selection),
        "fragment Named on Message { sequence }" * ("...Named" in selection),
    ]
    document = " ".join(parts)
    async with following(url, shop.support, document, id=started.id, yes=True, no=False) as live:
        await types(baton, started.token, started)
        await types(baton, shop.agent, started)
        if asks:
            await live.shows("TypingChanged")
            await live.shows("TypingChanged")
        for _ in range(2):
            await baton.mutate(started.token, "sendMessage", conversationId=started.id, text="Hello?")
            await live.shows("MessageAdded")


async def test_it_is_not_repeated_and_its_cursor_is_a_good_one(
    baton: Program, url: str, shop: Shop, started: Started
) -> None:
    async with following(url, shop.support, CONVERSATION, id=started.id) as live:
        await baton.mutate(started.token, "sendMessage", conversationId=started.id, text="Hello?")
        message = await live.next()
        await types(baton, started.token, started)
        typing = await live.next()
        assert typing["position"] == message["position"]
    after = CONVERSATION.replace("$id: ID!", "$id: ID!, $after: Cursor").replace("id: $id", "id: $id, after: $after")
    async with (
        following(url, shop.support, CONVERSATION, resume=typing["position"], id=started.id) as resumed,
        following(url, shop.support, after, id=started.id, after=typing["cursor"]) as later,
    ):
        await baton.mutate(shop.support, "closeConversation", conversationId=started.id)
        for live in (resumed, later):
            await live.shows("ConversationChanged")

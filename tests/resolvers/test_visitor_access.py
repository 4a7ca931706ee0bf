"""Visitor tokens: they last as long as the conversation is open, end some time after its close, and can be revoked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from api.auth import RightsCheck
from domain.conversation.visitor_access import MOST_TOKENS
from domain.principal import StaffRole
from resolvers.relay.global_ids import to_global_id
from tests.api.graphql.serving import Socket, socket_to
from tests.harness.chat import Chat
from tests.harness.program import Program, Shop, Started
from tests.resolvers.test_typing_live import process

BROWSER = "a browser of 128 bits"
READ = "query($id: ID!) { conversation(id: $id) { status } }"
FOLLOW = "subscription($id: ID!) { conversation(id: $id) { __typename } }"


async def codes(baton: Program, started: Started, name: str, /, **given: object) -> list[str]:
    return [error["code"] for error in await baton.errors_of(started.token, name, conversationId=started.id, **given)]


async def may_read(baton: Program, token: str, started: Started) -> bool:
    answer = await baton.ask(token, READ, id=started.id)
    assert answer.codes in ([], ["UNAUTHENTICATED"])
    return not answer.codes


@asynccontextmanager
async def followed(baton: Program, started: Started, *tokens: str) -> AsyncIterator[list[Socket]]:
    """Serve, and follow the conversation with each token over a socket of its own."""
    async with process(baton) as url, AsyncExitStack() as stack:
        sockets = []
        for token in tokens:
            socket = await stack.enter_async_context(socket_to(url, {"authorization": f"Bearer {token}"}))
            await socket.subscribe(FOLLOW, variables={"id": started.id})
            assert (await socket.next())["data"]["conversation"]["__typename"] == "StreamReady"
            sockets.append(socket)
        yield sockets


async def test_the_token_of_an_open_conversation_does_not_expire(baton: Program, shop: Shop) -> None:
    chat = Chat(baton, await baton.start(shop, email="ann@example.com"), watched=True)
    await chat.request()
    await chat.accept()  # a conversation with an open ticket is not closed by its silence
    baton.clock.move(timedelta(days=90))
    await baton.say(chat.started)


async def test_after_the_close_it_identifies_for_a_day_and_reads_for_a_month(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    baton.clock.move(timedelta(hours=23, minutes=59))
    assert await codes(baton, started, "sendMessage", text="?") == ["CONVERSATION_CLOSED"]
    assert await codes(baton, started, "identifyVisitor", name="Ann") == []
    baton.clock.move(timedelta(minutes=1))
    before = await baton.everything()
    assert await codes(baton, started, "identifyVisitor", name="Bob") == ["FORBIDDEN"]
    assert await baton.everything() == before
    baton.clock.move(timedelta(days=28, hours=23, minutes=59))
    assert await may_read(baton, started.token, started)
    baton.clock.move(timedelta(minutes=1))
    assert not await may_read(baton, started.token, started)
    assert (await baton.start(shop, "Again")).id != started.id


async def test_a_late_close_ends_it_as_of_the_silence(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    baton.clock.move(timedelta(days=20))
    assert await codes(baton, started, "sendMessage", text="?") == ["CONVERSATION_CLOSED"]
    await baton.done(shop.owner, "closeConversation", conversationId=started.id)
    baton.clock.move(timedelta(days=12))
    assert not await may_read(baton, started.token, started)


@pytest.mark.parametrize("by", ["owner", "conversations:write", "shopper"])
async def test_revoked_tokens_end_at_once(baton: Program, shop: Shop, by: str) -> None:
    started = await baton.start(shop, anonymousId=BROWSER)
    second = await baton.start(shop, "It's me", anonymousId=BROWSER)
    assert second.id == started.id
    key = started.token if by == "shopper" else shop.tokens[by]
    async with followed(baton, started, started.token, second.token) as sockets:
        document = "mutation($a: EndVisitorAccessInput!) { endVisitorAccess(input: $a) { errors { code } } }"
        data = await baton.data(key, document, a={"conversationId": started.id})
        assert data == {"endVisitorAccess": {"errors": []}}
        assert [await socket.closed() for socket in sockets] == [(4403, "The credential was revoked.")] * 2
    for token in (started.token, second.token):
        assert not await may_read(baton, token, started)
    rows = await baton.database["credentials"].find({"conversation_id": started.key}).to_list()
    assert len(rows) == 2
    assert all(row["expires_at"] == row["revoked_at"] for row in rows)  # the database deletes them some time later
    assert (await baton.data(shop.owner, READ, id=started.id))["conversation"]["status"] == "OPEN"
    assert (await baton.start(shop, "Somebody else", anonymousId=BROWSER)).id != started.id
    [entry] = await baton.database["audit_entries"].find({"action": "VISITOR_TOKEN_REVOKED"}).to_list()
    assert (entry["target"]["kind"], entry["target"]["id"]) == ("CONVERSATION", started.key)


async def test_a_shopper_ends_no_other_conversation(baton: Program, shop: Shop) -> None:
    started, other = await baton.start(shop), await baton.start(shop)
    [error] = (await baton.command(started.token, "endVisitorAccess", conversationId=other.id))["errors"]
    assert error["code"] == "NOT_FOUND"
    assert await may_read(baton, other.token, other)


async def test_an_open_socket_ends_when_its_token_does(baton: Program, shop: Shop, tmp_path: Path) -> None:
    async with baton.twin(tmp_path / "brief", visitor_reading_days=1.5 / 86_400) as brief:
        started = await brief.start(shop)
        async with followed(brief, started, started.token) as [socket]:
            await brief.mutate(shop.owner, "closeConversation", conversationId=started.id)
            code, _ = await socket.closed()
            assert code == 4403


async def test_the_oldest_of_too_many_tokens_ends(baton: Program, shop: Shop) -> None:
    given = {"channel": "WEB_CHAT", "text": "Hi", "visitor": {"anonymousId": BROWSER}}
    started = await baton.start(shop, anonymousId=BROWSER)
    for _ in range(MOST_TOKENS - 1):
        await baton.mutate_brief(shop.widget, "startConversation", **given)
    assert await may_read(baton, started.token, started)
    latest = await baton.mutate_brief(shop.widget, "startConversation", **given)
    assert not await may_read(baton, started.token, started)
    assert latest["errors"] == []


@pytest.mark.parametrize(
    ("of", "ends"),
    [("carrier", "revokeKey"), ("carrier", "rotateKey"), ("manager", "suspendStaff"), ("manager", "updateStaff")],
)
async def test_a_token_ends_with_the_secret_key_that_got_it(baton: Program, shop: Shop, of: str, ends: str) -> None:
    carrier = await baton.done(shop.owner, "createKey", scopes=["CONVERSATIONS_WRITE", "CONVERSATIONS_READ"])
    started = await baton.start(shop, key=carrier["token"] if of == "carrier" else shop.manager)
    browsers = await baton.start(shop)
    given: dict[str, dict[str, object]] = {
        "revokeKey": {"keyId": carrier["key"]["id"]},
        "rotateKey": {"keyId": carrier["key"]["id"], "overlap": "PT0S"},
        "suspendStaff": {"staffId": to_global_id("Staff", shop.staff[StaffRole.MANAGER])},
        "updateStaff": {"staffId": to_global_id("Staff", shop.staff[StaffRole.MANAGER]), "role": "SUPPORT"},
    }
    async with followed(baton, started, started.token) as [socket]:
        assert (await baton.mutate(shop.owner, ends, **given[ends]))["errors"] == []
        code, _ = await socket.closed()
        assert code == 4403
    assert not await may_read(baton, started.token, started)
    assert await may_read(baton, browsers.token, browsers)


async def test_a_token_ends_when_the_secret_key_that_got_it_expires(baton: Program, shop: Shop) -> None:
    made = await baton.done(shop.owner, "createKey", scopes=["CONVERSATIONS_WRITE", "CONVERSATIONS_READ"])
    started = await baton.start(shop, key=made["token"])
    rotated = await baton.done(shop.owner, "rotateKey", keyId=made["key"]["id"], overlap="PT1H")
    services = baton.baton.services
    principal = await services.accounts.principal_of(started.token)
    assert principal.expires_at == baton.clock.now() + timedelta(hours=1)
    renewed = await baton.start(shop, key=rotated["token"], anonymousId=BROWSER)
    await baton.done(renewed.token, "closeConversation", conversationId=renewed.id)  # which sets its end a month later
    baton.clock.move(timedelta(hours=1))
    assert not await may_read(baton, started.token, started)
    assert not await RightsCheck(services.accounts.stored_rights)(principal)
    assert await may_read(baton, renewed.token, renewed)


async def test_the_close_does_not_prolong_the_token_of_a_key(baton: Program, shop: Shop) -> None:
    ends_at = baton.clock.now() + timedelta(hours=1)
    made = await baton.done(
        shop.owner,
        "createKey",
        scopes=["CONVERSATIONS_WRITE", "CONVERSATIONS_READ"],
        expiresAt=ends_at.isoformat(),
    )
    started = await baton.start(shop, key=made["token"])
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    assert (await baton.baton.services.accounts.principal_of(started.token)).expires_at == ends_at
    baton.clock.move(timedelta(hours=1))
    assert not await may_read(baton, started.token, started)

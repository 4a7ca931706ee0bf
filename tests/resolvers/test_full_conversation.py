"""The texts of one conversation are bounded in sum: a full conversation takes no more of its shopper."""

from __future__ import annotations

from typing import Any

import pytest

from domain.conversation.lifecycle import add_message
from domain.model.conversation import SHOPPER_CHARACTERS, SHOPPER_MESSAGES, Author, AuthorKind, Conversation
from domain.values.record import replace
from tests.harness.chat import Chat
from tests.harness.program import Program, Shop, Started

BROWSER = "a browser of 128 bits"
LARGE = "x" * 32_000


async def write_much(baton: Program, started: Started) -> None:
    """Write until the limit, in large messages."""
    for _ in range(SHOPPER_CHARACTERS // len(LARGE) + 1):
        given = {"conversationId": started.id, "text": LARGE}
        assert await baton.errors_of(started.token, "sendMessage", **given) == []


async def count(baton: Program, **query: Any) -> int:
    return await baton.database["conversations"].count_documents(query)


async def test_a_full_conversation_refuses_its_shopper_and_nobody_else(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, anonymousId=BROWSER, email="ann@example.com")
    await write_much(baton, started)
    refused = (await baton.command(started.token, "sendMessage", conversationId=started.id, text="?"))["errors"]
    assert [(e["__typename"], e["code"], e["path"]) for e in refused] == [
        ("Conflict", "CONVERSATION_FULL", ["input", "conversationId"])
    ]
    chat = Chat(baton, started, watched=True)
    await baton.reply(started, "You wrote a lot.")
    await chat.request()
    await chat.accept()
    await chat.take(shop.owner)
    await baton.done(shop.owner, "closeConversation", conversationId=started.id)


async def test_the_next_start_begins_a_new_conversation(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, anonymousId=BROWSER)
    await write_much(baton, started)
    after = await baton.start(shop, "Again", anonymousId=BROWSER)
    assert after.id != started.id
    assert await count(baton, closed_at=None) == 2
    assert (await baton.start(shop, "And again", anonymousId=BROWSER)).id == after.id
    await baton.reply(started, "Still here.")


@pytest.mark.parametrize("channel", ["SMS", "EMAIL"])
async def test_what_carriers_bring_is_not_refused(baton: Program, shop: Shop, channel: str) -> None:
    visitor = {"phone": "+393331234567"} if channel == "SMS" else {"email": "ann@example.com"}
    started = await baton.start(shop, key=shop.owner, channel=channel, **visitor)
    await baton.database["conversations"].update_one(
        {"_id": started.key}, {"$set": {"shopper_characters": SHOPPER_CHARACTERS}}
    )
    async with baton.twin(baton.baton.settings.data / "fresh") as fresh:  # without what the first one has cached
        after = await fresh.start(shop, "Are you there?", key=shop.owner, channel=channel, **visitor)
    assert after.id != started.id


async def test_messages_are_counted_too(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    found = await baton.baton.services.storage.read(shop.id).get(Conversation, started.key)
    assert found is not None
    assert (found.shopper_messages, found.shopper_characters) == (1, 5)
    almost = replace(found, shopper_messages=SHOPPER_MESSAGES - 1)
    assert not almost.is_full
    for kind in (AuthorKind.AI_AGENT, AuthorKind.SHOPPER):
        author = Author(kind=kind, name="")
        almost, _ = add_message(almost, author=author, text=".", now=found.started_at)
        assert almost.is_full is (kind is AuthorKind.SHOPPER)

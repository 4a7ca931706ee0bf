"""Replies that are streamed: the shopper sees the text grow, and nothing of it after a human has taken over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.harness.chat import Chat
from tests.harness.program import Json, Program, Shop
from tests.resolvers.test_typing_live import following, process

_FOLLOW = """subscription($id: ID!) { conversation(id: $id) { __typename
  ... on TypingChanged { author { kind } typing text } ... on MessageAdded { message { text } } } }"""
STEP = timedelta(seconds=1)


async def stream(baton: Program, chat: Chat, text: str, **more: Any) -> Json:
    given = {"conversationId": chat.id, "epoch": 1, "text": text, **more}
    return await baton.mutate(chat.shop.agent, "streamAgentMessage", **given)


async def published(baton: Program) -> list[str]:
    return [s["body"]["text"] for s in await baton.database["signals"].find(sort=[("_id", 1)]).to_list()]


async def test_the_text_grows_and_the_message_ends_it(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, watched=False)
    await baton.mutate(shop.agent, "claimAgentTurn", conversationId=chat.id)
    async with process(baton) as url, following(url, chat.started.token, _FOLLOW, id=chat.id) as live:
        for text in ("It", "It arrives", "It arrives tomorrow"):
            baton.clock.move(STEP)
            assert (await stream(baton, chat, text, turn=1))["errors"] == []
            item = await live.next()
            assert (item["author"]["kind"], item["typing"], item["text"]) == ("AI_AGENT", True, text)
        await chat.post(text="It arrives tomorrow.", turn=1)
        assert (await live.next())["message"]["text"] == "It arrives tomorrow."
        stored = await baton.database["messages"].count_documents({})
        assert stored == 2


async def test_a_human_takes_over_in_mid_stream(baton: Program, second: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, watched=False, email="ann@example.com")
    await chat.request()
    await chat.say("Or can you help?")
    async with process(second) as url, following(url, chat.started.token, _FOLLOW, id=chat.id) as live:
        assert (await stream(baton, chat, "Well"))["until"] is not None
        assert (await live.next())["text"] == "Well"
        # A text that was published before the change and arrives after it: its way is longer than that of the event.
        late = (await baton.database["signals"].find().to_list())[0]
        await chat.accept()
        await chat.take()
        shown = []
        while not shown or shown[-1].get("typing") is not False:
            shown.append(await live.next())
        assert [item["text"] for item in shown if item["__typename"] == "TypingChanged"] == [None]
        del late["_id"]
        await baton.database["signals"].insert_one(late)
        await chat.reply(text="Sue here.")
        rest = [await live.next()]
        while "Sue here." not in str(rest[-1]):
            rest.append(await live.next())
        assert all(item["__typename"] != "TypingChanged" for item in rest), rest
    baton.clock.move(STEP)
    refused = await stream(baton, chat, "Too late")
    assert [error["code"] for error in refused["errors"]] == ["NOT_IN_CONTROL"]


async def test_who_has_lost_the_turn_shows_nothing(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, watched=False)
    await baton.mutate(shop.agent, "claimAgentTurn", conversationId=chat.id)
    baton.clock.move(timedelta(seconds=31))
    await baton.mutate(shop.agent, "claimAgentTurn", conversationId=chat.id)
    refused = await stream(baton, chat, "From the grave", turn=1)
    assert [error["code"] for error in refused["errors"]] == ["NOT_YOUR_TURN"]
    assert refused["errors"][0]["turn"]["lease"]["number"] == 2
    assert (await stream(baton, chat, "Alive", turn=2))["errors"] == []
    assert await published(baton) == ["Alive"]


async def test_it_is_bounded_in_length_and_rate(baton: Program, shop: Shop) -> None:
    chat = await Chat.of(baton, shop, watched=False)
    long = await stream(baton, chat, "x" * 8_001)
    assert [(error["code"], error["path"]) for error in long["errors"]] == [("INVALID", ["input", "text"])]
    for number in range(1, 11):
        assert (await stream(baton, chat, "x" * number))["until"] is not None
        baton.clock.move(timedelta(milliseconds=100))
    assert await published(baton) == ["x" * number for number in (1, 4, 7, 10)]

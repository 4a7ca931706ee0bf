"""Events of a conversation have a bounded size, and nobody who reads the conversation sees less for it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, get_args

import bson
from msgspec.structs import FieldInfo, fields

from domain.conversation.excerpt import LONG_FIELDS
from domain.model.conversation import Conversation
from tests.harness.chat import Chat
from tests.harness.program import Json, Program, Shop
from tests.resolvers.commerce.shop_backend import ShopBackend

MOST = 2_048  # bytes of a message of one character in the log
LONG = "Où est ma commande ? " * 1_500  # 31,500 characters
NAME = "A" * 200
QUESTION = "query($id: ID!) { conversation(id: $id) { firstQuestion } }"
LISTED = "{ conversations { nodes { firstQuestion } } }"
EVENTS = "{ events { nodes { snapshot { firstQuestion } conversation { firstQuestion } } } }"


async def events(baton: Program) -> list[Json]:
    return await baton.database["events"].find(sort=[("seq", 1)]).to_list()


async def added(baton: Program, before: int) -> int:
    """Return the bytes of the events after the first `before`, without what only reports of the past read."""
    return sum(len(bson.encode(event | {"history": None})) for event in (await events(baton))[before:])


async def fill(baton: Program, chat: Chat) -> None:
    """Give the conversation much of everything that has no bound."""
    for part in range(3):
        tags = [f"{part} {number:03} {'topic ' * 30}" for number in range(50)]
        await baton.reply(chat.started, "Let me see.", tags=tags, skill="advice")
    for _ in range(3):
        await chat.request(summary="They want a refund. " * 400)
        await chat.decline()
    backend = ShopBackend(baton, chat.shop, chat.shop.owner)
    shown = await baton.reply(chat.started, products=[{"productId": "p1", "title": "Kettle"}])
    await backend.click((chat.started, shown["message"]["id"]))
    for number in range(10):
        await backend.order(str(number), anonymousId="a browser of 128 bits")


async def test_a_short_message_costs_little_whatever_the_conversation(baton: Program, shop: Shop) -> None:
    visitor = {"anonymousId": "a browser of 128 bits", "email": "ann@example.com", "name": NAME}
    chat = Chat(baton, await baton.start(shop, LONG, **visitor), watched=True)
    await fill(baton, chat)
    before = len(await events(baton))
    await baton.say(chat.started, ".")  # a consistency check compares the frame with the conversation
    assert len(await events(baton)) == before + 1
    assert await added(baton, before) <= MOST
    [row] = (await events(baton))[-1]["history"]["rows"]
    assert row["state"]
    assert LONG[:201] not in json.dumps(row, default=str, ensure_ascii=False)
    await chat.request()
    await chat.accept()
    before = len(await events(baton))
    await baton.say(chat.started, ".")
    assert await added(baton, before) <= 2 * MOST  # the ticket tells the inbox of it too


async def test_small_conversations_are_carried_whole(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "Where is it?", anonymousId="a browser of 128 bits", email="ann@example.com")
    await baton.reply(started, tags=["orders", "delivery"], skill="advice")
    conversation = (await events(baton))[-1]["body"]["conversation"]
    assert "left_out" not in conversation
    assert conversation["tags"] == ["orders", "delivery"]


async def test_another_process_reads_what_events_leave_out(baton: Program, second: Program, shop: Shop) -> None:
    started = await baton.start(shop, LONG, anonymousId="a browser of 128 bits")
    chat, other = Chat(baton, started, watched=True), Chat(second, started, watched=True)
    await baton.say(started)
    await other.request()
    await other.decline()
    await fill(second, other)
    await baton.say(started)  # the first process had the conversation in its cache
    now = await chat.row()
    assert (len(now.tags), len(now.handoffs), len(now.sales), now.left_out) == (150, 4, 10, ())
    await second.say(started)
    assert await chat.row() == await other.row()


async def test_the_whole_first_question_is_told_everywhere(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, LONG)
    assert started.conversation["firstQuestion"] == LONG
    await baton.say(started)
    for key in (started.token, shop.owner):
        assert (await baton.data(key, QUESTION, id=started.id))["conversation"]["firstQuestion"] == LONG
    assert await baton.data(shop.owner, LISTED) == {"conversations": {"nodes": [{"firstQuestion": LONG}]}}
    [event] = (await baton.data(shop.owner, EVENTS))["events"]["nodes"]
    assert event == {"snapshot": {"firstQuestion": LONG}, "conversation": {"firstQuestion": LONG}}
    row: dict[str, Any] = json.loads(await exported(baton, shop, "ndjson"))
    assert row["firstQuestion"] == LONG
    [cells] = csv.DictReader(io.StringIO(await exported(baton, shop, "csv")))
    assert cells["firstQuestion"] == LONG


async def exported(baton: Program, shop: Shop, form: str) -> str:
    response = await baton.http.get(f"/export?format={form}", headers={"authorization": f"Bearer {shop.owner}"})
    return response.text


def test_every_field_without_a_bound_is_known() -> None:
    """A new list of a conversation is left out of large events, unless somebody says here why it is short."""
    short = {"ticket", "left_out", "turn"}
    unbounded = {field.name for field in fields(Conversation) if field.default == () or "Record" in str(_bases(field))}
    assert unbounded - short == set(LONG_FIELDS)


def _bases(field: FieldInfo) -> list[type]:
    """Return the classes that an optional field may have, and theirs."""
    options = get_args(field.type) if field.default is None else ()
    return [base for option in options if isinstance(option, type) for base in option.__mro__]


async def test_short_fields_are_always_carried(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "Hi", anonymousId="a browser of 128 bits")
    skill, tags = "能" * 200, ["題" * 190 + str(number) for number in range(10)]
    await baton.reply(started, "One", skill=skill, tags=tags)
    await baton.reply(started, "Two", skill=skill[:199])
    conversation = (await events(baton))[-1]["body"]["conversation"]
    assert conversation["left_out"] == ["tags"]
    assert (conversation["initial_skill"], conversation["final_skill"]) == (skill, skill[:199])


async def test_a_question_at_the_limit(baton: Program, shop: Shop) -> None:
    for text in ("x" * 200, "x" * 201):
        started = await baton.start(shop, text)
        await baton.say(started, "x" * 300)
        found = await baton.data(shop.owner, QUESTION, id=started.id)
        assert found["conversation"]["firstQuestion"] == text

"""The model agent in the program: the worker replies to waiting shoppers through a fake endpoint."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.chat_completions import KEY, ChatModel, Reply, answering, calling
from dev.fakes.faults import Fault, Received
from dev.fakes.server import serving
from tests.harness.clock import ManualClock
from tests.harness.injections import (
    FOREIGN,
    INJECTIONS,
    OTHER_NAME,
    OTHER_ORDER,
    OTHER_TOTAL,
    OTHERS,
    OWN,
    OWN_ORDER,
    OWN_TOTAL,
    ObedientModel,
    Place,
)
from tests.harness.program import Json, Program, Shop, identity_token, running
from tests.integrations.agents.test_model_agent import BROKEN

_PATIENCE = 60.0  # seconds
_WARRANTY = {
    "title": "Warranty of lamps",
    "language": "en",
    "url": "https://shop.example/warranty",
    "text": "The warranty of a lamp is two years.",
}
_LAMP = {
    "productId": "p1",
    "title": "Brass lamp",
    "description": "A lamp for the desk",
    "url": "https://shop.example/l",
}
_SETTINGS = (
    *("accounts", "guidance", "connected_services", "agent_settings", "staff"),
    *("articles", "catalog_products", "orders"),
)


@pytest.fixture
async def model() -> AsyncIterator[ObedientModel]:
    fake = ObedientModel(INJECTIONS)
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    given = {"model_private_networks": True}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), **given) as program:
        yield program


@pytest.fixture
async def shop(baton: Program, model: ChatModel) -> Shop:
    """A shop whose shoppers the model replies to."""
    shop = await baton.open_shop("Shop")
    await baton.done(shop.owner, "connectModel", url=model.url, model="obedient", apiKey=KEY)
    await baton.done(shop.owner, "createArticle", **_WARRANTY)
    await baton.done(shop.owner, "saveProducts", products=[_LAMP])
    await baton.done(shop.owner, "updateAgentSettings", answeredBy="MODEL")
    model.received.clear()
    return shop


@asynccontextmanager
async def at_work(baton: Program) -> AsyncIterator[None]:
    """The worker replies to turns."""
    stop = asyncio.Event()
    work = asyncio.create_task(baton.baton.workers.agents.run(stop))
    try:
        yield
    finally:
        stop.set()
        await work


async def start(baton: Program, shop: Shop, text: str, *, token: str | None = None) -> str:
    """Start a conversation. Returns the key of its row."""
    given = {} if token is None else {"visitor": {"identityToken": token}}
    payload = await baton.mutate_brief(shop.widget, "startConversation", channel="WEB_CHAT", text=text, **given)
    assert payload["errors"] == []
    key: str = payload["conversation"]["id"]
    return key


async def outcomes(baton: Program) -> list[Json]:
    """Wait until no shopper waits, and return the conversations with their messages."""
    conversations = baton.database["conversations"]
    async with asyncio.timeout(_PATIENCE):
        while await conversations.count_documents({"turn.waits": True}):  # noqa: ASYNC110 - the database has no event
            await asyncio.sleep(0.02)
    found = await conversations.find(sort=[("_id", 1)]).to_list()
    for row in found:
        row["messages"] = await baton.database["messages"].find({"conversation_id": row["_id"]}).to_list()
    return found


async def test_it_replies_with_a_source_and_a_card(baton: Program, shop: Shop, model: ObedientModel) -> None:
    def think(received: Received) -> Reply:
        messages = received.json["messages"]
        if messages[-1]["role"] == "tool":
            [lamp] = json.loads(messages[-1]["content"])["products"]
            return answering("Two years, see https://shop.example/warranty.", product_ids=[lamp["id"]])
        return calling("recommend_products", query="a lamp")

    model.think = think
    await start(baton, shop, "How long is the warranty of the lamp?")
    async with at_work(baton):
        [row] = await outcomes(baton)
    reply = row["messages"][-1]
    assert reply["text"] == "Two years, see https://shop.example/warranty."
    assert [card["title"] for card in reply["products"]] == ["Brass lamp"]
    assert row["final_skill"] == "Product recommendation"


async def test_every_fault_of_the_endpoint_ends_at_a_human(baton: Program, shop: Shop, model: ObedientModel) -> None:
    faults: Sequence[Reply | Fault] = [reply for reply, _ in BROKEN]

    def think(received: Received) -> Reply | Fault:
        asked = str(received.json["messages"][-1]["content"] or received.json["messages"][2]["content"])
        return faults[int(asked.rpartition("#")[2])]

    model.think = think
    # No connection has so short a time: the test need not wait for a silent endpoint.
    await baton.database["connected_services"].update_many({}, {"$set": {"settings.turn_seconds": "2"}})
    for number in range(len(faults)):
        await start(baton, shop, f"How long is the warranty? #{number}")
    async with at_work(baton):
        rows = await outcomes(baton)
    assert len(rows) == len(faults)
    for row in rows:
        [handoff] = row["handoffs"]
        assert (handoff["reason"], handoff["state"]) == ("AGENT_FAILURE", "OFFERED"), (row["messages"], handoff)
        assert KEY not in str(handoff)
    assert model.received


async def test_injections_reach_nothing(baton: Program, shop: Shop, model: ObedientModel) -> None:
    token = await identity_token(baton, shop, OTHER_NAME, email=f"{OTHER_NAME}@home.example")
    await start(baton, shop, "Hello", token=token)
    for owner, number, total in ((OTHER_NAME, OTHER_ORDER, OTHER_TOTAL), ("own", OWN_ORDER, OWN_TOTAL)):
        await baton.done(
            shop.owner,
            "recordOrder",
            orderId=number,
            placedAt="2026-06-01T12:00:00Z",
            total={"amount": total, "currency": "EUR"},
            profileId=owner,
        )
    async with at_work(baton):
        await outcomes(baton)
        before = {name: rows for name, rows in (await baton.everything()).items() if name in _SETTINGS}
        injections = [each for each in INJECTIONS if each.place is Place.SHOPPER]
        for number, each in enumerate(injections):
            name = "own" if each is OWN else f"shopper-{number}"
            await start(baton, shop, each.text, token=await identity_token(baton, shop, name))
        rows = await outcomes(baton)
    assert {name: rows for name, rows in (await baton.everything()).items() if name in _SETTINGS} == before
    assert len(rows) == len(injections) + 1
    told = 0
    for row in rows:
        written = [message["text"] for message in row["messages"] if message["author"]["kind"] != "SHOPPER"]
        asked = str([message["text"] for message in row["messages"] if message["author"]["kind"] == "SHOPPER"])
        shown = str([written, row.get("handoffs")])
        assert written, "nobody waits in silence"
        assert all(secret not in shown or secret in asked for secret in OTHERS)
        assert f"{FOREIGN}/" not in shown
        told += OWN_TOTAL in shown
    assert told == 1, "the own order, and only to its buyer"
    signals = str(await baton.database["signals"].find().to_list())
    assert f"{FOREIGN}/" not in signals


async def test_it_is_chosen_only_while_it_is_connected(baton: Program, shop: Shop, model: ObedientModel) -> None:
    refused = await baton.errors_of(shop.owner, "disconnectModel", url=model.url)
    assert [(error["code"], error["path"]) for error in refused] == [("CONFLICT", ["input", "url"])]
    await baton.done(shop.owner, "updateAgentSettings", answeredBy="OFF")
    await baton.done(shop.owner, "disconnectModel", url=model.url)
    before = await baton.everything()
    refused = await baton.errors_of(shop.owner, "updateAgentSettings", answeredBy="MODEL")
    assert [(error["code"], error["path"]) for error in refused] == [("NOT_CONNECTED", ["input", "answeredBy"])]
    assert await baton.everything() == before

"""Connecting a language model: its endpoint is asked for a tool call first, and its key is never shown."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from dev.fakes.chat_completions import KEY, ChatModel, Reply
from dev.fakes.faults import Received, cut_before, failing, responding, too_many
from dev.fakes.server import serving
from domain.model.connected_services import Service
from tests.harness.clock import ManualClock
from tests.harness.program import Json, Program, Shop, running

_READ = "{ connectedModel { url model turnSeconds connectedAt checkedAt problem } }"


@pytest.fixture
async def model() -> AsyncIterator[ChatModel]:
    fake = ChatModel()
    async with serving(fake) as fake.url:
        yield fake


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    given = {"model_private_networks": True}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), **given) as program:
        yield program


async def shown(baton: Program, key: str) -> Json | None:
    found: Json | None = (await baton.data(key, _READ))["connectedModel"]
    return found


async def refusals(baton: Program, shop: Shop, **given: Any) -> list[tuple[str, list[str]]]:
    errors = await baton.errors_of(shop.owner, "connectModel", **given)
    return [(error["code"], error["path"]) for error in errors]


async def test_connected_after_it_called_a_tool(baton: Program, shop: Shop, model: ChatModel) -> None:
    connection = (await baton.done(shop.manager, "connectModel", url=f"{model.url}/", model="small", apiKey=KEY))[
        "connection"
    ]
    assert connection == {
        "url": model.url,
        "model": "small",
        "turnSeconds": 30,
        "connectedAt": "2026-06-07T12:00:00.000Z",
        "checkedAt": "2026-06-07T12:00:00.000Z",
        "problem": None,
    }
    assert await shown(baton, shop.admin) == connection
    [asked] = model.received
    assert (asked.json["model"], asked.json["tool_choice"]) == ("small", "required")
    assert asked.json["tools"][0]["function"]["strict"] is True
    stored = await baton.baton.services.connections.open(shop.id, Service.MODEL)
    assert stored is not None
    assert stored.secrets["api_key"] == KEY
    assert KEY not in str(await baton.everything())

    baton.clock.move(timedelta(hours=1))
    again = await baton.done(shop.owner, "connectModel", url=model.url, model="large", apiKey=KEY, turnSeconds=5)
    assert (again["connection"]["model"], again["connection"]["turnSeconds"]) == ("large", 5)
    assert again["connection"]["connectedAt"] == connection["connectedAt"]

    wrong = await baton.errors_of(shop.owner, "disconnectModel", url="https://other.example/v1")
    assert [(error["code"], error["path"]) for error in wrong] == [("NOT_FOUND", ["input", "url"])]
    await baton.done(shop.owner, "disconnectModel", url=model.url)
    assert await shown(baton, shop.owner) is None
    assert await baton.database["connected_services"].count_documents({}) == 0


@pytest.mark.parametrize(("strict", "demand_tool"), [(True, True), (False, True), (False, False)])
async def test_what_an_endpoint_does_not_know_is_left_out(
    baton: Program, shop: Shop, model: ChatModel, strict: bool, demand_tool: bool
) -> None:
    usual = model.think

    def think(received: Received) -> Any:
        asked = received.json
        if not strict and "strict" in asked["tools"][0]["function"]:
            return responding(400, {"error": {"message": "Unknown field: strict"}})
        if not demand_tool and asked["tool_choice"] == "required":
            return Reply(content="Hello!", finish_reason="stop")
        return usual(received)

    model.think = think
    await baton.done(shop.owner, "connectModel", url=model.url, model="small", apiKey=KEY)
    stored = await baton.baton.services.connections.open(shop.id, Service.MODEL)
    assert stored is not None
    assert (stored.settings["strict"], stored.settings["demand_tool"]) == (
        str(strict).lower(),
        str(demand_tool).lower(),
    )


async def test_what_is_refused_saves_nothing(
    baton: Program, shop: Shop, model: ChatModel, caplog: pytest.LogCaptureFixture
) -> None:
    before = await baton.everything()
    good = {"url": model.url, "model": "small", "apiKey": KEY}
    for changed, path in (
        ({"url": "ftp://model.example/v1"}, "url"),
        ({"url": "https://model.example/v1?key=1"}, "url"),
        ({"url": "https://model.example/v1/chat/completions"}, "url"),
        ({"url": "https://ann:key@model.example/v1"}, "url"),
        ({"model": " "}, "model"),
        ({"apiKey": "a key"}, "apiKey"),
        ({"turnSeconds": 4}, "turnSeconds"),
        ({"turnSeconds": 91}, "turnSeconds"),
        ({"apiKey": "sk-wrong-key"}, "apiKey"),
    ):
        assert await refusals(baton, shop, **{**good, **changed}) == [("INVALID", ["input", path])], changed
    for replies, path in (
        ([responding(404, {"error": {"message": "no such model"}})] * 3, "url"),
        ([Reply(content="Hello!", finish_reason="stop")] * 3, "model"),
        ([Reply(calls=[("handoff", "{}")])] * 3, "model"),
        ([responding(200, text="<html>")] * 3, "url"),
    ):
        model.replies += replies
        assert await refusals(baton, shop, **good) == [("INVALID", ["input", path])]
    document = "mutation($input: ConnectModelInput!) { connectModel(input: $input) { errors { code } } }"
    for fault in (too_many(retry_after=9), cut_before(), failing(503)):
        model.replies += [fault] * (3 if fault == failing(503) else 1)
        answer = await baton.ask(shop.owner, document, input=good)
        assert answer.codes == ["UNAVAILABLE"], fault
    assert model.replies == []
    assert await baton.everything() == before
    assert await shown(baton, shop.owner) is None
    assert "sk-wrong-key" not in caplog.text


async def test_an_address_inside_the_network_is_refused(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]], model: ChatModel
) -> None:
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock()) as baton:
        shop = await baton.open_shop("Shop")
        for url in (model.url, "https://10.0.0.1/v1", "https://metadata.internal/v1", "https://[::1]/v1"):
            assert await refusals(baton, shop, url=url, model="small") == [("INVALID", ["input", "url"])]
    assert model.received == []


async def test_the_key_is_in_no_log(
    baton: Program, shop: Shop, model: ChatModel, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await baton.done(shop.owner, "connectModel", url=model.url, model="small", apiKey=KEY)
    assert KEY not in caplog.text

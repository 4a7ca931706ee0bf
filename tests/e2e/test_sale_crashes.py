"""SIGKILL while shoppers click, buy and return goods: each order is credited once."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from tests.e2e.clients import Caller, calling
from tests.e2e.processes import Json, Machine
from tests.e2e.test_handoff_crashes import kill_again_and_again

ROUNDS = 60 if "BATON_LONG" in os.environ else 4
SHOPPERS = 4

_ERRORS = "errors { code message path }"
START = f"""mutation($input: StartConversationInput!) {{ startConversation(input: $input) {{
  conversation {{ id }} visitorToken {_ERRORS} }} }}"""
SHOW = (
    f"mutation($input: PostAgentMessageInput!) {{ postAgentMessage(input: $input) {{ message {{ id }} {_ERRORS} }} }}"
)
CLICK = f"mutation($input: RecordProductClickInput!) {{ recordProductClick(input: $input) {{ recorded {_ERRORS} }} }}"
ORDER = f"mutation($input: RecordOrderInput!) {{ recordOrder(input: $input) {{ sales {{ id }} {_ERRORS} }} }}"
REFUND = f"mutation($input: RecordRefundInput!) {{ recordRefund(input: $input) {{ sales {{ id }} {_ERRORS} }} }}"


async def shopper(caller: Caller, keys: dict[str, str], over: asyncio.Event) -> dict[str, str]:
    """Start conversations in sequence until `over` is set. Returns the order of each conversation."""
    sold = {}
    while not over.is_set():
        order, email = uuid4().hex, f"{uuid4().hex}@example.com"
        given: Json = {"channel": "WEB_CHAT", "text": "Kettles?", "visitor": {"email": email}}
        started = await caller.command(keys["publishableKey"], START, **given)
        conversation, token = started["conversation"]["id"], started["visitorToken"]
        card = {"productId": "p1", "title": "Kettle"}
        given = {"conversationId": conversation, "epoch": 1, "text": "This one", "products": [card]}
        message = (await caller.command(keys["agentKey"], SHOW, **given))["message"]["id"]
        clicked = datetime.now(UTC) + timedelta(seconds=1)
        placed = (clicked + timedelta(seconds=1)).isoformat()
        money = {"amount": "10.00", "currency": "EUR"}
        told = [
            (REFUND, {"orderId": order, "refundId": "1", "amount": {**money, "amount": "4.00"}, "refundedAt": placed}),
            (ORDER, {"orderId": order, "placedAt": placed, "total": money, "email": email}),
        ]
        click = caller.command(token, CLICK, messageId=message, productId="p1", clickedAt=clicked.isoformat())
        # The three are reported at once, with retries until there is a response.
        await asyncio.gather(click, *(_told(caller, keys["ownerKey"], document, **given) for document, given in told))
        sold[conversation] = order
    return sold


async def _told(caller: Caller, key: str, document: str, **given: Any) -> None:
    (payload,) = (await caller.ask(key, document, input=given)).values()
    assert payload["errors"] == []


@pytest.mark.timeout(60 + 15 * ROUNDS)
async def test_each_order_is_credited_once_whenever_the_server_dies(
    machine: Machine,
    shared_mongo: dict[str, str],
    mongo_client: AsyncMongoClient[dict[str, Any]],
    database_name: str,
) -> None:
    rng = random.Random(os.environ.get("BATON_SEED", "sales"))
    server = await machine.serve(**shared_mongo)
    over = asyncio.Event()
    async with calling(server.url, rng=rng) as caller, asyncio.TaskGroup() as tasks:
        shopping = [tasks.create_task(shopper(caller, server.keys, over)) for _ in range(SHOPPERS)]
        tasks.create_task(kill_again_and_again(server, rng, over, rounds=ROUNDS))
    orders = sorted(order for task in shopping for order in task.result().values())
    assert len(orders) >= SHOPPERS
    database = mongo_client[database_name]
    rows: list[Json] = await database["conversations"].find().to_list()
    credited = [(sale["order_id"], sale["amount"]["amount"]) for row in rows for sale in row.get("sales", [])]
    assert sorted(credited) == [(order, "6.00") for order in orders]
    assert await database["orders"].count_documents({}) == len(orders)
    ended = await machine.command("doctor", "--json", **shared_mongo)
    assert (ended.code, ended.out.strip()) == (0, "[]"), ended

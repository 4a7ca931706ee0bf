"""The doctor reports no problem of correct sales, also during traffic; it reports and repairs each kind of damage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.shopify import order
from domain.doctor import Check
from integrations.mongo.activity.sales_recount import SalesRecount
from integrations.mongo.client import connect
from tests.harness.program import Program
from tests.resolvers.commerce.shop_backend import ShopBackend
from tests.resolvers.commerce.test_shopify import connected


@pytest.fixture
async def recount(baton: Program, backend: ShopBackend, database_name: str) -> AsyncIterator[SalesRecount]:
    database = connect(baton.uri, database=database_name)
    yield SalesRecount(database=database, account_id=backend.shop.id)
    await database.close()


async def problems(recount: SalesRecount) -> list[tuple[str, str]]:
    return [(kind.__name__, problem) async for kind, _, problem in recount.problems()]


async def told_by_the_doctor(baton: Program) -> list[str]:
    examined = [each.examine(lambda _: None) for each in baton.baton.ports.integrity_checks]
    return [finding.problem for findings in examined async for finding in findings if finding.check is Check.SALES]


async def shopped(backend: ShopBackend) -> tuple[str, str]:
    """Two conversations of one shopper. Order 1 is credited to the chat, 2 to the text message, 3 to none."""
    baton = backend.program
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    await backend.order("1", email="ann@example.com")
    await backend.refund("10.00", order_id="1")
    await backend.refund("10.00", order_id="4")
    baton.clock.move(timedelta(hours=1))
    text = await baton.start(backend.shop, channel="SMS", email="ann@example.com")
    await backend.touch(text, "SMS_CLICK")
    await backend.order("2", email="ann@example.com")
    await backend.order("3", email="bob@example.com")
    return shown[0].key, text.key


async def test_nothing_is_found_where_all_is_well(baton: Program, backend: ShopBackend, recount: SalesRecount) -> None:
    await shopped(backend)
    shopify = await connected(baton, backend.shop)
    baton.clock.move(timedelta(hours=1))
    await shopify.tell("orders/create", order(created_at="2026-06-07T09:00:00-04:00"))
    await shopify.tell("customers/redact", {"customer": {"email": "ann@example.com"}})
    assert await problems(recount) == []
    assert await told_by_the_doctor(baton) == []


async def test_nothing_is_found_beside_traffic(baton: Program, backend: ShopBackend, recount: SalesRecount) -> None:
    shown = await backend.show_product(email="ann@example.com")
    text = await baton.start(backend.shop, channel="SMS", email="ann@example.com")
    baton.clock.move(timedelta(hours=12))

    async def sell(number: int) -> None:
        at = f"2026-06-07T{12 + number % 12:02d}:{number % 60:02d}:00Z"
        given = backend.order_input(str(number), placedAt=at, email="ann@example.com")
        await baton.errors_of(backend.key, "recordOrder", **given)
        touch = {"conversationId": (shown[0], text)[number % 2].id, "at": at}
        kind = ("PRODUCT_CARD_CLICK", "SMS_CLICK")[number % 2]
        await baton.errors_of(backend.key, "recordTouch", touch=kind, **touch)

    selling = asyncio.gather(*(sell(number) for number in range(36)))
    while not selling.done():
        assert await problems(recount) == []
    await selling
    assert await problems(recount) == []


async def test_damage_is_reported_and_repaired(
    baton: Program, second: Program, backend: ShopBackend, recount: SalesRecount
) -> None:
    chat, text = await shopped(backend)
    orders = baton.database["orders"]
    whole = {name: await baton.database[name].find(sort=[("_id", 1)]).to_list() for name in ("orders", "conversations")}

    async def told(*expected: tuple[str, str]) -> None:
        assert sorted(await problems(recount)) == sorted(expected)
        assert sorted(await told_by_the_doctor(baton)) == sorted(problem for _, problem in expected)
        assert await recount.repair(second.baton.services.storage) == 1  # which repairs the other side as well
        assert await problems(recount) == []
        for name in whole:
            rows = await baton.database[name].find(sort=[("_id", 1)]).to_list()
            assert [_content(row) for row in rows] == [_content(row) for row in whole[name]]

    at_noon, at_one = "(PRODUCT_CARD_CLICK of 2026-06-07 12:00:00 UTC)", "(SMS_CLICK of 2026-06-07 13:00:00 UTC)"
    await orders.update_one({"order_id": "2"}, {"$unset": {"credit": True}})
    await told(
        ("Order", f"order 2 is credited to none instead of conversation {text} {at_one}"),
        ("Conversation", "it has a sale of order 2, which is not credited to it"),
    )
    first = await orders.find_one({"order_id": "1"})
    assert first is not None
    await orders.update_one({"order_id": "2"}, {"$set": {"credit": first["credit"]}})
    await told(
        (
            "Order",
            f"order 2 is credited to conversation {chat} {at_noon} instead of conversation {text} {at_one}",
        ),
        ("Conversation", "it has a sale of order 2, which is not credited to it"),
    )


def _content(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("version", "seq")}


async def test_a_sale_that_contradicts_its_order_is_reported_and_repaired(
    baton: Program, second: Program, backend: ShopBackend, recount: SalesRecount
) -> None:
    chat, text = await shopped(backend)
    conversations = baton.database["conversations"]
    whole = [_content(row) for row in await conversations.find(sort=[("_id", 1)]).to_list()]
    row = await conversations.find_one({"_id": chat})
    assert row is not None
    await conversations.update_one({"_id": chat}, {"$set": {"sales.0.amount.amount": "30.00"}})
    await conversations.update_one({"_id": text}, {"$push": {"sales": row["sales"][0]}})
    noon = "(PRODUCT_CARD_CLICK of 2026-06-07 12:00:00 UTC)"
    assert await problems(recount) == [
        ("Order", f"order 1 is credited to conversation {chat} {noon}, which does not have the sale"),
        ("Conversation", "it has a sale of order 1, which is not credited to it"),
    ]
    # Run in a process without cached conversations, which reads the stored ones.
    assert await recount.repair(second.baton.services.storage) == 2
    assert await problems(recount) == []
    assert [_content(row) for row in await conversations.find(sort=[("_id", 1)]).to_list()] == whole

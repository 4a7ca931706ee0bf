"""Invalid orders, refunds and touches are refused with the path of the error, and nothing is stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from resolvers.scalars import write_instant
from tests.harness.operations import mutation
from tests.harness.program import Json, Program, Shop
from tests.resolvers.commerce.shop_backend import ShopBackend

FORTY = "9" * 40
AMOUNTS: list[tuple[Json, list[str]]] = [
    ({"amount": "-0.01", "currency": "EUR"}, ["amount"]),
    ({"amount": FORTY, "currency": "EUR"}, ["amount"]),
    ({"amount": f"0.{FORTY}", "currency": "EUR"}, ["amount"]),
    ({"amount": "1234567890123456789", "currency": "EUR"}, ["amount"]),
    ({"amount": "1.001", "currency": "EUR"}, ["amount"]),
    ({"amount": "0.1", "currency": "JPY"}, ["amount"]),
    ({"amount": "1.0001", "currency": "KWD"}, ["amount"]),
    ({"amount": "1", "currency": "XXX"}, ["currency"]),
    ({"amount": "1", "currency": "eur"}, ["currency"]),
    ({"amount": "1", "currency": ""}, ["currency"]),
    ({"amount": "1", "currency": "€"}, ["currency"]),
]


async def refused(baton: Program, key: str, name: str, given: Json) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["path"]) for error in (await baton.command(key, name, **given))["errors"]]


async def test_orders_that_cannot_be(baton: Program, backend: ShopBackend) -> None:
    sound = backend.order_input(email="ann@example.com")
    in_five_minutes = write_instant(baton.clock.now() + timedelta(minutes=5))
    wrong: list[tuple[Json, list[str]]] = [
        *(({"total": money}, ["total", *path]) for money, path in AMOUNTS),
        ({"orderId": ""}, ["orderId"]),
        ({"orderId": " \t"}, ["orderId"]),
        ({"orderId": "x" * 201}, ["orderId"]),
        ({"orderId": "one\ntwo"}, ["orderId"]),
        ({"orderId": "\0"}, ["orderId"]),
        ({"placedAt": "2026-06-07T12:05:00.001Z"}, ["placedAt"]),
        ({"placedAt": "9999-12-31T23:59:59Z"}, ["placedAt"]),
        ({"placedAt": "1969-12-31T23:59:59.999Z"}, ["placedAt"]),
        ({"placedAt": "0001-01-01T00:00:00Z"}, ["placedAt"]),
        ({"updatedAt": "2026-06-07T11:59:59.999Z"}, ["updatedAt"]),
        ({"updatedAt": "2026-06-07T12:05:00.001Z"}, ["updatedAt"]),
        ({"email": "nobody"}, ["email"]),
        ({"email": ""}, ["email"]),
        ({"phone": "12345"}, ["phone"]),
        ({"profileId": "x" * 201}, ["profileId"]),
        ({"anonymousId": "a\nb"}, ["anonymousId"]),
        ({"productIds": ["p"] * 501}, ["productIds"]),
        ({"productIds": ["p", ""]}, ["productIds", "1"]),
    ]
    for given, path in wrong:
        assert await refused(baton, backend.key, "recordOrder", {**sound, **given}) == [("INVALID", ["input", *path])]
    assert await baton.database["orders"].count_documents({}) == 0
    early = {"placedAt": "1970-01-01T00:00:00Z"}
    for number, given in enumerate(
        ({}, {"placedAt": in_five_minutes}, early, {"orderId": "{$gt: 1}"}, {"email": None})
    ):
        await baton.done(backend.key, "recordOrder", **{**sound, "orderId": str(number), **given})
    assert await baton.database["orders"].count_documents({}) == 5


async def test_refunds_that_cannot_be(baton: Program, backend: ShopBackend) -> None:
    sound = {
        "orderId": "1001",
        "refundId": "r1",
        "amount": {"amount": "1", "currency": "EUR"},
        "refundedAt": backend.now,
    }
    wrong: list[tuple[Json, list[str]]] = [
        *(({"amount": money}, ["amount", *path]) for money, path in AMOUNTS),
        ({"amount": {"amount": "0.00", "currency": "EUR"}}, ["amount", "amount"]),
        ({"orderId": ""}, ["orderId"]),
        ({"refundId": ""}, ["refundId"]),
        ({"refundId": "x" * 201}, ["refundId"]),
        ({"refundedAt": "2026-06-07T12:05:00.001Z"}, ["refundedAt"]),
        ({"refundedAt": "1969-12-31T23:59:59Z"}, ["refundedAt"]),
    ]
    for given, path in wrong:
        assert await refused(baton, backend.key, "recordRefund", {**sound, **given}) == [("INVALID", ["input", *path])]
    assert await baton.database["orders"].count_documents({}) == 0


async def test_touches_that_cannot_be(baton: Program, backend: ShopBackend) -> None:
    text = await baton.start(backend.shop, channel="SMS", phone="+393331234567")
    chat = await baton.start(backend.shop)
    baton.clock.move(timedelta(hours=1))
    sound = {"conversationId": text.id, "touch": "SMS_CLICK", "at": backend.now}
    wrong: list[tuple[Json, list[str]]] = [
        ({"touch": "WHATSAPP_CLICK"}, ["touch"]),
        ({"touch": "PRODUCT_CARD_CLICK"}, ["touch"]),
        ({"conversationId": chat.id}, ["touch"]),
        ({"at": "2026-06-07T13:05:00.001Z"}, ["at"]),
        ({"at": "2026-06-07T11:54:59.999Z"}, ["at"]),
        ({"at": "0001-01-01T00:00:00Z"}, ["at"]),
        ({"conversationId": "nonsense"}, ["conversationId"]),
    ]
    for given, path in wrong:
        assert await refused(baton, backend.key, "recordTouch", {**sound, **given}) == [("INVALID", ["input", *path])]
    assert await baton.database["touches"].count_documents({}) == 0
    # A small clock skew is accepted, and the time corrected to a possible one.
    for at in ("2026-06-07T13:05:00Z", "2026-06-07T11:55:00Z"):
        await backend.touch(text, "SMS_CLICK", at)
    found = await baton.database["touches"].find(sort=[("touched_at", 1)]).to_list()
    assert [write_instant(row["touched_at"]) for row in found] == [
        "2026-06-07T12:00:00.000Z",
        "2026-06-07T13:00:00.000Z",
    ]


async def test_amounts_of_a_wrong_type(baton: Program, shop: Shop) -> None:
    wrong: list[Any] = [19.9, 7, None, "", "1,5", "1e3", "NaN", "Infinity", "+1", "1" * 41]
    for amount in wrong:
        total = {"amount": amount, "currency": "EUR"}
        given = {"orderId": "1", "placedAt": "2026-06-07T12:00:00Z", "total": total}
        answer = await baton.ask(shop.owner, mutation("recordOrder"), input=given)
        assert answer.codes == ["BAD_USER_INPUT"]


async def test_more_sales_than_a_shopper_can_make(baton: Program, backend: ShopBackend) -> None:
    """An address shared by all buyers: its orders are stored, but credited to nobody beyond 500."""
    shown = await backend.show_product(email="till@example.com")
    await backend.click(shown)
    [conversation] = await baton.database["conversations"].find().to_list()
    await backend.order("0", email="till@example.com")
    row = await baton.database["conversations"].find_one({"_id": conversation["_id"]})
    assert row is not None
    many = [{**row["sales"][0], "id": f"{conversation['_id']}{n:026d}", "order_id": f"x{n}"} for n in range(499)]
    await baton.database["conversations"].update_one({"_id": row["_id"]}, {"$push": {"sales": {"$each": many}}})
    async with baton.twin(baton.baton.settings.data / "fresh") as fresh:
        given = backend.order_input("one too many", email="till@example.com")
        assert (await fresh.mutate(backend.key, "recordOrder", **given)) == {"sales": [], "errors": []}
    order = await baton.database["orders"].find_one({"order_id": "one too many"})
    assert order is not None
    assert "credit" not in order
    row = await baton.database["conversations"].find_one({"_id": conversation["_id"]})
    assert row is not None
    assert len(row["sales"]) == 500

"""A Shopify shop: connection, signatures, and webhooks in any order."""

from __future__ import annotations

import base64
import itertools
import json
import logging
import random
from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.shopify import ORDER, SECRET, SHOP, Delivery, ShopifySender, order, refund, signature
from tests.harness.program import Program, Shop, Started, browser
from tests.resolvers.commerce.shop_backend import ShopBackend

READ = "{ account { shopify { shopDomain connectedAt webhookUrl problem } } }"
OTHER = "shpss_another"


@pytest.fixture
async def shopify(baton: Program, shop: Shop) -> ShopifySender:
    return await connected(baton, shop)


async def connected(baton: Program, shop: Shop, secret: str = SECRET) -> ShopifySender:
    payload = await baton.done(shop.owner, "connectShopify", shopDomain=SHOP, clientSecret=secret)
    path = payload["connection"]["webhookUrl"].removeprefix("https://baton.example")
    return ShopifySender(baton.http, path, secret=secret)


async def clicked(backend: ShopBackend, **visitor: str) -> Started:
    shown = await backend.show_product(**(visitor or {"email": "ann@example.com"}))
    await backend.click(shown)
    backend.program.clock.move(timedelta(hours=4))
    return shown[0]


def test_signature_is_that_of_the_vector() -> None:
    body = '{"id":1,"note":"café"}'.encode()
    assert signature(body) == "sKJLII/iwUWIsRXTBVj3YofPVdZUalx9WMu6LAaSeXs="


async def test_connecting_answers_the_address_and_never_the_secret(baton: Program, shop: Shop) -> None:
    given = {"shopDomain": " https://ACME.myshopify.com/", "clientSecret": SECRET}
    payload = await baton.done(shop.admin, "connectShopify", **given)
    connection = payload["connection"]
    assert connection == {
        "shopDomain": SHOP,
        "connectedAt": "2026-06-07T12:00:00.000Z",
        "webhookUrl": connection["webhookUrl"],
        "problem": None,
    }
    assert connection["webhookUrl"].startswith("https://baton.example/hooks/shopify/")
    assert await baton.data(shop.owner, READ) == {"account": {"shopify": connection}}
    assert await baton.data(shop.support, READ) == {"account": {"shopify": {**connection, "webhookUrl": None}}}
    assert SECRET not in json.dumps(await baton.everything(), default=str)
    for wrong, path in (
        ({"shopDomain": "acme"}, "shopDomain"),
        ({"shopDomain": "acme.example.com"}, "shopDomain"),
        ({"shopDomain": "evil.com/acme.myshopify.com"}, "shopDomain"),
        ({"shopDomain": "acme.myshopify.com.evil.com"}, "shopDomain"),
        ({"clientSecret": " "}, "clientSecret"),
        ({"clientSecret": "two words"}, "clientSecret"),
        ({"clientSecret": "x" * 1001}, "clientSecret"),
    ):
        [error] = (await baton.command(shop.owner, "connectShopify", **{**given, **wrong}))["errors"]
        assert (error["code"], error["path"]) == ("INVALID", ["input", path])
    other = await baton.command(shop.owner, "disconnectShopify", shopDomain="b.myshopify.com")
    assert [e["code"] for e in other["errors"]] == ["NOT_FOUND"]
    await baton.done(shop.owner, "disconnectShopify", shopDomain=SHOP)
    assert await baton.data(shop.owner, READ) == {"account": {"shopify": None}}
    assert await baton.database["connected_services"].count_documents({}) == 0


async def test_order_is_credited_and_its_refund_taken_back(backend: ShopBackend, shopify: ShopifySender) -> None:
    chat = await clicked(backend)
    assert await shopify.tell("orders/create", order()) == "Processed."
    assert await backend.amounts(chat) == [{str(ORDER): "369.97 EUR"}]
    [sale] = await backend.sales(chat)
    assert sale["placedAt"] == "2026-06-07T12:30:00.000Z"
    assert await shopify.tell("refunds/create", refund(1, "69.97")) == "Processed."
    assert await backend.amounts(chat) == [{str(ORDER): "300.00 EUR"}]


async def test_same_delivery_five_times(baton: Program, backend: ShopBackend, shopify: ShopifySender) -> None:
    chat = await clicked(backend)
    for delivery in (
        shopify.delivery("orders/create", order()),
        shopify.delivery("refunds/create", refund(1, "69.97")),
    ):
        assert (await shopify.send(delivery)).json() == {"result": "Processed."}
        before = await baton.fingerprints()
        for _ in range(4):
            assert (await shopify.send(delivery)).json() == {"result": "Duplicate."}
        assert await baton.fingerprints() == before
    # With another delivery id it is the same order, and the same refund.
    await shopify.tell("orders/paid", order())
    await shopify.tell("refunds/create", refund(1, "69.97"))
    assert await backend.amounts(chat) == [{str(ORDER): "300.00 EUR"}]
    assert await baton.database["orders"].count_documents({}) == 1


async def test_every_order_of_arrival_comes_to_the_same(
    baton: Program, backend: ShopBackend, shopify: ShopifySender
) -> None:
    """An order is created, paid, refunded twice (the second time in the order's payload), and reduced by an edit."""
    later = {"updated_at": "2026-06-07T08:31:00-04:00"}
    last = {"updated_at": "2026-06-07T10:00:00-04:00", "refunds": [refund(1, "69.97"), refund(2, "50.00")]}
    told = [
        ("orders/create", lambda n: order(n, financial_status="pending")),
        ("orders/paid", lambda n: order(n, **later)),
        ("refunds/create", lambda n: refund(1, "69.97", n)),
        ("orders/updated", lambda n: order(n, "349.97", **last, financial_status="partially_refunded")),
    ]
    chat = await clicked(backend)
    ways = list(itertools.permutations(told))
    for number, way in enumerate(ways, start=ORDER):
        for topic, payload in way:
            await shopify.tell(topic, payload(number))
    assert await backend.amounts(chat) == [{str(ORDER + place): "230.00 EUR" for place in range(len(ways))}]


async def test_words_of_one_instant_come_to_the_same(
    baton: Program, backend: ShopBackend, shopify: ShopifySender
) -> None:
    """Shopify's times have no fractions: creation, payment and cancellation may have the same second."""
    told = [
        lambda n: order(n, financial_status="pending"),
        lambda n: order(n),
        lambda n: order(n, "1.00"),
        lambda n: order(n, cancelled_at="2026-06-07T08:30:00-04:00") if n % 2 else order(n),
    ]
    chat = await clicked(backend)
    dice = random.Random(5)
    numbers = list(range(ORDER, ORDER + 8))
    for number in numbers:
        for payload in dice.sample(told, len(told)):
            await shopify.tell("orders/updated", payload(number))
    [amounts] = await backend.amounts(chat)
    assert set(amounts) == {str(n) for n in numbers if n % 2 == 0}
    assert len(set(amounts.values())) == 1


async def test_order_that_is_not_paid_is_no_sale(backend: ShopBackend, shopify: ShopifySender) -> None:
    chat = await clicked(backend)
    for status in ("pending", "authorized", "partially_paid", "voided", "expired", None):
        await shopify.tell("orders/create", order(financial_status=status))
        assert await backend.sales(chat) == []
    await shopify.tell("orders/paid", order(updated_at="2026-06-07T09:00:00-04:00"))
    assert await backend.amounts(chat) == [{str(ORDER): "369.97 EUR"}]
    gone = {"updated_at": "2026-06-07T09:01:00-04:00", "cancelled_at": "2026-06-07T09:01:00-04:00"}
    await shopify.tell("orders/cancelled", order(**gone))
    assert await backend.sales(chat) == []


async def test_test_orders_and_other_topics_are_passed_over(
    baton: Program, backend: ShopBackend, shopify: ShopifySender
) -> None:
    await clicked(backend)
    before = await baton.fingerprints()
    assert await shopify.tell("orders/create", order(test=True)) == "Ignored: topic not used, or test order."
    assert await shopify.tell("products/update", {"id": 1}) == "Ignored: topic not used, or test order."
    assert await baton.fingerprints() == before


WHO: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"profileId": "7712345678901234567"}, {"customer": {"id": 7712345678901234567}}),
    ({"email": "ANN-1@example.com"}, {"email": "ann-1@Example.com"}),
    ({"email": "ann-2@example.com"}, {"contact_email": "ann-2@example.com"}),
    ({"email": "ann-3@example.com"}, {"customer": {"id": 1, "email": "ann-3@example.com"}}),
    ({"phone": "+39 333 1234567"}, {"phone": "+393331234567", "email": "not an address"}),
    ({"phone": "+39 333 1234568"}, {"customer": {"id": 1, "phone": "+393331234568"}, "email": ""}),
]


async def test_who_bought(baton: Program, backend: ShopBackend, shopify: ShopifySender) -> None:
    chats = [await backend.show_product(**visitor) for visitor, _ in WHO]
    for chat in chats:
        await backend.click(chat)
    baton.clock.move(timedelta(hours=4))
    nobody = {"email": None, "contact_email": None, "customer": None}
    for number, (_, shown) in enumerate(WHO, start=ORDER):
        await shopify.tell("orders/create", order(number, **{**nobody, **shown}))
    assert await backend.amounts(*(chat for chat, _ in chats)) == [
        {str(ORDER + place): "369.97 EUR"} for place in range(len(WHO))
    ]


async def test_cart_that_came_from_a_conversation(baton: Program, backend: ShopBackend, shopify: ShopifySender) -> None:
    chat = await clicked(backend, anonymousId=browser("one"))
    elsewhere = await baton.start(backend.shop, channel="SMS", anonymousId=browser("one"))
    await backend.touch(elsewhere, "SMS_CLICK")
    baton.clock.move(timedelta(hours=1))
    nobody: dict[str, Any] = {"email": None, "contact_email": None, "customer": None}

    def hint(value: object) -> Any:
        attributes = [{"name": "gift", "value": "yes"}, {"name": "baton_conversation", "value": value}]
        return {**nobody, "note_attributes": attributes}

    given = {"channel": "WEB_CHAT", "text": "Hi", "test": True}
    tried = (await baton.mutate(backend.shop.owner, "startConversation", **given))["conversation"]["id"]
    for value in ("nonsense", 7, None, base64.urlsafe_b64encode(b"Conversation:01").decode(), tried):
        await shopify.tell("orders/create", order(**hint(value)))
    assert await backend.amounts(chat, elsewhere) == [{}, {}]
    assert not any("conversation:" in repr(each) for each in await baton.database["orders"].find().to_list())
    await shopify.tell("orders/create", order(ORDER + 1, **hint(chat.id)))
    # The shopper of that conversation is the buyer, and the last touch wins as always.
    placed = {"created_at": "2026-06-07T12:30:00-04:00"}
    await shopify.tell("orders/create", order(ORDER + 2, **hint(chat.id), **placed))
    assert await backend.amounts(chat, elsewhere) == [
        {str(ORDER + 1): "369.97 EUR"},
        {str(ORDER + 2): "369.97 EUR"},
    ]


async def test_amounts_have_the_decimals_of_their_currency(backend: ShopBackend, shopify: ShopifySender) -> None:
    chat = await clicked(backend)
    told = (("500", "JPY"), ("500.00", "JPY"), ("1.2345", "KWD"), ("7", "USD"))
    for number, (total, currency) in enumerate(told, start=ORDER):
        await shopify.tell("orders/create", order(number, total, currency=currency))
    kept = ("500 JPY", "500 JPY", "1.234 KWD", "7.00 USD")
    assert await backend.amounts(chat) == [{str(number): amount for number, amount in enumerate(kept, start=ORDER)}]


async def test_refunded_amounts(backend: ShopBackend, shopify: ShopifySender) -> None:
    chat = await clicked(backend)
    await shopify.tell("orders/create", order())
    paid = refund(0, "10.00")["transactions"][0]
    await shopify.tell("refunds/create", refund(1, "10.00", transactions=[]))  # restocked without a refund
    failed = [{**paid, "status": "failure"}, {**paid, "status": "pending"}, {**paid, "kind": "void"}]
    await shopify.tell("refunds/create", refund(2, "10.00", transactions=failed))
    assert await backend.amounts(chat) == [{str(ORDER): "369.97 EUR"}]
    await shopify.tell(
        "refunds/create", refund(2, "10.00", transactions=[*failed, paid, paid])
    )  # the payment succeeded later
    assert await backend.amounts(chat) == [{str(ORDER): "349.97 EUR"}]
    dollars = refund(3, "900.00", transactions=[{**paid, "currency": "USD"}])
    later = "2026-06-07T10:00:00-04:00"
    await shopify.tell("orders/updated", order(updated_at=later, refunds=[dollars]))  # by its lines: 199.00 + 3.98
    assert await backend.amounts(chat) == [{str(ORDER): "146.99 EUR"}]


async def test_only_who_signs_is_believed(
    baton: Program, backend: ShopBackend, shopify: ShopifySender, rival: Shop
) -> None:
    chat = await clicked(backend)
    delivery = shopify.delivery("orders/create", order())
    before = await baton.everything()
    elsewhere = await connected(baton, rival, OTHER)
    refused: list[tuple[int, dict[str, str], Delivery]] = [
        (401, {"X-Shopify-Hmac-Sha256": ""}, delivery),
        (401, {"X-Shopify-Hmac-Sha256": "nonsense"}, delivery),
        (401, {"X-Shopify-Hmac-Sha256": signature(delivery.body, OTHER)}, delivery),
        (401, {"X-Shopify-Hmac-Sha256": signature(delivery.body + b" ")}, delivery),
        (403, {"X-Shopify-Shop-Domain": "other.myshopify.com"}, delivery),
    ]
    for status, headers, sent in refused:
        answer = await shopify.send(sent, **headers)
        assert (answer.status_code, set(answer.json())) == (status, {"error"})
        problem = (await baton.data(backend.shop.owner, READ))["account"]["shopify"]["problem"]
        assert (problem is None) is (status == 403)  # the signature was valid
    assert (await shopify.send(delivery, url="/hooks/shopify/nonsense")).status_code == 404
    assert (await elsewhere.send(delivery)).status_code == 200  # there it is an order of another account
    after = await baton.everything()
    for name in ("conversations", "touches", "received_webhooks", "profiles"):
        assert [r for r in after[name] if r["account"] == backend.shop.id] == [
            r for r in before.get(name, []) if r["account"] == backend.shop.id
        ]
    assert [row["account"] for row in after["orders"]] == [rival.id]
    assert await shopify.tell("orders/create", order()) == "Processed."
    assert await backend.amounts(chat) == [{str(ORDER): "369.97 EUR"}]


async def test_newer_deliveries_name_their_headers_otherwise(backend: ShopBackend, shopify: ShopifySender) -> None:
    chat = await clicked(backend)
    delivery = shopify.delivery("", order())
    newer = {"Shopify-Topic": "orders/create", "Shopify-Hmac-Sha256": signature(delivery.body)}
    answer = await shopify.send(delivery, **newer, **{"X-Shopify-Hmac-Sha256": ""})
    assert answer.json() == {"result": "Processed."}
    assert await backend.amounts(chat) == [{str(ORDER): "369.97 EUR"}]


async def test_secret_that_was_replaced_is_believed_for_a_while(
    baton: Program, backend: ShopBackend, shopify: ShopifySender
) -> None:
    baton.clock.move(timedelta(hours=1))
    newer = await connected(baton, backend.shop, OTHER)
    assert await shopify.tell("orders/create", order()) == "Processed."
    assert await newer.tell("orders/create", order(ORDER + 1)) == "Processed."
    await connected(baton, backend.shop, OTHER)  # the same secret again: the previous one still counts
    baton.clock.move(timedelta(hours=4) - timedelta(milliseconds=1))
    assert await shopify.tell("orders/create", order(ORDER + 2)) == "Processed."
    baton.clock.move(timedelta(milliseconds=1))
    assert (await shopify.send(shopify.delivery("orders/create", order(ORDER + 3)))).status_code == 401
    assert await newer.tell("orders/create", order(ORDER + 3)) == "Processed."


UNUSABLE: list[object] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"id": NaN}',
    {"id": 1},
    order(total="many"),
    order(total="NaN"),
    order(total="-1.00"),
    order(total="9" * 40),
    order(total="1E+400"),
    order(currency="XXX"),
    order(currency="eur"),
    order(created_at="yesterday"),
    order(created_at="2026-06-07T08:30:00"),
    order(created_at="2999-06-07T08:30:00Z"),
    order(created_at="0001-06-07T08:30:00Z"),
    order(id=None),
    order(id="x" * 300),
    order(line_items="none"),
]


async def test_signed_but_unusable_webhooks_are_accepted_and_ignored(
    baton: Program, backend: ShopBackend, shopify: ShopifySender, caplog: pytest.LogCaptureFixture
) -> None:
    await clicked(backend)
    before = await baton.fingerprints()
    with caplog.at_level(logging.WARNING):
        for payload in UNUSABLE:
            assert await shopify.tell("orders/create", payload) != "Processed."
        assert await shopify.tell("refunds/create", {"id": 1, "created_at": "2026-06-07T08:30:00Z"}) != "Processed."
    assert len(caplog.records) == len(UNUSABLE) + 1
    assert "ann@example.com" not in caplog.text
    assert await baton.fingerprints() == before
    assert (await shopify.send(shopify.delivery("orders/create", b" " * (8 << 20) + b"{}"))).status_code == 413


async def test_customer_who_is_to_be_forgotten(baton: Program, backend: ShopBackend, shopify: ShopifySender) -> None:
    chat = await clicked(backend)
    await shopify.tell("orders/create", order())
    await shopify.tell("orders/create", order(ORDER + 1))
    await shopify.tell("orders/create", order(ORDER + 2, email="bob@example.com", contact_email=None, customer=None))
    await backend.order("by hand", email="ann@example.com")
    asked = {"shop_domain": SHOP, "customer": {"id": 7712345678901234567, "email": "ann@example.com"}}
    done = await shopify.tell("customers/redact", {**asked, "orders_to_redact": [ORDER, 404]})
    assert done == "Erased the buyers of 2 orders. Shoppers whose erasure has begun: 1."
    kept = {row["order_id"]: row["purchase"].get("keys") for row in (await baton.everything())["orders"]}
    assert kept == {
        str(ORDER): None,
        str(ORDER + 1): None,
        str(ORDER + 2): ["e:bob@example.com"],
        "by hand": ["e:ann@example.com"],  # Shopify's requests do not apply to other sources
    }
    assert "ann@example.com" not in json.dumps(
        [row for row in (await baton.everything())["orders"] if row["order_id"] == str(ORDER)], default=str
    )
    # Credited amounts stay. Refunds and cancellations are still applied.
    sales = {str(ORDER): "369.97 EUR", str(ORDER + 1): "369.97 EUR", "by hand": "30.00 EUR"}
    assert await backend.amounts(chat) == [sales]
    await shopify.tell("refunds/create", refund(1, "300.00"))
    later = {"updated_at": "2026-06-07T11:00:00-04:00"}
    await shopify.tell("orders/updated", order(**later))
    await shopify.tell("orders/cancelled", order(ORDER + 1, **later, cancelled_at="2026-06-07T11:00:00-04:00"))
    assert await backend.amounts(chat) == [{str(ORDER): "69.97 EUR", "by hand": "30.00 EUR"}]
    found = await baton.database["orders"].find({"erased": True}).to_list()
    assert [row["purchase"].get("keys") for row in found] == [None, None]


async def test_shop_that_left_and_customer_who_asks(
    baton: Program, backend: ShopBackend, shopify: ShopifySender, caplog: pytest.LogCaptureFixture
) -> None:
    asked = {"shop_domain": SHOP, "customer": {"id": 1, "email": "ann@example.com"}, "orders_requested": [ORDER]}
    with caplog.at_level(logging.WARNING):
        assert await shopify.tell("customers/data_request", asked) == ("Noted for the shop's staff. Shoppers: 0.")
    assert str(ORDER) in caplog.text
    assert "ann@example.com" not in caplog.text
    baton.clock.move(timedelta(hours=4))
    for number in range(3):
        await shopify.tell("orders/create", order(ORDER + number))
    assert await shopify.tell("shop/redact", {"shop_domain": SHOP}) == (
        "Erased the buyers of 3 orders. Shoppers whose erasure has begun: 0."
    )
    assert await shopify.tell("shop/redact", {"shop_domain": SHOP}) == (
        "Erased the buyers of 0 orders. Shoppers whose erasure has begun: 0."
    )
    problem = (await baton.data(backend.shop.owner, READ))["account"]["shopify"]["problem"]
    assert problem == "The app was uninstalled from the shop. Install it, then connect the shop again."

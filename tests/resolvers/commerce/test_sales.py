"""Sales credited to a conversation: the touch, its window, the shopper, and refunds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.events import OrderChanged
from domain.imports.model import ImportedConversation, ImportedMessage
from domain.model.conversation import AuthorKind, Visitor
from domain.principal import Scope
from resolvers.scalars import write_instant
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.program import Program, Shop, browser
from tests.resolvers.commerce.shop_backend import ShopBackend

NODE = "query($id: ID!) { node(id: $id) { ... on AttributedSale { id orderId amount { amount currency } } } }"


async def test_order_after_a_click_is_a_sale_that_explains_itself(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(email="Ann@Example.com")
    baton.clock.move(timedelta(minutes=10))
    await backend.click(shown)
    baton.clock.move(timedelta(hours=2))
    [sale] = await backend.order(email="ann@example.COM")
    assert await backend.sales(shown[0]) == [{**sale, "conversation": {"id": shown[0].id}}]
    assert {name: value for name, value in sale.items() if name != "id"} == {
        "orderId": "1001",
        "amount": {"amount": "30.00", "currency": "EUR"},
        "placedAt": "2026-06-07T14:10:00.000Z",
        "touch": "PRODUCT_CARD_CLICK",
        "touchedAt": "2026-06-07T12:10:00.000Z",
        "window": "P1D",
    }
    assert await baton.data(backend.shop.analyst, NODE, id=sale["id"]) == {
        "node": {"id": sale["id"], "orderId": "1001", "amount": {"amount": "30.00", "currency": "EUR"}}
    }


WHO = {
    "profileId": "cust-7",
    "email": "ann@example.com",
    "phone": "+393331234567",
    "anonymousId": browser("one"),
}


async def test_one_identity_in_common_is_enough(backend: ShopBackend) -> None:
    others = {"profileId": "x", "email": "b@example.com", "phone": "+393331234568", "anonymousId": "b"}
    shown = await backend.show_product(**WHO)
    await backend.click(shown)
    assert await backend.order("none", **others) == []
    for shared, identity in WHO.items():
        await backend.order(shared, **{**others, shared: identity})
    assert await backend.amounts(shown[0]) == [dict.fromkeys(WHO, "30.00 EUR")]


@pytest.mark.parametrize("email", ["abc..def@docomo.ne.jp", ".hana@docomo.ne.jp"])
async def test_an_order_with_an_unusual_address_is_kept(baton: Program, backend: ShopBackend, email: str) -> None:
    """docomo-order-is-kept (exceedone/exment#800)"""
    text = await baton.start(backend.shop, channel="SMS", phone="+393331234567")
    await backend.touch(text, "SMS_CLICK")
    await backend.order(phone="+393331234567", email=email)
    assert await backend.amounts(text) == [{"1001": "30.00 EUR"}]


async def test_phone_and_address_are_compared_in_one_form(backend: ShopBackend) -> None:
    shown = await backend.show_product(phone="+39 333 123-4567", email="Ann@Example.com")
    await backend.click(shown)
    await backend.order("1", phone="+393331234567")
    await backend.order("2", email="ANN@EXAMPLE.COM")
    assert await backend.amounts(shown[0]) == [{"1": "30.00 EUR", "2": "30.00 EUR"}]


async def test_an_order_without_buyer_credits_nobody(backend: ShopBackend) -> None:
    shown = await backend.show_product()
    await backend.click(shown)
    assert await backend.order() == []
    assert await backend.sales(shown[0]) == []


WINDOWS = (
    ("WEB_CHAT", "PRODUCT_CARD_CLICK", timedelta(hours=24)),
    ("SMS", "SMS_CLICK", timedelta(days=5)),
    ("SMS", "SMS_DELIVERY", timedelta(hours=12)),
    ("WHATSAPP", "WHATSAPP_CLICK", timedelta(days=5)),
    ("EMAIL", "EMAIL_CLICK", timedelta(days=5)),
)


async def test_windows_of_the_channels(baton: Program, backend: ShopBackend) -> None:
    for channel, kind, window in WINDOWS:
        who = f"{kind.lower()}@example.com"
        started = await baton.start(backend.shop, channel=channel, email=who)
        touched = baton.clock.now()
        await backend.touch(started, kind)
        baton.clock.move(timedelta(milliseconds=1))
        just_before = write_instant(touched - timedelta(milliseconds=1))
        await backend.order(f"{kind} before", placedAt=just_before, email=who)
        await backend.order(f"{kind} at once", placedAt=write_instant(touched), email=who)
        baton.clock.move(window - timedelta(milliseconds=1))
        await backend.order(f"{kind} at the end", email=who)
        baton.clock.move(timedelta(milliseconds=1))
        assert await backend.order(f"{kind} too late", email=who) == []
        assert await backend.amounts(started) == [{f"{kind} at once": "30.00 EUR", f"{kind} at the end": "30.00 EUR"}]


@pytest.mark.parametrize(("channel", "kind"), [("WHATSAPP", "WHATSAPP_OPEN"), ("EMAIL", "EMAIL_OPEN")])
async def test_opens_earn_nothing_until_they_are_switched_on(
    baton: Program, backend: ShopBackend, channel: str, kind: str
) -> None:
    started = await baton.start(backend.shop, channel=channel, email="ann@example.com")
    await backend.touch(started, kind)
    assert await backend.order("1", email="ann@example.com") == []
    touch = {"channel": channel, "touch": kind, "enabled": True, "window": "PT1H"}
    await baton.done(backend.shop.owner, "updateAccount", attribution=[touch])
    baton.clock.move(timedelta(hours=1))
    [sale] = await backend.order("2", email="ann@example.com")
    assert (sale["touch"], sale["window"]) == (kind, "PT1H")
    # Orders that were recorded under other settings keep their credit, also when they are reported again.
    assert await backend.order("1", placedAt="2026-06-07T12:00:00Z", email="ann@example.com") == []
    await baton.done(backend.shop.owner, "updateAccount", attribution=[{**touch, "enabled": False}])
    assert await backend.amounts(started) == [{"2": "30.00 EUR"}]
    await backend.touch(started, kind, "2026-06-07T12:30:00Z")
    [sale] = await backend.sales(started)
    assert (sale["orderId"], sale["touchedAt"], sale["window"]) == ("2", "2026-06-07T12:30:00.000Z", "PT1H")


async def test_last_touch_of_two_conversations_earns_it(baton: Program, backend: ShopBackend) -> None:
    chat = await backend.show_product(email="ann@example.com")
    await backend.click(chat)
    baton.clock.move(timedelta(hours=1))
    text = await baton.start(backend.shop, channel="SMS", phone="+393331234567", email="ann@example.com")
    await backend.touch(text, "SMS_CLICK")
    baton.clock.move(timedelta(hours=1))
    await backend.order("1", email="ann@example.com")
    baton.clock.move(timedelta(milliseconds=1))
    await backend.click(chat)
    await backend.order("2", email="ann@example.com")
    baton.clock.move(timedelta(hours=25))
    await backend.order(
        "3", email="ann@example.com"
    )  # the window of the chat's click has ended, that of the text message has not
    assert await backend.amounts(chat[0], text) == [{"2": "30.00 EUR"}, {"1": "30.00 EUR", "3": "30.00 EUR"}]


async def test_touches_of_one_instant(baton: Program, backend: ShopBackend) -> None:
    first = await baton.start(backend.shop, channel="SMS", email="ann@example.com", phone="+393331234567")
    second = await baton.start(backend.shop, channel="WHATSAPP", email="ann@example.com", phone="+393331234567")
    await backend.touch(second, "WHATSAPP_CLICK")
    await backend.touch(first, "SMS_CLICK")
    await backend.touch(first, "SMS_DELIVERY")
    [sale] = await backend.order(email="ann@example.com")
    assert await backend.amounts(first, second) == [{}, {"1001": "30.00 EUR"}]
    assert sale["touch"] == "WHATSAPP_CLICK"


async def test_a_click_reported_after_the_order_moves_the_credit(baton: Program, backend: ShopBackend) -> None:
    chat = await backend.show_product(email="ann@example.com")
    text = await baton.start(backend.shop, channel="SMS", phone="+393331234567", email="ann@example.com")
    baton.clock.move(timedelta(hours=1))
    await backend.click(chat)
    baton.clock.move(timedelta(hours=1))
    [sale] = await backend.order(email="ann@example.com")
    assert await backend.amounts(chat[0], text) == [{"1001": "30.00 EUR"}, {}]
    baton.clock.move(timedelta(hours=3))
    await backend.refund("10.00")
    await backend.touch(text, "SMS_CLICK", "2026-06-07T12:59:59.999Z")  # earlier than the credited touch
    await backend.touch(text, "SMS_CLICK", "2026-06-07T14:00:00.001Z")  # later than the order
    assert await backend.amounts(chat[0], text) == [{"1001": "20.00 EUR"}, {}]
    before = await baton.data(backend.shop.owner, "query($id: ID!) { node(id: $id) { id } }", id=sale["id"])
    await backend.touch(text, "SMS_CLICK", "2026-06-07T13:30:00Z")
    assert await backend.amounts(chat[0], text) == [{}, {"1001": "20.00 EUR"}]
    gone = await baton.ask(backend.shop.owner, "query($id: ID!) { node(id: $id) { id } }", id=before["node"]["id"])
    assert (gone.data, gone.codes) == ({"node": None}, ["NOT_FOUND"])


async def test_an_order_reported_before_its_click(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(email="ann@example.com")
    baton.clock.move(timedelta(hours=2))
    assert await backend.order(email="ann@example.com") == []
    await backend.click(shown, "2026-06-07T12:30:00Z")
    assert await backend.amounts(shown[0]) == [{"1001": "30.00 EUR"}]


async def test_sale_of_a_conversation_that_is_closed(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    await baton.done(shown[0].token, "closeConversation", conversationId=shown[0].id)
    await backend.order(email="ann@example.com")
    assert await backend.amounts(shown[0]) == [{"1001": "30.00 EUR"}]
    row = (await baton.data(backend.shop.owner, "{ conversations { nodes { status } } }"))["conversations"]["nodes"]
    assert row == [{"status": "RESOLVED_BY_AI"}]


async def test_shopper_who_says_who_it_is_after_it_bought(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(anonymousId=browser("one"))
    await backend.click(shown)
    await backend.order(email="ann@example.com")
    assert await backend.sales(shown[0]) == []
    started = shown[0]
    await baton.done(started.token, "identifyVisitor", conversationId=started.id, email="Ann@example.com")
    assert await backend.amounts(started) == [{"1001": "30.00 EUR"}]


async def test_profiles_that_turn_out_to_be_one_shopper(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(anonymousId=browser("one"))
    await backend.click(shown)
    await baton.done(shown[0].token, "closeConversation", conversationId=shown[0].id)
    await backend.order(phone="+393331234567")
    phone = await baton.start(backend.shop, key=backend.shop.owner, channel="SMS", phone="+393331234567")
    assert await backend.sales(shown[0]) == []
    # A third conversation proves whose browser it is, so the order by phone is credited to the click in the browser.
    both = {"anonymousId": browser("one"), "phone": "+393331234567"}
    await baton.start(backend.shop, key=backend.shop.owner, channel="EMAIL", **both)
    assert await backend.amounts(shown[0], phone) == [{"1001": "30.00 EUR"}, {}]


async def test_identity_of_another_conversation_of_the_shopper(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(anonymousId=browser("one"))
    await backend.click(shown)
    both = {"anonymousId": browser("one"), "email": "ann@example.com"}
    await baton.start(backend.shop, key=backend.shop.owner, channel="EMAIL", **both)
    await backend.order(email="ann@example.com")
    assert await backend.amounts(shown[0]) == [{"1001": "30.00 EUR"}]


async def test_file_that_tells_who_two_shoppers_are(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(key=backend.shop.owner, phone="+393331234567")
    await backend.click(shown)
    await backend.order(email="ann@example.com")
    await baton.start(backend.shop, key=backend.shop.owner, channel="EMAIL", email="ann@example.com")
    past = ImportedConversation(
        source="test",
        key="1",
        messages=(ImportedMessage(author=AuthorKind.SHOPPER, text="It is me"),),
        visitor=Visitor(phone="+393331234567", email="ann@example.com"),
    )
    await baton.baton.history.import_batch(backend.shop.id, [past])
    assert await backend.amounts(shown[0]) == [{"1001": "30.00 EUR"}]


async def test_a_claim_takes_no_sale_from_the_buyers_own_conversation(baton: Program, backend: ShopBackend) -> None:
    own = await backend.show_product(key=backend.shop.owner, email="ann@example.com")
    await backend.click(own)
    baton.clock.move(timedelta(minutes=5))
    claimed = await backend.show_product(email="ann@example.com", anonymousId=browser("stranger"))
    await backend.click(claimed)
    await backend.order(email="ann@example.com")
    assert await backend.amounts(own[0], claimed[0]) == [{"1001": "30.00 EUR"}, {}]
    await backend.order("1002", email="bob@example.com")
    late = await backend.show_product(email="bob@example.com")
    assert await backend.sales(late[0]) == []


async def test_credits_are_streamed(baton: Program, backend: ShopBackend) -> None:
    """The old snapshot plus the events equals the new snapshot, for staff and for the shopper."""
    chat = await backend.show_product(email="ann@example.com")
    text = await baton.start(backend.shop, channel="SMS", email="ann@example.com")
    await backend.click(chat)
    baton.clock.move(timedelta(hours=1))
    checker = ConsistencyChecker(baton)
    for started in (chat[0], text):
        async with checker.watching(started.token, started.id):
            await backend.order(f"of {started.id}", email="ann@example.com")
            await backend.refund("1.00", order_id=f"of {started.id}")
            await backend.touch(text, "SMS_CLICK", "2026-06-07T12:30:00Z")  # moves the credit from the chat
    head = await baton.baton.services.log.head(backend.shop.id)
    events = await baton.baton.services.log.read(backend.shop.id, after=0, upto=head.seq, topics=None, limit=1_000)
    told = [event.body.credit for event in events if isinstance(event.body, OrderChanged)]
    assert [credit and credit.touch.value for credit in told] == [
        *("PRODUCT_CARD_CLICK", "PRODUCT_CARD_CLICK", "SMS_CLICK", "SMS_CLICK", "SMS_CLICK")
    ]
    assert await backend.amounts(chat[0], text) == [
        {},
        {f"of {chat[0].id}": "29.00 EUR", f"of {text.id}": "29.00 EUR"},
    ]


async def test_an_order_reported_again(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    given = backend.order_input(email="ann@example.com", productIds=["p1", "p2"])
    first = (await baton.done(backend.key, "recordOrder", **given))["sales"]
    before = await baton.fingerprints()
    for _ in range(4):
        assert (await baton.done(backend.key, "recordOrder", **given))["sales"] == first
    same = {**given, "email": "ANN@example.com", "total": {"amount": "30.0", "currency": "EUR"}}
    assert (await baton.done(backend.shop.owner, "recordOrder", **same))["sales"] == first
    assert await baton.fingerprints() == before
    for other in (
        {"total": {"amount": "30.01", "currency": "EUR"}},
        {"total": {"amount": "30.00", "currency": "USD"}},
        {"email": "bob@example.com"},
        {"placedAt": "2026-06-07T11:59:59Z"},
        {"productIds": ["p2", "p1"]},
    ):
        [error] = (await baton.command(backend.key, "recordOrder", **{**given, **other}))["errors"]
        assert (error["__typename"], error["code"], error["path"]) == ("Conflict", "CONFLICT", ["input", "orderId"])
    assert await baton.fingerprints() == before


async def test_later_word_about_an_order_counts(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    given: dict[str, Any] = {"placedAt": backend.now, "email": "ann@example.com"}
    baton.clock.move(timedelta(hours=3))
    await backend.order("1", "30.00", **given)
    [sale] = await backend.order("1", "45.50", **given, updatedAt="2026-06-07T13:00:00Z")
    assert sale["amount"] == {"amount": "45.50", "currency": "EUR"}
    [sale] = await backend.order(
        "1", "99.00", **given, updatedAt="2026-06-07T12:59:59Z"
    )  # reported late: the window has ended
    assert sale["amount"] == {"amount": "45.50", "currency": "EUR"}
    again = backend.order_input("1", "99.00", **given, updatedAt="2026-06-07T13:00:00Z")
    assert [e["code"] for e in (await baton.command(backend.key, "recordOrder", **again))["errors"]] == ["CONFLICT"]
    assert await backend.order("1", "45.50", **{**given, "email": "bob@example.com"}, updatedAt=backend.now) == []
    assert await backend.sales(shown[0]) == []


async def test_refunds_take_their_amount_back_and_no_more(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    await backend.order(email="ann@example.com")
    [sale] = await backend.refund("12.50")
    assert sale["amount"] == {"amount": "17.50", "currency": "EUR"}
    before = await baton.fingerprints()
    assert await backend.refund("12.50") == [sale]
    assert await baton.fingerprints() == before
    given = {"orderId": "1001", "refundId": "r1", "amount": {"amount": "12.51", "currency": "EUR"}}
    [error] = (await baton.command(backend.key, "recordRefund", **given, refundedAt=backend.now))["errors"]
    assert (error["code"], error["path"]) == ("CONFLICT", ["input", "refundId"])
    [sale] = await backend.refund("17.49", "r2")
    assert sale["amount"]["amount"] == "0.01"
    [sale] = await backend.refund("500.00", "r3")
    assert sale["amount"]["amount"] == "0.00"
    assert await backend.amounts(shown[0]) == [{"1001": "0.00 EUR"}]


async def test_refund_before_its_order(baton: Program, backend: ShopBackend) -> None:
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    assert await backend.refund("10.00") == []
    assert await backend.refund("5.00", "r2", currency="USD") == []
    [sale] = await backend.order(email="ann@example.com")
    assert sale["amount"] == {"amount": "20.00", "currency": "EUR"}
    [error] = (
        await baton.command(
            backend.key,
            "recordRefund",
            orderId="1001",
            refundId="r3",
            amount={"amount": "5.00", "currency": "USD"},
            refundedAt=backend.now,
        )
    )["errors"]
    assert (error["code"], error["path"]) == ("INVALID", ["input", "amount", "currency"])
    assert await backend.amounts(shown[0]) == [{"1001": "20.00 EUR"}]


async def test_currencies_are_kept_apart(backend: ShopBackend) -> None:
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    for order_id, amount, currency in (
        ("1", "30", "EUR"),
        ("2", "30.5", "USD"),
        ("3", "500", "JPY"),
        ("4", "1.234", "KWD"),
    ):
        await backend.order(order_id, amount, currency=currency, email="ann@example.com")
    assert await backend.amounts(shown[0]) == [{"1": "30.00 EUR", "2": "30.50 USD", "3": "500 JPY", "4": "1.234 KWD"}]


async def test_free_order_is_a_sale_of_nothing(backend: ShopBackend) -> None:
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    await backend.order(amount="0", email="ann@example.com")
    assert await backend.amounts(shown[0]) == [{"1001": "0.00 EUR"}]


async def test_a_touch_reported_twice_counts_once(baton: Program, backend: ShopBackend) -> None:
    started = await baton.start(backend.shop, channel="SMS", phone="+393331234567")
    await backend.touch(started, "SMS_CLICK")
    before = await baton.fingerprints()
    await backend.touch(started, "SMS_CLICK")
    assert await baton.fingerprints() == before
    await backend.touch(started, "SMS_DELIVERY")
    assert await baton.database["touches"].count_documents({}) == 2


async def test_who_sees_sales(baton: Program, backend: ShopBackend, rival: Shop) -> None:
    shop = backend.shop
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    [sale] = await backend.order(email="ann@example.com")
    listed = "query($id: ID!) { conversation(id: $id) { sales { id } } }"
    for name in ("owner", "admin", "manager", "analyst"):
        data = await baton.data(shop.tokens[name], listed, id=shown[0].id)
        assert data == {"conversation": {"sales": [{"id": sale["id"]}]}}
    for key in (shop.support, shop.agent, shop.partners[Scope.CONVERSATIONS_READ], shown[0].token):
        assert await baton.data(key, listed, id=shown[0].id) == {"conversation": {"sales": []}}
        assert (await baton.ask(key, NODE, id=sale["id"])).codes == ["FORBIDDEN"]
    partner = shop.partners[Scope.METRICS_READ]
    assert (await baton.data(partner, NODE, id=sale["id"]))["node"]["orderId"] == "1001"
    inside = "query($id: ID!) { node(id: $id) { ... on AttributedSale { conversation { firstQuestion } } } }"
    assert (await baton.ask(partner, inside, id=sale["id"])).codes == ["FORBIDDEN"]
    assert (await baton.ask(rival.owner, NODE, id=sale["id"])).codes == ["NOT_FOUND"]


async def test_nothing_is_earned_in_another_account(baton: Program, backend: ShopBackend, rival: Shop) -> None:
    shown = await backend.show_product(email="ann@example.com")
    await backend.click(shown)
    elsewhere = ShopBackend(baton, rival, rival.owner)
    assert await elsewhere.order(email="ann@example.com") == []
    [sale] = await backend.order(
        amount="31.00", email="ann@example.com"
    )  # the same id is another order in this account
    assert sale["amount"]["amount"] == "31.00"
    assert await baton.database["orders"].count_documents({}) == 2

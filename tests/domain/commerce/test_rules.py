"""Rules of touches and orders in memory."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.commerce.commands import RecordOrder, RecordProductClick, RecordRefund
from domain.model.conversation import Conversation, ProductCard, Visitor
from domain.values.errors import Conflict, Invalid
from domain.values.money import Money
from domain.values.record import replace
from tests.harness.memory_shop import ANN, NOON, MemoryShop

SHOES = ProductCard(product_id="1", title="Shoes")


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def order(buyer: Visitor, *, at: timedelta = timedelta(hours=1), total: str = "50.00") -> RecordOrder:
    return RecordOrder(order_id="7", placed_at=NOON + at, total=euros(total), buyer=buyer)


@pytest.fixture
async def shop() -> MemoryShop:
    return MemoryShop()


async def clicked(shop: MemoryShop, visitor: Visitor = ANN) -> Conversation:
    talk = await shop.start(visitor=visitor)
    message = await shop.post(talk, products=(SHOES,))
    await shop.commerce.record_click(shop.shopper(talk), RecordProductClick(message_id=message.id, product_id="1"))
    shop.storage.wait(timedelta(days=2))
    return talk


async def test_an_order_is_credited_to_the_last_touch_within_its_window(shop: MemoryShop) -> None:
    talk = await clicked(shop)
    [credited] = await shop.commerce.record_order(shop.partner, order(ANN))
    assert (credited.conversation.id, credited.sale.amount) == (talk.id, euros("50.00"))
    assert shop.now(talk).sales == (credited.sale,)


@pytest.mark.parametrize("at", [-timedelta(seconds=1), timedelta(hours=24, seconds=1)])
async def test_a_touch_explains_no_order_before_it_or_after_its_window(shop: MemoryShop, at: timedelta) -> None:
    talk = await clicked(shop)
    assert await shop.commerce.record_order(shop.partner, order(ANN, at=at)) == []
    assert shop.now(talk).sales == ()


async def test_an_order_told_again_changes_nothing(shop: MemoryShop) -> None:
    await clicked(shop)
    first = await shop.commerce.record_order(shop.partner, order(ANN))
    events = list(shop.storage.events)
    assert await shop.commerce.record_order(shop.partner, order(ANN)) == first
    assert shop.storage.events == events
    with pytest.raises(Conflict):
        await shop.commerce.record_order(shop.partner, order(ANN, total="60.00"))


async def test_refunds_are_taken_off_in_any_order(shop: MemoryShop) -> None:
    talk = await clicked(shop)
    refund = RecordRefund(order_id="7", refund_id="r", amount=euros("20.00"), refunded_at=NOON + timedelta(hours=2))
    assert await shop.commerce.record_refund(shop.partner, refund) == []
    await shop.commerce.record_order(shop.partner, order(ANN))
    assert [sale.amount for sale in shop.now(talk).sales] == [euros("30.00")]


async def test_an_identity_given_later_credits_the_order(shop: MemoryShop) -> None:
    talk = await clicked(shop)
    assert await shop.commerce.record_order(shop.partner, order(Visitor(email="ann@a.example"))) == []
    await shop.start("It is me", visitor=replace(ANN, email="ann@a.example"))
    assert [sale.order_id for sale in shop.now(talk).sales] == ["7"]


async def test_the_price_has_the_decimals_of_its_currency(shop: MemoryShop) -> None:
    with pytest.raises(Invalid) as refused:
        await shop.commerce.record_order(shop.partner, order(ANN, total="1.005"))
    assert refused.value.field == ("total", "amount")


async def test_an_order_names_the_browser_by_its_token(shop: MemoryShop) -> None:
    started = await shop.open_chat()
    message = await shop.post(started.conversation, products=(SHOES,))
    click = RecordProductClick(message_id=message.id, product_id="1")
    await shop.commerce.record_click(shop.shopper(started.conversation), click)
    shop.storage.wait(timedelta(days=2))
    forged = f"bbt_{started.conversation.visitor.browser_id}{'A' * 43}"
    assert await shop.commerce.record_order(shop.partner, order(Visitor(anonymous_id=forged))) == []
    genuine = replace(order(Visitor(anonymous_id=started.browser_token)), order_id="8")
    [credited] = await shop.commerce.record_order(shop.partner, genuine)
    assert credited.conversation.id == started.conversation.id
    assert str(started.browser_token) not in repr(shop.storage.entities)


async def test_a_short_label_takes_no_sale_from_a_proved_shopper(shop: MemoryShop) -> None:
    proved = await shop.start(visitor=Visitor(email="ann@x.example"))
    labelled = (await shop.open_chat(anonymous_id="1")).conversation
    for talk in (proved, labelled):
        message = await shop.post(talk, products=(SHOES,))
        await shop.commerce.record_click(shop.shopper(talk), RecordProductClick(message_id=message.id, product_id="1"))
    shop.storage.wait(timedelta(days=2))
    buyer = Visitor(email="ann@x.example", anonymous_id="1")
    [credited] = await shop.commerce.record_order(shop.partner, order(buyer))
    assert credited.conversation.id == proved.id

"""A whole shop: the customers of tau-bench click, buy and send back; the program credits what a plain reference does.

Its orders have no times: the test deals them out, around the clicks, from a seed. Clicks, orders and refunds are told
in any order, some twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.commerce.commands import RecordOrder, RecordProductClick, RecordRefund
from domain.conversation.commands import PostAgentMessage, StartConversation
from domain.model.conversation import Conversation, ProductCard, Visitor
from domain.values.channel import Channel
from domain.values.money import Money
from tests.harness.program import Json, Program, Shop
from tests.resolvers.commerce.reference import Bought, Talk, credited
from tests.resolvers.commerce.test_recount import told_by_the_doctor

LONG = "BATON_LONG" in os.environ
DAYS = timedelta(days=4)
AT_ONCE = 100


class Retail:
    """The shop of the dataset, over some days."""

    def __init__(self, baton: Program, shop: Shop, read: Callable[[str], Any]) -> None:
        self.users: Json = read("users")
        self.products: Json = read("products")
        self.orders: Json = read("orders")
        self.dice = random.Random(7)
        self.services = baton.baton.services
        self.baton = baton
        self.shop = shop
        self.talks: list[Talk] = []
        self.bought: list[Bought] = []
        self.deeds: list[Callable[[], Awaitable[object]]] = []

    async def open(self) -> None:
        self.owner = await self.services.accounts.principal_of(self.shop.owner)
        self.opened = self.baton.clock.now()
        talkative = self.dice.sample(
            sorted(name for name, user in self.users.items() if user["orders"]), 150 if LONG else 80
        )
        await asyncio.gather(*(self._talk(self.users[name]) for name in talkative))
        self.baton.clock.move(DAYS)
        quiet = [order for order in self.orders.values() if order["user_id"] not in talkative]
        for order in [o for o in self.orders.values() if o not in quiet] + quiet[: None if LONG else 100]:
            self._order(order)
        told = [*self.deeds, *self.dice.sample(self.deeds, 100)]
        self.dice.shuffle(told)
        for start in range(0, len(told), AT_ONCE):
            await asyncio.gather(*(deed() for deed in told[start : start + AT_ONCE]))

    async def _talk(self, user: Json) -> None:
        """The shopper is shown the products that it will buy, and clicks some of them."""
        visitor = Visitor(name=user["name"]["first_name"], email=user["email"].upper())
        command = StartConversation(channel=Channel.WEB_CHAT, text="What is good?", visitor=visitor)
        started = await self.services.conversations.start(self.owner, command)
        items = [item for number in user["orders"] for item in self.orders[number]["items"]][:20]
        cards = tuple(
            ProductCard(product_id=i, title=self.products[i]["name"])
            for i in dict.fromkeys(item["product_id"] for item in items)
        )
        post = PostAgentMessage(conversation_id=started.conversation.id, epoch=1, text="These.", products=cards)
        message = (await self.services.agent.post(self.owner, post)).message
        shopper = await self.services.accounts.principal_of(started.visitor_token)
        talk = Talk(id=started.conversation.id, channel="WEB_CHAT", said={f"e:{user['email'].casefold()}"})
        self.talks.append(talk)
        for card in cards[: self.dice.randint(0, 3)]:
            at = self._moment()
            talk.touches.append((at, "PRODUCT_CARD_CLICK"))
            click = RecordProductClick(message_id=message.id, product_id=card.product_id, clicked_at=at)
            self._later(lambda p=shopper, c=click: self.services.commerce.record_click(p, c))

    def _order(self, order: Json) -> None:
        user, at = self.users[order["user_id"]], self._moment()
        number, email = order["order_id"], user["email"]
        paid, *back = [Decimal(str(each["amount"])) for each in order["payment_history"]]
        placed = RecordOrder(
            order_id=number,
            placed_at=at,
            total=Money(amount=paid, currency="USD"),
            buyer=Visitor(email=email),
            product_ids=tuple(item["product_id"] for item in order["items"]),
        )
        self._later(lambda: self.services.commerce.record_order(self.owner, placed))
        for amount in back:
            refund = RecordRefund(
                order_id=number, refund_id="1", amount=Money(amount=amount, currency="USD"), refunded_at=at
            )
            self._later(lambda refund=refund: self.services.commerce.record_refund(self.owner, refund))
        who = frozenset({f"e:{email.casefold()}"})
        self.bought.append(Bought(number, at, paid, "USD", who, {str(n): amount for n, amount in enumerate(back)}))

    def _later(self, deed: Callable[[], Awaitable[object]]) -> None:
        self.deeds.append(deed)

    def _moment(self) -> datetime:
        return self.opened + timedelta(milliseconds=self.dice.randrange(int(DAYS.total_seconds() * 1000)))


@pytest.mark.timeout(300)
async def test_its_sales_are_those_of_the_reference(baton: Program, shop: Shop, dataset: Callable[[str], Path]) -> None:
    retail = Retail(baton, shop, lambda name: json.loads(dataset(f"tau-bench/retail-{name}.json").read_text()))
    await retail.open()
    reader = retail.services.storage.read(shop.id)
    rows = await reader.get_many(Conversation, [talk.id for talk in retail.talks])
    sales = {
        row.id: {sale.order_id: (sale.amount.amount, sale.touch.value, sale.touched_at) for sale in row.sales}
        for row in rows.values()
    }
    expected = credited(retail.talks, retail.bought)
    assert sales == expected
    earned = [amount for of_one in expected.values() for amount, _, _ in of_one.values()]
    assert len(retail.bought) == 1_000 or not LONG
    assert len(earned) > 20  # the history is not trivial
    assert any(amount == 0 for amount in earned)  # and contains refunds
    if LONG:
        assert await told_by_the_doctor(baton) == []

"""Credited sales depend only on what happened, not on the order, process or repetition of the reports."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from domain.commerce.commands import RecordOrder, RecordRefund, RecordTouch
from domain.conversation.commands import CloseConversation, IdentifyVisitor, StartConversation
from domain.model.account import TouchKind
from domain.model.conversation import Conversation, Visitor
from domain.model.profile import identity_keys
from domain.principal import Principal
from domain.values.channel import Channel
from domain.values.money import Money
from tests.harness.clock import ManualClock
from tests.harness.program import Program, Shop, running
from tests.resolvers.commerce.reference import Bought, Talk, credited

HISTORIES = 150 if "BATON_LONG" in os.environ else 8
KINDS = {
    "WEB_CHAT": ["PRODUCT_CARD_CLICK"],
    "SMS": ["SMS_CLICK", "SMS_DELIVERY"],
    "WHATSAPP": ["WHATSAPP_CLICK", "WHATSAPP_OPEN"],
    "EMAIL": ["EMAIL_CLICK", "EMAIL_OPEN"],
}
Deed = Callable[[Program], Awaitable[Any]]


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[dict[str, Any]]
) -> AsyncIterator[Program]:
    """Shoppers are identified days after the close of their conversations here, which the default does not allow."""
    given = {"visitor_writing_hours": 720}
    async with running(mongo_uri, database_name, tmp_path, mongo_client, ManualClock(), **given) as program:
        yield program


class History:
    """Shoppers with several identities, who talk, touch and buy within some days. All of it is reported afterwards."""

    def __init__(self, seed: int, baton: Program, second: Program, shop: Shop) -> None:
        self.dice = random.Random(seed)
        self.programs = (baton, second)
        self.shop = shop
        self.number = seed
        self.talks: list[Talk] = []
        self.met: list[Talk] = []
        self.deeds: list[Deed] = []
        self.orders: list[Bought] = []
        self.principals: dict[str, Principal] = {}

    async def run(self) -> None:
        baton = self.programs[0]
        self.owner = await baton.baton.services.accounts.principal_of(self.shop.owner)
        self.began = baton.clock.now()
        for _ in range(self.dice.randint(2, 5)):
            await self._talk()
        baton.clock.move(timedelta(days=8))
        for _ in range(self.dice.randint(2, 8)):
            self._touch()
        for _ in range(self.dice.randint(1, 2)):
            self._identify()
        if self.dice.random() < 0.5:
            self._meet()
        for number in range(self.dice.randint(2, 5)):
            self._order(f"{self.number}-{number}")
        told = [*self.deeds, *self.dice.sample(self.deeds, len(self.deeds) // 3)]  # some of it twice
        self.dice.shuffle(told)
        while told:
            together = [told.pop() for _ in range(min(len(told), self.dice.randint(1, 6)))]
            await asyncio.gather(*(deed(self.dice.choice(self.programs)) for deed in together))
        assert await self._credited() == credited(self.talks, self.orders, self.met)

    def _someone(self) -> Visitor:
        """One of three shoppers, by one or two of its identities."""
        who = f"{self.number}-{self.dice.randint(1, 3)}"
        own = {
            "external_id": f"customer-{who}",
            "email": f"Ann-{who}@Example.com",
            "phone": f"+39333{self.number % 1000:03d}100{who[-1]}",
        }
        return Visitor(**dict(self.dice.sample(sorted(own.items()), self.dice.choice([1, 1, 2]))))

    async def _talk(self) -> None:
        baton = self.programs[0]
        visitor, channel = self._someone(), self.dice.choice(list(KINDS))
        command = StartConversation(channel=Channel(channel), text="Hello", visitor=visitor)
        started = await baton.baton.services.conversations.start(self.owner, command)
        shopper = await baton.baton.services.accounts.principal_of(started.visitor_token)
        conversation_id = started.conversation.id
        close = CloseConversation(conversation_id=conversation_id)
        await baton.baton.services.conversations.close(shopper, close)  # so that ids differ
        self.talks.append(Talk(id=conversation_id, channel=channel, said=set(identity_keys(visitor))))
        self.principals[conversation_id] = shopper
        baton.clock.move(timedelta(minutes=self.dice.randint(0, 90)))

    def _moment(self) -> datetime:
        """Times on a coarse grid, so that windows end exactly at touches, and touches coincide."""
        return self.began + timedelta(hours=6 * self.dice.randint(2, 30))

    def _touch(self) -> None:
        talk, at = self.dice.choice(self.talks), self._moment()
        kind = self.dice.choice(KINDS[talk.channel])
        talk.touches.append((at, kind))
        command = RecordTouch(conversation_id=talk.id, touch=TouchKind(kind), at=at)  # type: ignore[arg-type]
        self.deeds.append(lambda p: p.baton.services.commerce.record_touch(self.owner, command))

    def _identify(self) -> None:
        """A shopper claims something that is not proved in its conversation, once."""
        unclaimed = [talk for talk in self.talks if not talk.claims]
        if not unclaimed:
            return
        talk, visitor = self.dice.choice(unclaimed), self._someone()
        proved = {key[0] for key in talk.said}
        talk.claims |= {key for key in identity_keys(visitor) if key[0] not in proved} or {"none"}
        command = IdentifyVisitor(conversation_id=talk.id, visitor=visitor)  # type: ignore[arg-type]
        shopper = self.principals[talk.id]
        self.deeds.append(lambda p: p.baton.services.conversations.identify(shopper, command))

    def _meet(self) -> None:
        """A later conversation elsewhere, whose only effect is that two shoppers may become one."""
        visitor = self._someone()
        said = set(identity_keys(visitor))
        self.met.append(Talk(id=f"met {len(self.met)}", channel="EMAIL", said=said))
        command = StartConversation(channel=Channel.EMAIL, text="Hello again", visitor=visitor)
        self.deeds.append(lambda p: p.baton.services.conversations.start(self.owner, command))

    def _order(self, order_id: str) -> None:
        visitor, at = self._someone(), self._moment()
        total = Decimal(self.dice.randint(0, 20_000)) / 100
        currency = self.dice.choice(["EUR", "USD"])
        refunds = {f"r{n}": Decimal(self.dice.randint(1, 12_000)) / 100 for n in range(self.dice.choice([0, 0, 1, 2]))}
        who = frozenset(identity_keys(visitor))
        self.orders.append(Bought(order_id, at, total, currency, who, refunds))
        order = RecordOrder(
            order_id=order_id, placed_at=at, total=Money(amount=total, currency=currency), buyer=visitor
        )
        self.deeds.append(lambda p: p.baton.services.commerce.record_order(self.owner, order))
        for refund_id, amount in refunds.items():
            refund = RecordRefund(
                order_id=order_id,
                refund_id=refund_id,
                amount=Money(amount=amount, currency=currency),
                refunded_at=at,
            )
            self.deeds.append(lambda p, refund=refund: p.baton.services.commerce.record_refund(self.owner, refund))

    async def _credited(self) -> dict[str, dict[str, tuple[Decimal, str, datetime]]]:
        reader = self.programs[0].baton.services.storage.read(self.shop.id)
        rows = await reader.get_many(Conversation, [talk.id for talk in self.talks])
        currencies = {order.id: order.currency for order in self.orders}
        for row in rows.values():
            assert all(sale.amount.currency == currencies[sale.order_id] for sale in row.sales)
        return {
            row.id: {sale.order_id: (sale.amount.amount, sale.touch.value, sale.touched_at) for sale in row.sales}
            for row in rows.values()
        }


@pytest.mark.timeout(600)
async def test_sales_follow_from_what_happened(baton: Program, second: Program, shop: Shop) -> None:
    for seed in range(HISTORIES):
        try:
            await History(seed, baton, second, shop).run()
        except AssertionError as error:
            raise AssertionError(f"history {seed}: {error}") from error

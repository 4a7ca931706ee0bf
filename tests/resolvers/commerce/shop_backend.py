"""A shop's backend: it records clicks, orders and refunds, and reads the credited sales."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from resolvers.scalars import write_instant
from tests.harness.program import Json, Program, Shop, Started

CARD = {"productId": "p1", "title": "Kettle"}
SALES = """query($id: ID!) { conversation(id: $id) { sales { id orderId amount { amount currency } placedAt touch
  touchedAt window conversation { id } } } }"""


class ShopBackend:
    def __init__(self, program: Program, shop: Shop, key: str) -> None:
        self.program = program
        self.shop = shop
        self.key = key

    @property
    def now(self) -> str:
        return write_instant(self.program.clock.now())

    async def show_product(self, channel: str = "WEB_CHAT", **visitor: str) -> tuple[Started, str]:
        """Start a conversation with a product card. Returns it with the id of that message."""
        started = await self.program.start(self.shop, channel=channel, **visitor)
        message: str = (await self.program.reply(started, "Look", products=[CARD]))["message"]["id"]
        return started, message

    async def click(self, shown: tuple[Started, str], at: str | None = None) -> None:
        given = {} if at is None else {"clickedAt": at}
        started, message = shown
        await self.program.done(started.token, "recordProductClick", messageId=message, productId="p1", **given)

    async def touch(self, started: Started, kind: str, at: str | None = None) -> None:
        given = {"conversationId": started.id, "touch": kind, "at": at or self.now}
        await self.program.done(self.key, "recordTouch", **given)

    def order_input(self, order_id: str = "1001", amount: str = "30.00", **more: Any) -> Json:
        total = {"amount": amount, "currency": more.pop("currency", "EUR")}
        return {"orderId": order_id, "placedAt": more.pop("placedAt", self.now), "total": total, **more}

    async def order(self, order_id: str = "1001", amount: str = "30.00", **more: Any) -> list[Json]:
        given = self.order_input(order_id, amount, **more)
        sales: list[Json] = (await self.program.done(self.key, "recordOrder", **given))["sales"]
        return sales

    async def refund(
        self, amount: str, refund_id: str = "r1", order_id: str = "1001", currency: str = "EUR", at: str | None = None
    ) -> list[Json]:
        given = {"orderId": order_id, "refundId": refund_id, "refundedAt": at or self.now}
        money = {"amount": amount, "currency": currency}
        sales: list[Json] = (await self.program.done(self.key, "recordRefund", **given, amount=money))["sales"]
        return sales

    async def sales(self, started: Started) -> list[Json]:
        data = await self.program.data(self.shop.owner, SALES, id=started.id)
        sales: list[Json] = data["conversation"]["sales"]
        return sales

    async def amounts(self, *conversations: Started) -> list[dict[str, str]]:
        """The amounts credited to each conversation, by order."""
        return [
            {sale["orderId"]: f"{sale['amount']['amount']} {sale['amount']['currency']}" for sale in sales}
            for sales in [await self.sales(started) for started in conversations]
        ]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)

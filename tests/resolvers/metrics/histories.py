"""Random histories of a shop, by seed: live and imported conversations, their outcomes and sales."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from domain.imports.model import ImportedConversation, ImportedMessage, ImportedTransfer
from domain.model.conversation import AuthorKind
from domain.values.channel import Channel
from tests.harness.program import Program, Shop

START = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)  # a day after daylight saving time ended in New York
TAGS = ["returns", "a.b", "$size", "order status", "été", "nul\x01", "x" * 200]
SKILLS = [None, "sizing", "returns.v2"]
# Around clock changes of an hour, of half an hour, and of a day.
CORNERS = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
]
ZONES = [
    *("UTC", "Europe/Rome", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"),
    *("America/St_Johns", "Africa/Cairo", "Asia/Kolkata"),
]


class History:
    def __init__(self, baton: Program, shop: Shop, seed: int) -> None:
        self.random = Random(seed)
        self._baton = baton
        self._shop = shop
        self._open: list[dict[str, Any]] = []
        self._orders: list[str] = []
        self._count = 0

    async def step(self) -> None:
        """Run one random action. Some are refused."""
        happening = self.random.choices(
            [self._begin, self._answer, self._close, self._hand_over, self._buy, self._refund, self.import_batch],
            [5, 6, 2, 2, 4, 2, 2],
        )[0]
        await happening()

    async def _begin(self) -> None:
        self._count += 1
        who = f"shopper-{self._count}"
        channel, visitor = self.random.choice(
            [("WEB_CHAT", {"anonymousId": who}), ("SMS", {"phone": f"+3933312{self._count:05d}"})]
        )
        given = {"channel": channel, "text": "Hello", "visitor": {**visitor, "email": f"{who}@example.com"}}
        started = await self._baton.mutate_brief(self._shop.widget, "startConversation", **given)
        self._open.append(
            {"id": started["conversation"]["id"], "token": started["visitorToken"], "email": f"{who}@example.com"}
        )

    async def _answer(self) -> None:
        if not self._open:
            return
        chat = self.random.choice(self._open)
        tags = self.random.sample(TAGS, self.random.choice([0, 0, 1, 2, 3]))
        products = [{"productId": "p1", "title": "Shoe"}]
        answer = await self._baton.mutate_brief(
            self._shop.agent,
            "postAgentMessage",
            conversationId=chat["id"],
            epoch=1,
            text="Gladly.",
            tags=tags,
            skill=self.random.choice(SKILLS),
            products=products,
        )
        if answer["message"] and self.random.random() < 0.7:
            message = answer["message"]["id"]
            await self._baton.errors_of(chat["token"], "recordProductClick", messageId=message, productId="p1")

    async def _close(self) -> None:
        if self._open:
            chat = self._open.pop(self.random.randrange(len(self._open)))
            if self.random.random() < 0.3:
                await self._baton.mutate_brief(chat["token"], "sendMessage", conversationId=chat["id"], text="No!")
            await self._baton.errors_of(chat["token"], "closeConversation", conversationId=chat["id"])

    async def _hand_over(self) -> None:
        if self._open:
            chat = self.random.choice(self._open)
            given = {"conversationId": chat["id"], "epoch": 1, "reason": "OTHER"}
            await self._baton.errors_of(self._shop.agent, "requestHandoff", **given)

    async def _buy(self) -> None:
        if self._open:
            chat = self.random.choice(self._open)
            order = f"order-{len(self._orders)}"
            self._orders.append(order)
            currency = self.random.choice(["EUR", "EUR", "USD"])
            total = {
                "amount": f"{self.random.randrange(1, 9000)}.{self.random.randrange(100):02d}",
                "currency": currency,
            }
            placed = self._baton.clock.now().isoformat()
            given = {"orderId": order, "total": total, "placedAt": placed, "email": chat["email"]}
            await self._baton.errors_of(self._shop.owner, "recordOrder", **given)

    async def _refund(self) -> None:
        if self._orders:
            given = {
                "orderId": self.random.choice(self._orders),
                "refundId": f"refund-{self.random.randrange(1000)}",
                "amount": {"amount": f"{self.random.randrange(1, 500)}", "currency": "EUR"},
                "refundedAt": self._baton.clock.now().isoformat(),
            }
            await self._baton.errors_of(self._shop.owner, "recordRefund", **given)

    async def import_batch(self) -> None:
        batch = []
        for _ in range(self.random.randrange(1, 8)):
            self._count += 1
            at = self.random.choice(CORNERS) + timedelta(minutes=self.random.randrange(-36 * 60, 36 * 60))
            authors = [AuthorKind.SHOPPER, AuthorKind.AI_AGENT, AuthorKind.SHOPPER][: self.random.randrange(1, 4)]
            messages = tuple(ImportedMessage(author=author, text="Once", sent_at=at) for author in authors)
            transfer = ImportedTransfer(summary=None, after_sequence=1) if self.random.random() < 0.3 else None
            batch.append(
                ImportedConversation(
                    source="random",
                    key=str(self._count),
                    messages=messages,
                    channel=self.random.choice(list(Channel)),
                    tags=tuple(self.random.sample(TAGS, self.random.randrange(3))),
                    transfer=transfer,
                )
            )
        await self._baton.baton.history.import_batch(self._shop.id, batch)

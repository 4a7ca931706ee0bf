"""The orders of the demo's shop: shoppers buy after the agent has shown them a product."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from api.cli.demo.history.chance import Chance
from api.cli.demo.history.telling import Telling
from domain.commerce.attribution import buyer_keys
from domain.imports.past import PastOrder
from domain.model.account import TouchKind
from domain.model.commerce import Purchase, Refund
from domain.model.conversation import Message
from domain.values.channel import Channel
from domain.values.money import Money

_CLICKED, _BOUGHT, _REFUNDED = 0.55, 0.5, 0.08  # shares; each is a share of the previous one
_CLICKS = {
    Channel.WEB_CHAT: TouchKind.PRODUCT_CARD_CLICK,
    Channel.EMAIL: TouchKind.EMAIL_CLICK,
    Channel.SMS: TouchKind.SMS_CLICK,
    Channel.WHATSAPP: TouchKind.WHATSAPP_CLICK,
}
_WEB_HOURS, _OTHER_HOURS = (0.1, 22.0), (0.1, 70.0)  # after the click, within the attribution window
_FIRST_ORDER = 30_000


class MadeUpSales:
    def __init__(self, chance: Chance, *, now: datetime) -> None:
        self._chance = chance
        self._now = now
        self.orders: list[PastOrder] = []

    def follow(self, telling: Telling, message: Message) -> None:
        """Let the shopper click on a product of the message, perhaps, and buy it later, perhaps."""
        chance, conversation = self._chance, telling.conversation
        if chance.random() >= _CLICKED or not telling.goes_on(6, 90):
            return
        card = chance.choice(message.products)
        telling.click(_CLICKS[conversation.channel], message, card.product_id)
        if card.price is None or chance.random() >= _BOUGHT:
            return
        least, most = _WEB_HOURS if conversation.channel is Channel.WEB_CHAT else _OTHER_HOURS
        placed_at = telling.at + timedelta(seconds=int(chance.uniform(least, most) * 3600))
        if placed_at > self._now:
            return
        pieces = chance.choices((1, 2, 3), weights=(84, 13, 3))[0]
        extra = chance.choices((Decimal(0), Decimal("24.00"), Decimal("39.00")), weights=(70, 20, 10))[0]
        total = Money(amount=card.price.amount * pieces + extra, currency=card.price.currency)
        purchase = Purchase(
            placed_at=placed_at,
            total=total,
            keys=buyer_keys(conversation.visitor, conversation),
            product_ids=(card.product_id,),
        )
        order_id = str(_FIRST_ORDER + len(self.orders))
        self.orders.append(PastOrder(order_id=order_id, purchase=purchase, refunds=self._refunds(order_id, purchase)))

    def _refunds(self, order_id: str, purchase: Purchase) -> tuple[Refund, ...]:
        refunded_at = purchase.placed_at + timedelta(hours=self._chance.randint(60, 260))
        if self._chance.random() >= _REFUNDED or refunded_at > self._now:
            return ()
        share = self._chance.choice((Decimal(1), Decimal("0.5")))
        amount = Money(amount=purchase.total.amount * share, currency=purchase.total.currency).in_minor_units()
        return (Refund(id=f"{order_id}-1", amount=amount, refunded_at=refunded_at),)

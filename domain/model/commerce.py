"""Touches, orders, refunds, and the sale that a conversation is credited with.

    touches of the shopper ──┐
                             ├─ last touch within its window ──▶ Credit ──▶ AttributedSale, in the conversation
    order, its refunds ──────┘

An order keeps the terms (the account's attribution settings) under which it came in: what it is credited for follows
from it, its refunds and the touches alone, in whichever order they came to be known. Values here are immutable.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from domain.model.account import AttributionTouch, TouchKind
from domain.values.channel import Channel
from domain.values.ids import ConversationId, MessageId, named_id
from domain.values.money import Money
from domain.values.record import Record

_KEY = 26  # characters of an order's key, with which a sale's id ends


class Touch(Record):
    """The shopper did something with a message of the agent that may earn a sale its credit."""

    id: str
    conversation_id: ConversationId
    touched_at: datetime
    channel: Channel = Channel.WEB_CHAT
    kind: TouchKind = TouchKind.PRODUCT_CARD_CLICK
    message_id: MessageId | None = None  # which shows the card that was clicked
    product_id: str | None = None
    keys: tuple[str, ...] = ()  # whose it is: see `attribution.keys_of`


class Span(Record):
    """Touches of this kind on this channel, from an instant to another, both included."""

    channel: Channel
    kind: TouchKind
    since: datetime
    until: datetime

    def has(self, touch: Touch) -> bool:
        same = (touch.channel, touch.kind) == (self.channel, self.kind)
        return same and self.since <= touch.touched_at <= self.until


class OrderSource(StrEnum):
    """Who told of an order."""

    API = "API"
    SHOPIFY = "SHOPIFY"


class PurchaseState(StrEnum):
    """How far it is; of two states said in one instant, the further one counts."""

    UNPAID = "UNPAID"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


class Purchase(Record):
    """What was bought, when, and by whom, as the latest word about the order has it."""

    placed_at: datetime
    total: Money
    keys: tuple[str, ...] = ()  # who bought it: identity keys, and perhaps the conversation that the cart came from
    product_ids: tuple[str, ...] = ()
    state: PurchaseState = PurchaseState.PAID  # only what is paid for is credited
    updated_at: datetime | None = None  # of two words about one order, the later one counts
    source: OrderSource = OrderSource.API


class Refund(Record):
    id: str  # the account's own
    amount: Money
    refunded_at: datetime


class Credit(Record):
    """The touch that earned an order, and under which window."""

    conversation_id: ConversationId
    touch: TouchKind
    touched_at: datetime
    window: timedelta


class Order(Record):
    id: str  # see `order_key`
    order_id: str  # the account's own
    purchase: Purchase | None = None  # None: so far only refunds of it came in
    terms: tuple[AttributionTouch, ...] = ()  # what could earn it when it came in
    refunds: tuple[Refund, ...] = ()  # by their ids
    credit: Credit | None = None
    erased: bool = False  # who bought it is not to be known any more; what it earned stays

    def find_refund(self, refund_id: str) -> Refund | None:
        return next((r for r in self.refunds if r.id == refund_id), None)

    def net(self, total: Money) -> Money:
        """What is left of it after refunds, never below zero. A refund in another currency takes nothing back."""
        back = sum((r.amount.amount for r in self.refunds if r.amount.currency == total.currency), Decimal(0))
        return Money(amount=max(total.amount - back, Decimal(0)), currency=total.currency).in_minor_units()


class AttributedSale(Record):
    """An order that a conversation is credited with, and why."""

    id: str  # see `sale_id`
    order_id: str  # the account's own
    amount: Money  # after refunds
    placed_at: datetime
    touch: TouchKind
    touched_at: datetime
    window: timedelta


def order_key(account_id: str, order_id: str) -> str:
    return named_id(account_id, "order", order_id)


def sale_id(conversation_id: str, order: str) -> str:
    """The conversation's id and the order's key: the id of a sale says where it is kept."""
    return f"{conversation_id}{order}"


def conversation_of_sale(sale: str) -> ConversationId:
    return ConversationId(sale[:-_KEY])

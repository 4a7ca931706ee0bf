"""Touches, orders, refunds, and the sale that a conversation is credited with.

    touches of the shopper ──┐
                             ├─ last touch within its window ──▶ Credit ──▶ AttributedSale, in the conversation
    order, its refunds ──────┘

An order keeps the terms (the account's attribution settings) under which it came in. So its credit depends on the
order, its refunds and the touches alone, and not on the order in which they arrived.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from domain.model.account import AttributionTouch, TouchKind
from domain.values.channel import Channel
from domain.values.ids import ConversationId, MessageId, named_id
from domain.values.money import Money
from domain.values.record import Record, StoredEnum

_KEY = 26  # characters of an order's key, with which a sale's id ends


class Touch(Record):
    """A shopper's reaction to a message of the agent, to which a sale can be credited."""

    id: str
    conversation_id: ConversationId
    touched_at: datetime
    channel: Channel = Channel.WEB_CHAT
    kind: TouchKind = TouchKind.PRODUCT_CARD_CLICK
    message_id: MessageId | None = None  # the message with the product card that was clicked
    product_id: str | None = None
    keys: tuple[str, ...] = ()  # of the shopper: see `attribution.keys_of`


class Span(Record):
    """Touches of a kind on a channel, from an instant to another, both included."""

    channel: Channel
    kind: TouchKind
    since: datetime
    until: datetime

    def has(self, touch: Touch) -> bool:
        """Whether the touch is in the span."""
        same = (touch.channel, touch.kind) == (self.channel, self.kind)
        return same and self.since <= touch.touched_at <= self.until


class OrderSource(StoredEnum):
    """The system that reported an order."""

    API = "API"
    SHOPIFY = "SHOPIFY"


class PurchaseState(StoredEnum):
    """The state of an order. Of two states reported for one instant, the later in this list counts."""

    UNPAID = "UNPAID"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


class Purchase(Record):
    """The content of an order, as last reported."""

    placed_at: datetime
    total: Money
    keys: tuple[str, ...] = ()  # of the buyer: identity keys, and the conversation that the cart came from, if known
    product_ids: tuple[str, ...] = ()
    state: PurchaseState = PurchaseState.PAID  # only a paid order is credited
    updated_at: datetime | None = None  # of two reports of one order, the later one counts
    source: OrderSource = OrderSource.API
    shop: str | None = None  # the domain of the shop that reported it, if a connected shop system did


class Refund(Record):
    """A refund of an order, in part or in full."""

    id: str  # the account's own
    amount: Money
    refunded_at: datetime


class Credit(Record):
    """The touch that an order is credited to, and the window that applied."""

    conversation_id: ConversationId
    touch: TouchKind
    touched_at: datetime
    window: timedelta
    by_claim: bool = False  # the conversation's shopper only said to be the buyer


class Order(Record):
    """An order of the shop, with its refunds and its credit."""

    id: str  # see `order_key`
    order_id: str  # the account's own
    purchase: Purchase | None = None  # None while only refunds of it have arrived
    terms: tuple[AttributionTouch, ...] = ()  # the attribution settings when it came in
    refunds: tuple[Refund, ...] = ()  # sorted by id
    credit: Credit | None = None
    erased: bool = False  # the buyer was erased on request; the credit stays

    def find_refund(self, refund_id: str) -> Refund | None:
        """Return the refund with this id, or `None`."""
        return next((r for r in self.refunds if r.id == refund_id), None)

    def net(self, total: Money) -> Money:
        """`total` less the refunds, never below zero. Refunds in another currency are ignored."""
        back = sum((r.amount.amount for r in self.refunds if r.amount.currency == total.currency), Decimal(0))
        return Money(amount=max(total.amount - back, Decimal(0)), currency=total.currency).in_minor_units()


class AttributedSale(Record):
    """An order that is credited to a conversation, as stored in the conversation."""

    id: str  # see `sale_id`
    order_id: str  # the account's own
    amount: Money  # after refunds
    placed_at: datetime
    touch: TouchKind
    touched_at: datetime
    window: timedelta


def order_key(account_id: str, order_id: str) -> str:
    """The id of an `Order`, from the account's own id of it."""
    return named_id(account_id, "order", order_id)


def sale_id(conversation_id: str, order: str) -> str:
    """The conversation's id and the order's key, so that the id of a sale tells which conversation stores it."""
    return f"{conversation_id}{order}"


def conversation_of_sale(sale: str) -> ConversationId:
    """The id of the conversation that stores a sale."""
    return ConversationId(sale[:-_KEY])

"""Inputs and results of the commands of commerce."""

from __future__ import annotations

from datetime import datetime

from domain.model.account import TouchKind
from domain.model.commerce import AttributedSale
from domain.model.conversation import Conversation, Visitor
from domain.values.ids import ConversationId, MessageId
from domain.values.money import Money
from domain.values.record import Record


class RecordProductClick(Record):
    message_id: MessageId
    product_id: str
    clicked_at: datetime | None = None


class RecordTouch(Record):
    conversation_id: ConversationId
    touch: TouchKind
    at: datetime


class RecordOrder(Record):
    order_id: str
    placed_at: datetime
    total: Money
    buyer: Visitor
    product_ids: tuple[str, ...] = ()
    updated_at: datetime | None = None


class RecordRefund(Record):
    order_id: str
    refund_id: str
    amount: Money
    refunded_at: datetime


class Credited(Record):
    """A sale, and the conversation that it is credited to."""

    sale: AttributedSale
    conversation: Conversation

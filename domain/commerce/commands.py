"""What callers may tell of touches and orders: the inputs of `service.py`, as they came, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.account.model import TouchKind
from domain.commerce.model import AttributedSale
from domain.conversation.model import Conversation, Visitor
from domain.ids import ConversationId, MessageId
from domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordProductClick:
    message_id: MessageId
    product_id: str
    clicked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTouch:
    conversation_id: ConversationId
    touch: TouchKind
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOrder:
    order_id: str
    placed_at: datetime
    total: Money
    buyer: Visitor
    product_ids: tuple[str, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRefund:
    order_id: str
    refund_id: str
    amount: Money
    refunded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    """A sale, and the conversation that has it."""

    sale: AttributedSale
    conversation: Conversation

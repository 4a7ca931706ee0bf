"""Keeping a conversation's new state together with the events that tell of it: no change is saved any other way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.conversation.model import Conversation, ConversationStatus, Message, ProductCard
from domain.events import BusinessEvent, ConversationChanged, EventType, MessageAdded
from domain.ids import new_id
from domain.storage import UnitOfWork


def keep_message(uow: UnitOfWork, conversation: Conversation, message: Message) -> Conversation:
    stamped = replace(conversation, seq=uow.next_seq)
    uow.save(message)
    uow.save(stamped)
    uow.emit(MessageAdded(message=message, conversation=stamped))
    return stamped


def keep_change(uow: UnitOfWork, conversation: Conversation) -> Conversation:
    stamped = replace(conversation, seq=uow.next_seq)
    uow.save(stamped)
    uow.emit(ConversationChanged(conversation=stamped))
    return stamped


def started(uow: UnitOfWork, conversation: Conversation, first: Message) -> None:
    at = conversation.started_at
    _happened(uow, EventType.CONVERSATION_STARTED, conversation, at=at, first_message=first.text)


def recommended(uow: UnitOfWork, conversation: Conversation, message: Message) -> None:
    at = message.sent_at
    _happened(uow, EventType.PRODUCT_RECOMMENDED, conversation, at=at, products=message.products)


def keep_closed(uow: UnitOfWork, conversation: Conversation) -> Conversation:
    """A conversation that `lifecycle.close` closed; resolved by the agent, that is a business event too."""
    stamped = keep_change(uow, conversation)
    if stamped.status is ConversationStatus.RESOLVED_BY_AI and stamped.closed_at is not None:
        _happened(uow, EventType.CONVERSATION_RESOLVED, stamped, at=stamped.closed_at)
    return stamped


def _happened(
    uow: UnitOfWork,
    kind: EventType,
    conversation: Conversation,
    *,
    at: datetime,
    first_message: str | None = None,
    products: tuple[ProductCard, ...] = (),
) -> None:
    """A business event stands in the log, for whoever listens, and by itself, for ever."""
    event = BusinessEvent(
        id=new_id(),
        type=kind,
        at=at,
        seq=uow.next_seq,
        conversation=conversation,
        first_message=first_message,
        products=products,
    )
    uow.save(event)
    uow.emit(event)

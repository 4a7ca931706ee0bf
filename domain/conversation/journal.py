"""Keeping a conversation's new state together with the events that tell of it: no change is saved any other way."""

from __future__ import annotations

from dataclasses import replace

from domain.conversation.model import Conversation, ConversationStatus, Message
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
    uow.emit(
        BusinessEvent(
            id=new_id(),
            type=EventType.CONVERSATION_STARTED,
            at=conversation.started_at,
            conversation=conversation,
            first_message=first.text,
        )
    )


def recommended(uow: UnitOfWork, conversation: Conversation, message: Message) -> None:
    uow.emit(
        BusinessEvent(
            id=new_id(),
            type=EventType.PRODUCT_RECOMMENDED,
            at=message.sent_at,
            conversation=conversation,
            products=message.products,
        )
    )


def keep_closed(uow: UnitOfWork, conversation: Conversation) -> Conversation:
    """A conversation that `lifecycle.close` closed; resolved by the agent, that is a business event too."""
    stamped = keep_change(uow, conversation)
    if stamped.status is ConversationStatus.RESOLVED_BY_AI and stamped.closed_at is not None:
        uow.emit(
            BusinessEvent(id=new_id(), type=EventType.CONVERSATION_RESOLVED, at=stamped.closed_at, conversation=stamped)
        )
    return stamped

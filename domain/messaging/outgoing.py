"""A message on its way out: a row for the outbox, and what shows on the message of it."""

from __future__ import annotations

from domain.conversation.routing import DESTINATIONS
from domain.model.conversation import Conversation, Message
from domain.model.messaging import STOPPED, MessageDelivery, Progress
from domain.outbox import ordering
from domain.storage import UnitOfWork


def enqueue_for_channel(uow: UnitOfWork, conversation: Conversation, message: Message) -> Conversation:
    """The conversation with one message more that left; nothing leaves for who sent STOP."""
    route = conversation.route
    assert route is not None, "only what leaves is carried"
    uow.save(
        MessageDelivery(
            id=message.id,
            conversation_id=conversation.id,
            channel=conversation.channel,
            progress=Progress.FAILED if route.stopped else Progress.WAITING,
            at=uow.now,
            error=STOPPED if route.stopped else None,
        )
    )
    if route.stopped:
        return conversation
    return ordering.send_message(uow, conversation, DESTINATIONS[route.service], message)

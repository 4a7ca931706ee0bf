"""Messages that leave for the shopper's own channel: a row for the outbox, and the delivery shown on the message."""

from __future__ import annotations

from domain.conversation.aggregate import Change
from domain.conversation.events import MessageWritten
from domain.conversation.routing import should_send_externally
from domain.model.connected_services import Service
from domain.model.conversation import AuthorKind, Message
from domain.model.messaging import MACHINE_WROTE, STOPPED, MessageDelivery, Progress, Route
from domain.model.outbox import Destination
from domain.outbox import ordering

_DESTINATIONS = {Service.TWILIO: Destination.TWILIO, Service.EMAIL: Destination.EMAIL}


async def enqueue_for_channel(change: Change, event: MessageWritten) -> None:
    """Enqueue a message for the shopper's channel, if Baton delivers it. A shopper who sent STOP is sent nothing, and a
    machine no automatic reply, which prevents mail loops: the delivery fails at once."""
    uow, conversation, message = change.uow, change.conversation, event.message
    route = conversation.route
    if route is None or not should_send_externally(conversation, message):
        return
    refusal = _refusal(route, message)
    uow.save(
        MessageDelivery(
            id=message.id,
            conversation_id=conversation.id,
            channel=conversation.channel,
            progress=Progress.FAILED if refusal else Progress.WAITING,
            at=uow.now,
            error=refusal,
        )
    )
    if refusal is None:
        change.conversation = ordering.send_message(uow, conversation, _DESTINATIONS[route.service], message)


def _refusal(route: Route, message: Message) -> str | None:
    """Why the message must not be sent; `None` if it may."""
    if route.stopped:
        return STOPPED
    return MACHINE_WROTE if route.by_machine and message.author.kind is not AuthorKind.HUMAN_AGENT else None

"""A text message, by SMS or WhatsApp, in the conversation of its sender."""

from __future__ import annotations

from domain.conversation.commands import StartConversation
from domain.conversation.opening import open_or_continue
from domain.conversation.service import add_shopper_message
from domain.messaging.commands import IncomingText
from domain.messaging.files.remote_files import fetch_later, media_of
from domain.messaging.incoming.conversations import commit_started, name_profile
from domain.messaging.message_text import label, message_text
from domain.model.connected_services import Service
from domain.model.conversation import Conversation, Visitor
from domain.model.messaging import Route
from domain.principal import Vendor
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.record import replace


async def add_text(uow: UnitOfWork, incoming: IncomingText, *, stopped: bool, off: bool) -> Conversation | None:
    """Add a text message to the sender's conversation. Returns the conversation; None if the message is empty."""
    said = "\n\n".join(part for part in (incoming.text, "\n".join(incoming.details)) if part)
    text = message_text(said, incoming.media)
    if not text:
        return None
    visitor = Visitor(phone=incoming.sender, name=label(incoming.name)).vouched("phone")
    command = StartConversation(channel=incoming.channel, text=text, visitor=visitor)
    started = await open_or_continue(uow, command, visitor, by=Vendor(name=Service.TWILIO.spoken), even_if_off=off)
    await name_profile(uow, started.change.conversation, visitor.name)
    # Replies go out from the number or messaging service that the shopper wrote to: a shop may have several.
    ours = incoming.messaging_service or incoming.recipient
    route = Route(
        service=Service.TWILIO,
        shopper_address=incoming.sender,
        account_sender=ours,
        stopped=stopped,
        written_at=uow.now if incoming.channel is Channel.WHATSAPP else None,
    )
    started.change.conversation = replace(started.change.conversation, route=route)
    message = await add_shopper_message(started.change, text)
    await fetch_later(uow, message, media_of(incoming))
    return await commit_started(uow, started, message, off=off)

"""Whether Baton itself carries a conversation to its shopper, and by what."""

from __future__ import annotations

from dataclasses import replace

from domain.channel import Channel
from domain.connection.channels import RepliesMailedBy
from domain.connection.model import Connection, Service, connection_id
from domain.conversation.model import AuthorKind, Conversation, Message, Visitor
from domain.messaging.model import OptOut, Route, opt_out_id
from domain.outbox.model import Destination
from domain.storage import UnitOfWork

_SENDERS = {Channel.SMS: "sms_from", Channel.WHATSAPP: "whatsapp_from"}
DESTINATIONS = {Service.TWILIO: Destination.TWILIO, Service.EMAIL: Destination.EMAIL}


async def route_for(uow: UnitOfWork, channel: Channel, visitor: Visitor) -> Route | None:
    """Of a conversation that begins now. None where the account has not connected the channel, or the shopper cannot
    be reached by it: then whoever calls the API carries what is said."""
    if channel is Channel.EMAIL and visitor.email:
        found = await uow.get(Connection, connection_id(uow.account_id, Service.EMAIL))
        return Route(service=Service.EMAIL, theirs=visitor.email) if found else None
    if channel in _SENDERS and visitor.phone:
        found = await uow.get(Connection, connection_id(uow.account_id, Service.TWILIO))
        if found is not None and _SENDERS[channel] in found.settings:
            stopped = await has_stopped(uow, channel, visitor.phone)
            return Route(service=Service.TWILIO, theirs=visitor.phone, stopped=stopped)
    return None


async def moved_to_email(uow: UnitOfWork, conversation: Conversation) -> Conversation:
    """A web chat that goes on by e-mail: humans' replies are mailed to the shopper by Baton, where the account has
    connected its mail and said so; else the helpdesk mails them."""
    address = conversation.visitor.email
    if conversation.channel is not Channel.WEB_CHAT or conversation.route is not None or address is None:
        return conversation
    found = await uow.get(Connection, connection_id(uow.account_id, Service.EMAIL))
    if found is None or found.settings.get("replies_mailed_by") != RepliesMailedBy.BATON:
        return conversation
    return replace(conversation, route=Route(service=Service.EMAIL, theirs=address))


async def has_stopped(uow: UnitOfWork, channel: Channel, number: str) -> bool:
    return await uow.get(OptOut, opt_out_id(uow.account_id, channel, number)) is not None


def leaves(conversation: Conversation, message: Message) -> bool:
    """Whether a message is to be carried to the shopper: all that they are to see and did not write; and of a web chat,
    where the window shows the rest, what humans reply."""
    if conversation.route is None or not message.seen_by_shopper:
        return False
    if conversation.channel is Channel.WEB_CHAT:
        return message.author.kind is AuthorKind.HUMAN_AGENT
    return message.author.kind is not AuthorKind.SHOPPER

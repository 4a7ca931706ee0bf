"""The route of a conversation: whether Baton delivers messages to the shopper's own channel, and by which service."""

from __future__ import annotations

from collections.abc import Iterable

from domain.connected_services.channels import RepliesMailedBy
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import AuthorKind, Conversation, Message, Visitor
from domain.model.messaging import OptOut, Route, opt_out_id
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.contacts import phone_forms
from domain.values.record import replace

_SENDERS = {Channel.SMS: "sms_from", Channel.WHATSAPP: "whatsapp_from"}


async def route_for(uow: UnitOfWork, channel: Channel, visitor: Visitor) -> Route | None:
    """Return the route of a conversation that begins now. `None` if the account has not connected the channel, or the
    shopper has no address on it: then the caller of the API delivers the messages."""
    if channel is Channel.EMAIL and visitor.email:
        found = await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.EMAIL))
        return email_route(found, visitor.email) if found else None
    if channel in _SENDERS and visitor.phone:
        found = await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.TWILIO))
        if found is not None and _SENDERS[channel] in found.settings:
            stopped = await has_stopped(uow, channel, visitor.phone)
            return Route(service=Service.TWILIO, shopper_address=visitor.phone, stopped=stopped)
    return None


def email_route(connection: ConnectedService, address: str) -> Route:
    """Return an e-mail route. The connection's settings say who mails the replies that are written in a helpdesk."""
    helpdesk_mails = connection.settings.get("replies_mailed_by") == RepliesMailedBy.HELPDESK
    return Route(service=Service.EMAIL, shopper_address=address, helpdesk_mails=helpdesk_mails)


async def moved_to_email(uow: UnitOfWork, conversation: Conversation) -> Conversation:
    """Return a web chat that continues by e-mail. Without a connected mail server the helpdesk alone sends mails."""
    address = conversation.visitor.email
    found = await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.EMAIL))
    if found is None or address is None:
        return conversation
    return replace(conversation, route=email_route(found, address))


async def has_stopped(uow: UnitOfWork, channel: Channel, number: str, *, also: Iterable[str] = ()) -> bool:
    """Whether the number has opted out of messages on the channel. `also`: ids of opt-outs that count as well."""
    places = (*(opt_out_id(uow.account_id, channel, form) for form in phone_forms(number)), *also)
    return any([await uow.get(OptOut, place) is not None for place in places])


def should_send_externally(conversation: Conversation, message: Message) -> bool:
    """Whether Baton sends a message to the shopper's own channel: every message that shoppers see and did not write. In
    a web chat that moved to e-mail only replies of humans are sent, since the chat window shows the rest; where the
    shopper wrote last by e-mail, every reply. Replies that a helpdesk mails itself are never sent."""
    route, author = conversation.route, message.author
    if route is None or not message.seen_by_shopper or author.kind is AuthorKind.SHOPPER:
        return False
    replied = author.kind is AuthorKind.HUMAN_AGENT
    if replied and author.staff_id is None and route.helpdesk_mails:
        return False
    if conversation.channel is Channel.WEB_CHAT:
        by_email = conversation.ticket is not None and conversation.ticket.by_email
        return (replied and by_email) or (route.mailed_last and author.kind is not AuthorKind.SYSTEM)
    return True

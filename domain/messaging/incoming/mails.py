"""A mail in the conversation that it replies to, or in that of its sender."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from domain.attachments.service import claim_incoming
from domain.conversation.aggregate import BATON, Change, close_if_due
from domain.conversation.commands import StartConversation
from domain.conversation.opening import StartedConversation, identify_shopper, open_or_continue
from domain.conversation.routing import email_route
from domain.conversation.service import add_shopper_message
from domain.messaging.commands import LONGEST_MAIL, IncomingMail
from domain.messaging.files.mail_files import NO_FILES, TakenFiles
from domain.messaging.flood import count_mail, is_flooded, is_sender_flooded
from domain.messaging.incoming.conversations import commit_started, name_profile
from domain.messaging.mail import MailTokens, bare_subject, kept_thread
from domain.messaging.message_text import label, message_text
from domain.model.connected_services import ConnectedService, Service
from domain.model.conversation import Conversation, Message, MessageKind, Visitor
from domain.model.messaging import ReceivedMail, Route
from domain.model.passed_over import PassedOverReason
from domain.principal import Vendor
from domain.profile.identity import are_same_shopper
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.contacts import check_email, email_key
from domain.values.errors import Invalid
from domain.values.record import replace

_MAIL = Vendor(name=Service.EMAIL.spoken)
_BY_MACHINE = "A machine wrote this mail ({mark}). Only replies of people are sent to it."
_MOST_COPIED = 20  # people in copy: one mail must not make Baton write to many


async def add_mail(
    uow: UnitOfWork,
    tokens: MailTokens,
    connection: ConnectedService,
    incoming: IncomingMail,
    taken: TakenFiles = NO_FILES,
    *,
    off: bool,
    limited: bool = True,
) -> Conversation | PassedOverReason:
    """Add a mail, whose sender is an address that can be replied to, to its conversation.

    `taken`: its files. `off`: whether the agent is off; a new conversation then begins all the same. `limited`: whether
    too many mails of one sender are refused. Returns the conversation, or the reason for which the mail is passed over.
    """
    answered = tokens.conversation(uow.account_id, incoming.references, incoming.recipients)
    text = _text_of(incoming, taken, answers=answered is not None)
    if not text:
        return PassedOverReason.EMPTY
    earlier = await close_if_due(uow, await uow.get(Conversation, answered)) if answered else None
    if earlier is not None and not earlier.is_closed and not earlier.is_full:
        started: StartedConversation | None = await _continue(uow, earlier, incoming)
    else:
        started = await _begin(uow, incoming, text, earlier=earlier, off=off, limited=limited)
    if started is None or (limited and await is_flooded(started.change)):
        return PassedOverReason.OVER_LIMIT
    _route_mail(started.change, connection, incoming)
    files = await claim_incoming(uow, taken.rows)
    message = await add_shopper_message(started.change, text, files, via=Channel.EMAIL)
    if incoming.automatic is not None:
        mark = label(incoming.automatic)
        started.change.add_message(BATON, _BY_MACHINE.format(mark=mark), kind=MessageKind.NOTE)
    uow.save(_received(incoming, message, uow.now))
    return await commit_started(uow, started, message, off=off)


def _text_of(incoming: IncomingMail, taken: TakenFiles, *, answers: bool) -> str:
    """The text of the message. A mail that answers none of ours has no history that is known here: what looks like one
    may be the question."""
    subject, said = message_text(incoming.subject), message_text(incoming.text if answers else incoming.whole)
    written = said if answers else "\n\n".join(part for part in (subject, said) if part)
    return message_text(written, incoming.attachments, taken.left_out) or subject


def _received(incoming: IncomingMail, message: Message, now: datetime) -> ReceivedMail:
    return ReceivedMail(
        id=message.id,
        conversation_id=message.conversation_id,
        reference=incoming.reference,
        sender=incoming.sender,
        subject=incoming.subject,
        text=incoming.whole[:LONGEST_MAIL],
        received_at=now,
        attachments=incoming.attachments,
    )


def _route_mail(change: Change, connection: ConnectedService, incoming: IncomingMail) -> None:
    """Let the next mail reply to this one. A mail from another address than before is noted for the team; replies keep
    going to the address that they went to. A machine gets no automatic reply (RFC 3834, section 2)."""
    conversation = change.conversation
    route = conversation.route
    if route is None and conversation.channel is Channel.EMAIL:
        route = email_route(connection, incoming.sender)
    if not _is_known_sender(conversation, incoming):
        change.add_message(BATON, f"The next message came from {incoming.sender}.", kind=MessageKind.NOTE)
    if route is not None and route.service is Service.EMAIL:
        route = replace(
            route,
            subject=bare_subject(incoming.subject) or route.subject,
            copied=_copied(route, incoming),
            thread=kept_thread((*incoming.references, incoming.reference)),
            by_machine=incoming.automatic is not None,
        )
        change.conversation = replace(change.conversation, route=route)
    ticket = conversation.ticket
    if ticket is not None and ticket.by_email and not ticket.email_notice_sent:
        change.put_ticket(replace(ticket, email_notice_sent=True))  # the shopper writes by mail already


def _copied(route: Route, incoming: IncomingMail) -> tuple[str, ...]:
    """The people in copy of the thread, who get the replies as well; somebody among them who writes stays in it."""
    known = {email_key(address) for address in route.copied}
    writer = (incoming.sender,) if email_key(incoming.sender) in known else ()
    found: dict[str, str] = {}
    for address in (*route.copied, *writer, *incoming.copied):
        with suppress(Invalid):
            found.setdefault(email_key(address), check_email(address, field=()))
    found.pop(email_key(route.shopper_address), None)
    return tuple(found.values())[:_MOST_COPIED]


def _is_known_sender(conversation: Conversation, incoming: IncomingMail) -> bool:
    addresses = (conversation.visitor.email, conversation.route and conversation.route.shopper_address)
    return email_key(incoming.sender) in {email_key(address) for address in addresses if address}


def _was_mailed(conversation: Conversation, incoming: IncomingMail) -> bool:
    """Whether our mails of the conversation went to the sender of this one, which carries our token: so it has read
    them, and the address is its own."""
    route = conversation.route
    mailed = route.shopper_address if route is not None and route.service is Service.EMAIL else None
    return mailed is not None and email_key(mailed) == email_key(incoming.sender)


async def _continue(uow: UnitOfWork, conversation: Conversation, incoming: IncomingMail) -> StartedConversation:
    """Continue the open conversation that the mail replies to. If the mail comes from the address that Baton mailed,
    the address is proved, unless a browser began the conversation: its owner can write there as well, and has perhaps
    claimed the address of somebody else."""
    change, extended = Change(uow, conversation), False
    visitor, known = _shopper_of(incoming).vouched("email"), conversation.visitor
    if known.browser_id is None and _was_mailed(conversation, incoming) and not await is_flooded(change):
        new = "email" not in known.proved and (not known.is_proved or are_same_shopper(known, visitor))
        extended = new and await identify_shopper(change, visitor, by=_MAIL)
        if new:
            await name_profile(uow, change.conversation, visitor.name)
    return StartedConversation(change=change, is_new=False, identity_extended=extended)


async def _begin(
    uow: UnitOfWork, incoming: IncomingMail, text: str, *, earlier: Conversation | None, off: bool, limited: bool
) -> StartedConversation | None:
    """Find or open the conversation of the sender. `earlier`: a closed one that the mail replies to. Returns `None` if
    the sender has sent too many mails that prove nothing, where these are `limited`."""
    visitor = _shopper_of(incoming)
    if incoming.vouched is True or (earlier is not None and _was_mailed(earlier, incoming)):
        visitor = visitor.vouched("email")
    elif limited and await is_sender_flooded(uow, incoming.sender):
        return None
    command = StartConversation(channel=Channel.EMAIL, text=text, visitor=visitor)
    started = await open_or_continue(uow, command, visitor, by=_MAIL, even_if_off=off)
    await name_profile(uow, started.change.conversation, visitor.name)
    if not visitor.is_proved:
        await count_mail(uow, incoming.sender, started.change.conversation.id)
    return started


def _shopper_of(incoming: IncomingMail) -> Visitor:
    return Visitor(email=incoming.sender, name=label(incoming.name))

"""Incoming SMS, WhatsApp messages and e-mails: they start the shopper's conversation, or continue the open one.

The webhook has verified the caller's signature. The shopper's identity is another matter: a phone number comes from the
carrier and is proved. An e-mail address is proved if DMARC passed at the account's own server, or if the mail replies
to a mail that Baton sent to this address, which a Message-ID or recipient of ours with its secret token shows. Any
other address is a claim: the mail starts a conversation of its own, and continues another only by such a token.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from domain.conversation.aggregate import BATON, Change, close_if_due
from domain.conversation.commands import StartConversation
from domain.conversation.errors import AgentNotLive
from domain.conversation.opening import StartedConversation, identify_shopper, open_or_continue
from domain.conversation.routing import email_route, has_stopped
from domain.conversation.service import add_shopper_message
from domain.messaging import keywords, message_receipts
from domain.messaging.commands import IncomingMail, IncomingOutcome, IncomingText
from domain.messaging.flood import count_mail, is_flooded, is_sender_flooded
from domain.messaging.keywords import Keyword
from domain.messaging.mail import MailTokens, bare_subject, kept_thread, message_named
from domain.messaging.stopping import start_again, stop
from domain.model.connected_services import ConnectedService, Service
from domain.model.conversation import Conversation, MessageKind, Visitor
from domain.model.messaging import ReceivedMail, Route
from domain.principal import Vendor
from domain.profile.identity import are_same_shopper
from domain.profile.merging import whole_profile
from domain.storage import Storage, UnitOfWork
from domain.values.channel import Channel
from domain.values.contacts import check_email, check_phone, email_key
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.record import replace
from domain.values.text import LABEL_LIMIT, MESSAGE_LIMIT, is_blank, one_line, without_controls
from domain.webhook_dedup import is_first_delivery

_MAIL = Vendor(name=Service.EMAIL.spoken)
_WHOLE = 1_000_000  # characters of a mail that are stored
_MOST_FILES = 50  # attachments that a message lists


class IncomingService:
    """Takes in what carriers and mail servers deliver."""

    def __init__(self, *, storage: Storage, tokens: MailTokens) -> None:
        self._storage = storage
        self._tokens = tokens

    async def receive_text(self, account_id: AccountId, incoming: IncomingText) -> IncomingOutcome:
        """Process a text message, once however often it is delivered. Returns what was done. Raises `Unavailable`."""
        try:
            number = check_phone(incoming.sender, field=())
        except Invalid:
            return IncomingOutcome.IGNORED  # a short code, or a name: there is nobody to reply to
        incoming = replace(incoming, sender=number)

        async def change(uow: UnitOfWork) -> IncomingOutcome:
            if not await is_first_delivery(uow, "twilio", incoming.external_id):
                return IncomingOutcome.KNOWN
            word = keywords.keyword_of(incoming.text, carrier_says=incoming.keyword) if not incoming.media else None
            stopped = await has_stopped(uow, incoming.channel, number)
            if word is Keyword.STOP:
                await stop(uow, incoming.channel, number, incoming.text.strip())
                return IncomingOutcome.STOPPED
            if word is Keyword.START and stopped:
                await start_again(uow, incoming.channel, number)
                return IncomingOutcome.STARTED
            if word is Keyword.HELP:
                return IncomingOutcome.HELPED
            return await _add_text(uow, incoming, stopped=stopped)

        return await self._unless_off(account_id, change)

    async def receive_mail(
        self, account_id: AccountId, connection: ConnectedService, incoming: IncomingMail
    ) -> IncomingOutcome:
        """Process a mail, once however often it is delivered. Automatic mails are ignored, which prevents mail loops.
        Returns what was done. Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> IncomingOutcome:
            if incoming.bounce is not None:
                return await _record_bounce(uow, incoming)
            if incoming.automatic is not None:
                return IncomingOutcome.AUTOMATIC
            try:
                sender = check_email(incoming.sender, field=(), exists=True)
            except Invalid:
                return IncomingOutcome.IGNORED
            if not await is_first_delivery(uow, "email", f"{incoming.reference} {incoming.digest}"):
                return IncomingOutcome.KNOWN
            return await self._add_mail(uow, connection, replace(incoming, sender=sender))

        return await self._unless_off(account_id, change)

    async def _add_mail(self, uow: UnitOfWork, connection: ConnectedService, incoming: IncomingMail) -> IncomingOutcome:
        subject = _text(incoming.subject, ())
        answered = self._tokens.conversation(uow.account_id, incoming.references, incoming.recipients)
        # A mail that answers none of ours has no history that is known here: what looks like one may be the question.
        text = _text(incoming.text if answered else incoming.whole, incoming.attachments)
        conversation = await close_if_due(uow, await uow.get(Conversation, answered)) if answered else None
        continues = conversation is not None and not conversation.is_closed and not conversation.is_full
        if subject and text and not answered:
            text = f"{subject}\n\n{text}"[:MESSAGE_LIMIT]
        text = text or subject
        if not text:
            return IncomingOutcome.IGNORED
        if continues and conversation is not None:
            started: StartedConversation | None = await _continue(uow, conversation, incoming)
        else:
            started = await _begin(uow, incoming, text, earlier=conversation)
        if started is None or await is_flooded(started.change):
            return IncomingOutcome.AUTOMATIC
        _route_mail(started.change, connection, incoming)
        message = await add_shopper_message(started.change, text)
        uow.save(
            ReceivedMail(
                id=message.id,
                conversation_id=message.conversation_id,
                reference=incoming.reference,
                sender=incoming.sender,
                subject=incoming.subject,
                text=incoming.whole[:_WHOLE],
                received_at=uow.now,
                attachments=incoming.attachments,
            )
        )
        await started.commit(message)
        return IncomingOutcome.TAKEN

    async def _unless_off(
        self, account_id: AccountId, change: Callable[[UnitOfWork], Awaitable[IncomingOutcome]]
    ) -> IncomingOutcome:
        try:
            return await self._storage.write(account_id, change)
        except AgentNotLive:
            return IncomingOutcome.NOT_LIVE  # and nothing was written


async def _add_text(uow: UnitOfWork, incoming: IncomingText, *, stopped: bool) -> IncomingOutcome:
    text = _text(incoming.text, incoming.media)
    if not text:
        return IncomingOutcome.IGNORED
    visitor = Visitor(phone=incoming.sender, name=_label(incoming.name)).vouched("phone")
    command = StartConversation(channel=incoming.channel, text=text, visitor=visitor)
    started = await open_or_continue(uow, command, visitor, by=Vendor(name=Service.TWILIO.spoken))
    await _name_profile(uow, started.change.conversation, visitor.name)
    # Replies go out from the number or messaging service that the shopper wrote to: a shop may have several.
    ours = incoming.messaging_service or incoming.recipient
    route = Route(service=Service.TWILIO, shopper_address=incoming.sender, account_sender=ours, stopped=stopped)
    started.change.conversation = replace(started.change.conversation, route=route)
    message = await add_shopper_message(started.change, text)
    await started.commit(message)
    return IncomingOutcome.TAKEN


def _route_mail(change: Change, connection: ConnectedService, incoming: IncomingMail) -> None:
    """Let the next mail reply to this one. A mail from another address than before is noted for the team; replies keep
    going to the address that they went to."""
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
            thread=kept_thread((*incoming.references, incoming.reference)),
        )
        change.conversation = replace(change.conversation, route=route)
    ticket = conversation.ticket
    if ticket is not None and ticket.by_email and not ticket.email_notice_sent:
        change.put_ticket(replace(ticket, email_notice_sent=True))  # the shopper writes by mail already


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
            await _name_profile(uow, change.conversation, visitor.name)
    return StartedConversation(change=change, is_new=False, identity_extended=extended)


async def _begin(
    uow: UnitOfWork, incoming: IncomingMail, text: str, *, earlier: Conversation | None
) -> StartedConversation | None:
    """Find or open the conversation of the sender. `earlier`: a closed one that the mail replies to. Returns `None` if
    the sender has sent too many mails that prove nothing."""
    visitor = _shopper_of(incoming)
    if incoming.vouched is True or (earlier is not None and _was_mailed(earlier, incoming)):
        visitor = visitor.vouched("email")
    elif await is_sender_flooded(uow, incoming.sender):
        return None
    command = StartConversation(channel=Channel.EMAIL, text=text, visitor=visitor)
    started = await open_or_continue(uow, command, visitor, by=_MAIL)
    await _name_profile(uow, started.change.conversation, visitor.name)
    if not visitor.is_proved:
        await count_mail(uow, incoming.sender, started.change.conversation.id)
    return started


def _shopper_of(incoming: IncomingMail) -> Visitor:
    return Visitor(email=incoming.sender, name=_label(incoming.name))


async def _name_profile(uow: UnitOfWork, conversation: Conversation, name: str | None) -> None:
    """Give the sender's name to a verified profile without one. The channel proves the address alone, so that the name,
    which senders choose themselves, renames nobody."""
    profile = await whole_profile(uow, conversation.profile_id)
    if profile is not None and profile.verified and profile.name is None and name is not None:
        uow.save(replace(profile, name=name))


async def _record_bounce(uow: UnitOfWork, incoming: IncomingMail) -> IncomingOutcome:
    assert incoming.bounce is not None, "checked by the caller"
    if not await is_first_delivery(uow, "bounce", incoming.reference):
        return IncomingOutcome.KNOWN
    message_id = message_named(incoming.bounce.reference)
    found = message_id is not None and await message_receipts.record_bounce(uow, message_id, incoming.bounce.reason)
    return IncomingOutcome.BOUNCED if found else IncomingOutcome.AUTOMATIC


def _text(text: str, attachments: tuple[str, ...]) -> str:
    """The text without characters that cannot be shown, and a line for each file. The files stay with the carrier."""
    shown = without_controls(text).strip()
    files = "\n".join(f"[attachment: {_label(name) or 'file'}]" for name in attachments[:_MOST_FILES])
    room = MESSAGE_LIMIT - len(files) - 3
    shown = shown if len(shown) <= room else f"{shown[:room]}…"
    if is_blank(shown):
        return files
    return f"{shown}\n\n{files}" if files else shown


def _label(text: str | None) -> str | None:
    return one_line(text or "", limit=LABEL_LIMIT) or None

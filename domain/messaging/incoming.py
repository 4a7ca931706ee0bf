"""Incoming SMS, WhatsApp messages and e-mails: they start the shopper's conversation, or continue the open one.

The webhook has verified the caller's signature. The shopper's identity is another matter: a phone number comes from the
carrier and is proved. An e-mail address is proved if DMARC passed at the account's own server, or if the mail replies
to a mail that Baton sent to this address, which a Message-ID or recipient of ours with its secret token shows. Any
other address is a claim: the mail starts a conversation of its own, and continues another only by such a token.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from domain.attachments.service import claim_incoming
from domain.conversation.aggregate import BATON, Change, close_if_due, load_conversation
from domain.conversation.commands import StartConversation
from domain.conversation.errors import AgentNotLive
from domain.conversation.events import BeganWhileAgentOff
from domain.conversation.opening import StartedConversation, identify_shopper, open_or_continue
from domain.conversation.routing import email_route, has_stopped
from domain.conversation.service import add_shopper_message
from domain.idempotency import Result, run_once
from domain.messaging import keywords, message_receipts
from domain.messaging.commands import IncomingMail, IncomingOutcome, IncomingText, TakeIn
from domain.messaging.files.mail_files import NO_FILES, TakenFiles
from domain.messaging.files.remote_files import fetch_later, media_of
from domain.messaging.flood import count_mail, is_flooded, is_sender_flooded
from domain.messaging.keywords import Keyword
from domain.messaging.mail import MailTokens, bare_subject, kept_thread, message_named
from domain.messaging.message_text import label, message_text
from domain.messaging.passed_over import keep_mail, keep_text, keep_unreadable, message_in
from domain.messaging.stopping import start_again, stop
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Conversation, Message, MessageKind, Visitor
from domain.model.handoff import HandoffMethod, HandoffSettings
from domain.model.messaging import ReceivedMail, Route
from domain.model.passed_over import PassedOver, PassedOverReason
from domain.principal import Permission, Principal, Vendor
from domain.profile.identity import are_same_shopper
from domain.profile.merging import whole_profile
from domain.storage import Storage, UnitOfWork
from domain.values.channel import Channel
from domain.values.contacts import carrier_phone, check_email, email_key
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import AccountId, ConversationId
from domain.values.record import replace
from domain.values.text import MESSAGE_LIMIT
from domain.webhook_dedup import is_first_delivery

_MAIL = Vendor(name=Service.EMAIL.spoken)
_WHOLE = 1_000_000  # characters of a mail that are stored
_MOST_COPIED = 20  # people in copy: one mail must not make Baton write to many


class IncomingService:
    """Takes in what carriers and mail servers deliver."""

    def __init__(self, *, storage: Storage, tokens: MailTokens) -> None:
        self._storage = storage
        self._tokens = tokens

    async def receive_text(self, account_id: AccountId, incoming: IncomingText) -> IncomingOutcome:
        """Process a text message, once however often it is delivered. Returns what was done. Raises `Unavailable`."""
        try:
            number: str | None = carrier_phone(incoming.sender, field=())
        except Invalid:
            number = None  # a short code, or a name: there is nobody to reply to

        async def change(uow: UnitOfWork, *, off: bool) -> IncomingOutcome:
            if not await is_first_delivery(uow, "twilio", incoming.external_id):
                return IncomingOutcome.KNOWN
            if number is None:
                await keep_text(uow, incoming, PassedOverReason.NO_SENDER)
                return IncomingOutcome.IGNORED
            word = keywords.keyword_of(incoming.text, channel=incoming.channel, carrier_says=incoming.keyword)
            if incoming.has_more and word is not Keyword.STOP:
                word = None  # a picture or place with the word "help" is a message
            stopped = await has_stopped(uow, incoming.channel, number)
            if word is Keyword.STOP:
                await stop(uow, incoming.channel, number, incoming.text.strip())
                return IncomingOutcome.STOPPED
            if word is Keyword.START and stopped:
                await start_again(uow, incoming.channel, number)
                return IncomingOutcome.STARTED
            if word is Keyword.HELP:
                return IncomingOutcome.HELPED
            return await _receive_text(uow, replace(incoming, sender=number), stopped=stopped, off=off)

        return await self._run(account_id, change)

    async def receive_mail(
        self,
        account_id: AccountId,
        connection: ConnectedService,
        incoming: IncomingMail,
        *,
        source: bytes = b"",
        taken: TakenFiles = NO_FILES,
    ) -> IncomingOutcome:
        """Process a mail, once however often it is delivered. Automatic mails are passed over, which prevents mail
        loops. `source`: the mail as it was received; `taken`: its files. Returns what was done. Raises
        `Unavailable`."""

        async def change(uow: UnitOfWork, *, off: bool) -> IncomingOutcome:
            if incoming.bounce is not None:
                outcome = await _record_bounce(uow, incoming)
                reason = PassedOverReason.AUTOMATIC if outcome is IncomingOutcome.AUTOMATIC else None
            elif not await is_first_delivery(uow, "email", f"{incoming.reference} {incoming.digest}"):
                return IncomingOutcome.KNOWN
            else:
                outcome, reason = await self._receive_mail(uow, connection, incoming, taken, off=off)
            if reason is not None:
                detail = incoming.automatic if reason is PassedOverReason.AUTOMATIC else None
                await keep_mail(uow, incoming, source, reason, detail=detail)
            return outcome

        return await self._run(account_id, change)

    async def pass_over_unreadable(self, account_id: AccountId, source: bytes) -> IncomingOutcome:
        """Keep a mail that cannot be parsed, once however often it is delivered. Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> IncomingOutcome:
            if not await is_first_delivery(uow, "unreadable", hashlib.sha256(source).hexdigest()):
                return IncomingOutcome.KNOWN
            await keep_unreadable(uow, source)
            return IncomingOutcome.IGNORED

        return await self._storage.write(account_id, change)

    async def take_in(self, principal: Principal, command: TakeIn, key: str | None = None) -> Conversation:
        """Take in a message that was passed over, whatever the reason was. Idempotent under `key`, and for a message
        that was taken in before. Returns its conversation.

        Raises `NotFound`, `Conflict` for a message that cannot be taken in, `Forbidden`.
        """
        principal.require(Permission.WORK_INBOX)

        async def act(uow: UnitOfWork) -> Result:
            row = await uow.get(PassedOver, command.passed_over_id)
            if row is None:
                raise NotFound("No such message was passed over, or it was kept for too long.", field="passed_over_id")
            taken = row.taken_into
            if taken is None:
                taken = await self._taken(uow, row)
                uow.save(replace(row, taken_into=taken))
            return {"conversation": taken}

        async def change(uow: UnitOfWork) -> Conversation:
            result = await run_once(uow, principal, key, command, lambda: act(uow))
            return await load_conversation(uow, ConversationId(str(result["conversation"])))

        return await self._storage.write(principal.account_id, change)

    async def _taken(self, uow: UnitOfWork, row: PassedOver) -> ConversationId:
        incoming = message_in(row)
        if isinstance(incoming, IncomingText):
            stopped = await has_stopped(uow, incoming.channel, incoming.sender)
            taken = await _add_text(uow, incoming, stopped=stopped, off=True)
        elif incoming is not None:
            taken = await self._taken_mail(uow, incoming)
        else:
            taken = None
        if taken is None:
            raise Conflict("This message has no sender or no text. Read its `source`.", field="passed_over_id")
        return taken.id

    async def _taken_mail(self, uow: UnitOfWork, incoming: IncomingMail) -> Conversation | None:
        connection = await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.EMAIL))
        if connection is None:
            raise Conflict("E-mail is not connected any more. Connect the channel first.", field="passed_over_id")
        try:
            sender = check_email(incoming.sender, field=(), exists=True)
        except Invalid:
            return None
        added = await self._add_mail(uow, connection, replace(incoming, sender=sender), off=True, limited=False)
        return added if isinstance(added, Conversation) else None

    async def _receive_mail(
        self, uow: UnitOfWork, connection: ConnectedService, incoming: IncomingMail, taken: TakenFiles, *, off: bool
    ) -> tuple[IncomingOutcome, PassedOverReason | None]:
        """Take in a mail that is new. Returns what was done, and the reason if it was passed over."""
        if incoming.automatic is not None:
            return IncomingOutcome.AUTOMATIC, PassedOverReason.AUTOMATIC
        try:
            sender = check_email(incoming.sender, field=(), exists=True)
        except Invalid:
            return IncomingOutcome.IGNORED, PassedOverReason.NO_SENDER
        if off and not await _team_takes_over(uow):
            return IncomingOutcome.NOT_LIVE, PassedOverReason.AGENT_OFF
        added = await self._add_mail(uow, connection, replace(incoming, sender=sender), taken, off=off)
        if isinstance(added, PassedOverReason):
            over = added is PassedOverReason.OVER_LIMIT
            return (IncomingOutcome.AUTOMATIC if over else IncomingOutcome.IGNORED), added
        return IncomingOutcome.TAKEN, None

    async def _add_mail(
        self,
        uow: UnitOfWork,
        connection: ConnectedService,
        incoming: IncomingMail,
        taken: TakenFiles = NO_FILES,
        *,
        off: bool,
        limited: bool = True,
    ) -> Conversation | PassedOverReason:
        subject = message_text(incoming.subject)
        answered = self._tokens.conversation(uow.account_id, incoming.references, incoming.recipients)
        # A mail that answers none of ours has no history that is known here: what looks like one may be the question.
        text = message_text(incoming.text if answered else incoming.whole, incoming.attachments, taken.left_out)
        earlier = await close_if_due(uow, await uow.get(Conversation, answered)) if answered else None
        if subject and text and not answered:
            text = f"{subject}\n\n{text}"[:MESSAGE_LIMIT]
        text = text or subject
        if not text:
            return PassedOverReason.EMPTY
        if earlier is not None and not earlier.is_closed and not earlier.is_full:
            started: StartedConversation | None = await _continue(uow, earlier, incoming)
        else:
            started = await _begin(uow, incoming, text, earlier=earlier, off=off, limited=limited)
        if started is None or (limited and await is_flooded(started.change)):
            return PassedOverReason.OVER_LIMIT
        _route_mail(started.change, connection, incoming)
        files = await claim_incoming(uow, taken.rows)
        message = await add_shopper_message(started.change, text, files, via=Channel.EMAIL)
        uow.save(_received(incoming, message, uow.now))
        return await _commit(uow, started, message, off=off)

    async def _run(self, account_id: AccountId, change: Callable[..., Awaitable[IncomingOutcome]]) -> IncomingOutcome:
        """Run the change; if the agent is off, and a conversation would begin, run it again for that case."""
        try:
            return await self._storage.write(account_id, partial(change, off=False))
        except AgentNotLive:  # and nothing was written
            return await self._storage.write(account_id, partial(change, off=True))


async def _receive_text(uow: UnitOfWork, incoming: IncomingText, *, stopped: bool, off: bool) -> IncomingOutcome:
    if off and not await _team_takes_over(uow):
        await keep_text(uow, incoming, PassedOverReason.AGENT_OFF)
        return IncomingOutcome.NOT_LIVE
    if await _add_text(uow, incoming, stopped=stopped, off=off) is None:
        await keep_text(uow, incoming, PassedOverReason.EMPTY)
        return IncomingOutcome.IGNORED
    return IncomingOutcome.TAKEN


def _received(incoming: IncomingMail, message: Message, now: datetime) -> ReceivedMail:
    return ReceivedMail(
        id=message.id,
        conversation_id=message.conversation_id,
        reference=incoming.reference,
        sender=incoming.sender,
        subject=incoming.subject,
        text=incoming.whole[:_WHOLE],
        received_at=now,
        attachments=incoming.attachments,
    )


async def _team_takes_over(uow: UnitOfWork) -> bool:
    """Whether messages become tickets for the team while the agent is off."""
    settings = await uow.get(HandoffSettings, uow.account_id)
    return settings is None or settings.method is HandoffMethod.HELPDESK


async def _commit(uow: UnitOfWork, started: StartedConversation, message: Message, *, off: bool) -> Conversation:
    """Commit the conversation with the message. One that begins while the agent is off goes to the team."""
    conversation = await started.commit(message)
    if off and started.is_new and await _team_takes_over(uow):
        change = Change(uow, conversation)
        await change.publish(BeganWhileAgentOff())
        conversation = await change.commit()
    return conversation


async def _add_text(uow: UnitOfWork, incoming: IncomingText, *, stopped: bool, off: bool) -> Conversation | None:
    """Add a text message to the sender's conversation. Returns the conversation; None if the message is empty."""
    said = "\n\n".join(part for part in (incoming.text, "\n".join(incoming.details)) if part)
    text = message_text(said, incoming.media)
    if not text:
        return None
    visitor = Visitor(phone=incoming.sender, name=label(incoming.name)).vouched("phone")
    command = StartConversation(channel=incoming.channel, text=text, visitor=visitor)
    started = await open_or_continue(uow, command, visitor, by=Vendor(name=Service.TWILIO.spoken), even_if_off=off)
    await _name_profile(uow, started.change.conversation, visitor.name)
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
    return await _commit(uow, started, message, off=off)


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
            copied=_copied(route, incoming),
            thread=kept_thread((*incoming.references, incoming.reference)),
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
            await _name_profile(uow, change.conversation, visitor.name)
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
    await _name_profile(uow, started.change.conversation, visitor.name)
    if not visitor.is_proved:
        await count_mail(uow, incoming.sender, started.change.conversation.id)
    return started


def _shopper_of(incoming: IncomingMail) -> Visitor:
    return Visitor(email=incoming.sender, name=label(incoming.name))


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

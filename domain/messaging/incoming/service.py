"""Takes in what carriers and mail servers deliver, or passes it over with a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from domain.conversation.errors import AgentNotLive
from domain.conversation.routing import has_stopped
from domain.erased import ErasureHashes
from domain.messaging import keywords, message_receipts
from domain.messaging.commands import IncomingMail, IncomingOutcome, IncomingText
from domain.messaging.files.mail_files import NO_FILES, TakenFiles
from domain.messaging.files.mail_sources import KeptSource, MailSourceService, SourceTooLargeError
from domain.messaging.incoming.conversations import team_takes_over
from domain.messaging.incoming.mails import add_mail
from domain.messaging.incoming.texts import add_text
from domain.messaging.keywords import Keyword
from domain.messaging.mail import MailTokens, message_named
from domain.messaging.passed_over import keep_mail, keep_text, keep_unreadable
from domain.messaging.stopping import start_again, stop
from domain.model.connected_services import ConnectedService
from domain.model.conversation import Visitor
from domain.model.passed_over import PassedOverReason
from domain.model.profile import identity_keys
from domain.outbox.opt_outs import erased_opt_out_id
from domain.storage import Storage, UnitOfWork
from domain.values.contacts import carrier_phone, check_email
from domain.values.errors import Invalid
from domain.values.ids import AccountId
from domain.values.record import replace
from domain.webhook_dedup import is_first_delivery

_ON_ITS_WAY = timedelta(days=5)  # of a mail: then servers give up (RFC 5321, section 4.5.4.1)


class IncomingService:
    """Takes in what carriers and mail servers deliver."""

    def __init__(
        self, *, storage: Storage, tokens: MailTokens, sources: MailSourceService, hashes: ErasureHashes
    ) -> None:
        self._storage = storage
        self._hashes = hashes
        self._tokens = tokens
        self._sources = sources

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
            # Of somebody who has come back after an erasure.
            erased = (erased_opt_out_id(self._hashes, account_id, incoming.channel, number),)
            stopped = await has_stopped(uow, incoming.channel, number, also=erased)
            if word is Keyword.STOP:
                await stop(uow, incoming.channel, number, incoming.text.strip())
                return IncomingOutcome.STOPPED
            if word is Keyword.START and stopped:
                await start_again(uow, incoming.channel, number, also=erased)
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

        async def change(kept: KeptSource, uow: UnitOfWork, *, off: bool) -> IncomingOutcome:
            if incoming.bounce is not None:
                outcome = await _record_bounce(uow, incoming)
                reason = PassedOverReason.AUTOMATIC if outcome is IncomingOutcome.AUTOMATIC else None
            elif not await is_first_delivery(uow, "email", f"{incoming.reference} {incoming.digest}"):
                return IncomingOutcome.KNOWN
            elif await self._is_erased(uow, incoming):
                return IncomingOutcome.ERASED
            else:
                outcome, reason = await self._receive_mail(uow, connection, incoming, taken, off=off)
            if reason is not None:
                detail = incoming.automatic if reason is PassedOverReason.AUTOMATIC else None
                await keep_mail(uow, incoming, kept, reason, detail=detail)
            return outcome

        return await self._with_source(account_id, source, lambda kept: self._run(account_id, partial(change, kept)))

    async def _is_erased(self, uow: UnitOfWork, incoming: IncomingMail) -> bool:
        """Whether the mail was on its way when its author was erased. A mail that says to be older was written by a
        clock that is wrong."""
        sent_at = incoming.sent_at
        if sent_at is None or not uow.now - _ON_ITS_WAY < sent_at < uow.now:
            return False
        keys = identity_keys(Visitor(email=incoming.sender)) if incoming.sender else ()
        return await self._hashes.were_erased(uow, keys, since=sent_at)

    async def pass_over_unreadable(self, account_id: AccountId, source: bytes) -> IncomingOutcome:
        """Keep a mail that cannot be parsed, once however often it is delivered. Raises `Unavailable`."""

        async def change(kept: KeptSource, uow: UnitOfWork) -> IncomingOutcome:
            if not await is_first_delivery(uow, "unreadable", hashlib.sha256(source).hexdigest()):
                return IncomingOutcome.KNOWN
            await keep_unreadable(uow, kept)
            return IncomingOutcome.IGNORED

        return await self._with_source(
            account_id, source, lambda kept: self._storage.write(account_id, partial(change, kept))
        )

    async def _with_source(
        self, account_id: AccountId, source: bytes, run: Callable[[KeptSource], Awaitable[IncomingOutcome]]
    ) -> IncomingOutcome:
        """Run a change that perhaps passes the mail over. Only then is a large source put into the file store, before
        the change runs again."""
        try:
            return await run(KeptSource(source=source))
        except SourceTooLargeError:  # and nothing was written
            return await run(await self._sources.keep(account_id, source))

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
        if off and not await team_takes_over(uow):
            return IncomingOutcome.NOT_LIVE, PassedOverReason.AGENT_OFF
        known = replace(incoming, sender=sender)
        added = await add_mail(uow, self._tokens, connection, known, taken, off=off)
        if isinstance(added, PassedOverReason):
            over = added is PassedOverReason.OVER_LIMIT
            return (IncomingOutcome.AUTOMATIC if over else IncomingOutcome.IGNORED), added
        return IncomingOutcome.TAKEN, None

    async def _run(self, account_id: AccountId, change: Callable[..., Awaitable[IncomingOutcome]]) -> IncomingOutcome:
        """Run the change; if the agent is off, and a conversation would begin, run it again for that case."""
        try:
            return await self._storage.write(account_id, partial(change, off=False))
        except AgentNotLive:  # and nothing was written
            return await self._storage.write(account_id, partial(change, off=True))


async def _receive_text(uow: UnitOfWork, incoming: IncomingText, *, stopped: bool, off: bool) -> IncomingOutcome:
    if off and not await team_takes_over(uow):
        await keep_text(uow, incoming, PassedOverReason.AGENT_OFF)
        return IncomingOutcome.NOT_LIVE
    if await add_text(uow, incoming, stopped=stopped, off=off) is None:
        await keep_text(uow, incoming, PassedOverReason.EMPTY)
        return IncomingOutcome.IGNORED
    return IncomingOutcome.TAKEN


async def _record_bounce(uow: UnitOfWork, incoming: IncomingMail) -> IncomingOutcome:
    assert incoming.bounce is not None, "checked by the caller"
    if not await is_first_delivery(uow, "bounce", incoming.reference):
        return IncomingOutcome.KNOWN
    message_id = message_named(incoming.bounce.reference)
    found = message_id is not None and await message_receipts.record_bounce(uow, message_id, incoming.bounce.reason)
    return IncomingOutcome.BOUNCED if found else IncomingOutcome.AUTOMATIC

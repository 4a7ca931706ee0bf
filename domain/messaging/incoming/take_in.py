"""Messages that were passed over are taken in by staff, as if they had just arrived: a mail is parsed again, and its
files become attachments."""

from __future__ import annotations

import asyncio
from functools import partial

from domain.conversation.aggregate import load_conversation
from domain.conversation.routing import has_stopped
from domain.idempotency import Result, run_once
from domain.messaging.commands import IncomingMail, IncomingText, TakeIn
from domain.messaging.files.mail_files import NO_FILES, MailFileService, TakenFiles, all_left_out
from domain.messaging.files.mail_sources import MailSourceService
from domain.messaging.incoming.mails import add_mail
from domain.messaging.incoming.texts import add_text
from domain.messaging.mail import MailTokens
from domain.messaging.passed_over import message_in
from domain.messaging.ports import MailParser, Unparsable
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Conversation
from domain.model.passed_over import PassedOver
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.channel import Channel
from domain.values.contacts import check_email
from domain.values.errors import Conflict, Invalid, NotFound
from domain.values.ids import AccountId, ConversationId
from domain.values.record import Record, replace


class _Read(Record):
    """A mail that was read again."""

    mail: IncomingMail | None = None  # None: its whole source is not there, or cannot be parsed
    files: TakenFiles = NO_FILES


class TakeInService:
    def __init__(
        self,
        *,
        storage: Storage,
        tokens: MailTokens,
        parser: MailParser,
        files: MailFileService,
        sources: MailSourceService,
    ) -> None:
        self._storage = storage
        self._tokens = tokens
        self._parser = parser
        self._files = files
        self._sources = sources
        self._one_at_once = asyncio.Lock()  # a mail is in memory as a whole; and somebody may click twice

    async def take_in(self, principal: Principal, command: TakeIn, key: str | None = None) -> Conversation:
        """Take in a message that was passed over, whatever the reason was, with its files. After an automatic mail only
        replies of people are sent. Idempotent under `key`, and for a message that was taken in before. Returns its
        conversation.

        Raises `NotFound`, `Conflict` for a message that cannot be taken in, `Forbidden`, `Unavailable`.
        """
        principal.require(Permission.WORK_INBOX)
        read = await self._read(principal.account_id, command.passed_over_id)

        async def act(uow: UnitOfWork) -> Result:
            row = await uow.get(PassedOver, command.passed_over_id)
            if row is None:
                raise NotFound("No such message was passed over, or it was kept for too long.", field="passed_over_id")
            taken = row.taken_into
            if taken is None:
                taken = await self._taken(uow, row, read)
                uow.save(replace(row, taken_into=taken))
            return {"conversation": taken}

        async def change(uow: UnitOfWork) -> Conversation:
            result = await run_once(uow, principal, key, command, partial(act, uow))
            return await load_conversation(uow, ConversationId(str(result["conversation"])))

        return await self._storage.write(principal.account_id, change)

    async def _read(self, account_id: AccountId, row_id: str) -> _Read:
        """Parse a mail again, and store its files, before the transaction."""
        reader = self._storage.read(account_id)
        row = await reader.get(PassedOver, row_id)
        connection = await reader.get(ConnectedService, connected_service_id(account_id, Service.EMAIL))
        if row is None or row.channel is not Channel.EMAIL or row.taken_into is not None or connection is None:
            return _Read()
        async with self._one_at_once:
            source = await self._sources.whole(account_id, row)
            if source is None:
                return _Read()
            try:
                mail = await self._parser.parse(
                    source,
                    account_id=account_id,
                    authserv_id=connection.settings.get("authserv_id"),
                    own=[connection.settings["from_address"]],
                )
            except Unparsable:
                return _Read()
            wanted = replace(mail, automatic=None, bounce=None)
            files = await self._files.take_in(account_id, wanted, source)
            return _Read(mail=replace(wanted, automatic=mail.automatic), files=files)

    async def _taken(self, uow: UnitOfWork, row: PassedOver, read: _Read) -> ConversationId:
        incoming = read.mail or message_in(row)
        if isinstance(incoming, IncomingText):
            stopped = await has_stopped(uow, incoming.channel, incoming.sender)
            taken = await add_text(uow, incoming, stopped=stopped, off=True)
        elif incoming is not None:
            taken = await self._taken_mail(uow, incoming, read.files if read.mail else all_left_out(incoming))
        else:
            taken = None
        if taken is None:
            raise Conflict("This message has no sender or no text. Read its `source`.", field="passed_over_id")
        return taken.id

    async def _taken_mail(self, uow: UnitOfWork, incoming: IncomingMail, files: TakenFiles) -> Conversation | None:
        connection = await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.EMAIL))
        if connection is None:
            raise Conflict("E-mail is not connected any more. Connect the channel first.", field="passed_over_id")
        try:
            sender = check_email(incoming.sender, field=(), exists=True)
        except Invalid:
            return None
        known = replace(incoming, sender=sender)
        added = await add_mail(uow, self._tokens, connection, known, files, off=True, limited=False)
        return added if isinstance(added, Conversation) else None

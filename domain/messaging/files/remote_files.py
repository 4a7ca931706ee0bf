"""Files that a channel names by an address, such as the media of MMS and WhatsApp.

The webhook is answered at once: the message that it brings names each file, and the file's record and a timer are
written with it. A worker fetches the file, once, with the account's credentials, and appends a message of the same
author that has it. If that fails for good, a note tells the team.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from mimetypes import guess_extension

from domain.attachments.attaching import expiry_timer, incoming_owner
from domain.attachments.commands import IncomingFile
from domain.attachments.file_names import clean_file_name
from domain.attachments.service import AttachmentService, claim_incoming
from domain.connected_services.service import ConnectionService
from domain.conversation.aggregate import BATON, Change
from domain.conversation.service import add_shopper_message
from domain.delivery.errors import PermanentError, TransientError
from domain.messaging.commands import IncomingText
from domain.messaging.ports import RemoteFileSource
from domain.model.attachments import INCOMING_LIFE, Attachment, AttachmentState, RemoteFile
from domain.model.connected_services import Service
from domain.model.conversation import Author, AuthorKind, Conversation, Message, MessageKind
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.values.clock import Clock
from domain.values.errors import NotFound
from domain.values.ids import AccountId, AttachmentId, named_id
from domain.values.record import Record, replace

_PATIENCE = timedelta(hours=2)  # from the message until a file that cannot be fetched is given up
_AGAIN = timedelta(minutes=1)


class NamedFile(Record):
    """A file that a channel names."""

    name: str
    content_type: str
    source: str  # names the file for good, such as "twilio:MM123:0"
    remote: RemoteFile


def media_of(text: IncomingText) -> tuple[NamedFile, ...]:
    """Return the files of a text message that have an address."""
    found = zip(text.media, text.media_urls, strict=False)
    return tuple(
        NamedFile(
            name=f"{kind.partition('/')[0]}-{number + 1}{guess_extension(kind) or ''}",
            content_type=kind,
            source=f"twilio:{text.external_id}:{number}",
            remote=RemoteFile(service=Service.TWILIO, url=url),
        )
        for number, (kind, url) in enumerate(found)
        if url
    )


async def fetch_later(uow: UnitOfWork, message: Message, files: Sequence[NamedFile]) -> None:
    """Let a worker fetch the files of a message that this unit of work writes."""
    for file in files:
        row = Attachment(
            id=AttachmentId(named_id(uow.account_id, "incoming", file.source)),
            owner=incoming_owner(file.source),
            name=clean_file_name(file.name),
            content_type=file.content_type,
            state=AttachmentState.AWAITED,
            created_at=uow.now,
            expires_at=uow.now + INCOMING_LIFE,
            conversation_id=message.conversation_id,
            remote=file.remote,
        )
        uow.save(row)
        uow.save(expiry_timer(row))
        uow.save(Timer(id=f"fetch:{row.id}", kind=TimerKind.FILE_FETCH, subject=row.id, due_at=uow.now))


class RemoteFileService:
    """Fetches files, and appends them to their conversations."""

    def __init__(
        self,
        *,
        storage: Storage,
        connections: ConnectionService,
        attachments: AttachmentService,
        source: RemoteFileSource,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._connections = connections
        self._attachments = attachments
        self._source = source
        self._clock = clock

    async def fetch(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: fetch its file, and append it. Raises `Unavailable`."""
        row = await self._storage.read(account_id).get(Attachment, timer.subject)
        problem: str | None = None
        if row is not None and row.remote is not None and row.message_id is None:
            try:
                await self._take_in(account_id, row, row.remote)
            except PermanentError as error:
                problem = str(error)
            except (TransientError, NotFound) as error:
                problem = str(error)
                if self._clock.now() < row.created_at + _PATIENCE:
                    await self._storage.write(account_id, lambda uow: _postpone(uow, timer))
                    return

        async def finish(uow: UnitOfWork) -> None:
            if await uow.get(Timer, timer.id) is None:
                return  # another worker did it
            uow.delete(Timer, timer.id)
            present = await uow.get(Attachment, timer.subject)
            if present is not None and present.remote is not None and present.message_id is None:
                await _append(uow, present, present.remote, problem)

        await self._storage.write(account_id, finish)

    async def _take_in(self, account_id: AccountId, row: Attachment, remote: RemoteFile) -> None:
        source = row.owner.removeprefix(incoming_owner(""))
        file = IncomingFile(name=row.name, content_type=row.content_type, source=source)
        connection = await self._connections.open(account_id, remote.service)
        if connection is None:
            raise PermanentError(f"{remote.service.spoken} is not connected any more.")
        async with self._source.open(connection, remote) as chunks:
            await self._attachments.take_in(account_id, file, chunks, is_known=True)


async def _postpone(uow: UnitOfWork, timer: Timer) -> None:
    if await uow.get(Timer, timer.id) is not None:
        uow.save(replace(timer, due_at=uow.now + _AGAIN))


async def _append(uow: UnitOfWork, row: Attachment, remote: RemoteFile, problem: str | None) -> None:
    """Append the message that has the file, or the note that it could not be fetched."""
    conversation = await uow.get(Conversation, row.conversation_id or "")
    if conversation is None or conversation.erased_at is not None:
        return
    change = Change(uow, conversation)
    files = await claim_incoming(uow, [row]) if problem is None else ()
    if not files:
        text = f"The file {row.name} could not be fetched from {remote.service.spoken}: {problem or 'it has expired'}"
        change.add_message(BATON, text, kind=MessageKind.NOTE)
    elif remote.author is None and not conversation.is_closed:
        await add_shopper_message(change, "", files)
    else:
        author = Author(kind=AuthorKind.HUMAN_AGENT, name=remote.author) if remote.author else _shopper(conversation)
        change.add_message(author, "", attachments=files)
    await change.commit()


def _shopper(conversation: Conversation) -> Author:
    return Author(kind=AuthorKind.SHOPPER, name=conversation.display_name)

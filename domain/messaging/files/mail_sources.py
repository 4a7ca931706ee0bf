"""The sources of mails that were passed over, from which staff can take them in with their files.

A short source is in its row. A longer one is in the store of attachments, as a file of no message, and the row has its
beginning. The file is deleted when the row ends: by its own expiry, or because the list keeps the newest messages only.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from domain.attachments.attaching import expiry_timer
from domain.attachments.commands import IncomingFile
from domain.attachments.service import AttachmentService
from domain.model.attachments import Attachment, AttachmentState
from domain.model.passed_over import PASSED_OVER_LIFE, PassedOver
from domain.storage import UnitOfWork
from domain.values.errors import NotFound, Unavailable
from domain.values.ids import AccountId, AttachmentId
from domain.values.record import Record, replace

IN_ROW = 128 << 10  # bytes of a source that its row has
MOST_BYTES = 1 << 30  # of the longer sources of an account; of the oldest, only the beginning is kept
_PIECE = 255 << 10


class SourceTooLargeError(Exception):
    """A source has to be in the file store before its row is written."""


class KeptSource(Record):
    """The source of a mail, and the file that has it if it is large."""

    source: bytes
    file: AttachmentId | None = None

    @property
    def needs_file(self) -> bool:
        return len(self.source) > IN_ROW and self.file is None


class MailSourceService:
    """Keeps large sources in the store of attachments, and reads sources."""

    def __init__(self, *, attachments: AttachmentService) -> None:
        self._attachments = attachments

    async def keep(self, account_id: AccountId, source: bytes) -> KeptSource:
        """Put a large source into the file store, once however often its mail is delivered. It is deleted a day
        later if no row has it by then (`attach`). Returns it with its file. Raises `Unavailable`."""
        if len(source) <= IN_ROW:
            return KeptSource(source=source)
        name = hashlib.sha256(source).hexdigest()
        file = IncomingFile(name="mail.eml", content_type="message/rfc822", source=f"mail:{name}", size=len(source))
        try:
            row = await self._attachments.keep_unattached(account_id, file, _pieces(source))
        except NotFound:  # another process received it meanwhile
            raise Unavailable("This mail is being received. Send it again in a moment.") from None
        return KeptSource(source=source, file=row.id)

    async def whole(self, account_id: AccountId, row: PassedOver) -> bytes | None:
        """Return the whole source of a mail; `None` if only its beginning is kept. Raises `Unavailable`."""
        if not row.source or len(row.source) == row.source_size:
            return row.source or None
        return None if row.source_file is None else await self._attachments.read_unattached(account_id, row.source_file)


async def attach(uow: UnitOfWork, kept: KeptSource) -> AttachmentId | None:
    """Let the file of a source live as long as the row that is written now. Returns its id, or `None` if there is none.

    Raises `SourceTooLargeError` if the source has to be in a file first.
    """
    if kept.needs_file:
        raise SourceTooLargeError
    file = await uow.get(Attachment, kept.file) if kept.file is not None else None
    if file is None or file.state is not AttachmentState.STORED:
        return None  # it has expired since
    lasting = replace(file, expires_at=uow.now + PASSED_OVER_LIFE)
    uow.save(lasting)
    uow.save(expiry_timer(lasting))
    return file.id


async def make_room(uow: UnitOfWork, size: int) -> None:
    """Release the oldest sources of the account until there is room for `size` bytes."""
    total = size
    for found in await uow.large_mail_sources():
        total += found.size
        row = await uow.get(PassedOver, found.id) if total > MOST_BYTES else None
        if row is not None:
            await release(uow, row)
            uow.save(replace(row, source_file=None))


async def release(uow: UnitOfWork, row: PassedOver) -> None:
    """Let the file of a source be deleted, whose row ends."""
    file = await uow.get(Attachment, row.source_file) if row.source_file is not None else None
    if file is not None:
        ended = replace(file, expires_at=uow.now)
        uow.save(ended)
        uow.save(expiry_timer(ended))


async def _pieces(source: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(source), _PIECE):
        yield source[at : at + _PIECE]

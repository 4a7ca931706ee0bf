"""The files of an incoming mail: stored before the message that has them is written."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence

from domain.attachments.commands import IncomingFile
from domain.attachments.service import AttachmentService
from domain.messaging.commands import IncomingMail
from domain.messaging.ports import MailParser
from domain.model.attachments import MOST_FILES, Attachment, AttachmentState
from domain.values.errors import NotFound, Unavailable
from domain.values.ids import AccountId
from domain.values.record import Record


class TakenFiles(Record):
    """The files of a mail."""

    rows: tuple[Attachment, ...] = ()  # for the message
    left_out: tuple[str, ...] = ()  # names of those that could not be kept


NO_FILES = TakenFiles()


def all_left_out(mail: IncomingMail) -> TakenFiles:
    """Return that none of the mail's files was stored."""
    return TakenFiles(left_out=mail.attachments)


class MailFileService:
    """Stores the files of mails."""

    def __init__(self, *, attachments: AttachmentService, parser: MailParser) -> None:
        self._attachments = attachments
        self._parser = parser

    async def take_in(self, account_id: AccountId, mail: IncomingMail, source: bytes) -> TakenFiles:
        """Store the files of a mail, each once however often the mail is delivered. Of more than a message can have,
        files that are attached go before pictures in the text. An automatic mail is passed over without its files.

        Returns the files. Raises `Unavailable` if they cannot be stored now.
        """
        if mail.automatic is not None or mail.bounce is not None:
            return TakenFiles()
        numbered = sorted(enumerate(mail.files), key=lambda each: (each[1].inline, each[0]))
        rows = []
        for number, file in sorted(numbered[:MOST_FILES]):
            incoming = IncomingFile(
                name=file.name,
                content_type=file.content_type,
                source=f"email:{mail.reference} {mail.digest}:{number}",
            )
            pieces = _stream(self._parser.file_pieces(source, file))
            try:
                rows.append(await self._attachments.take_in(account_id, incoming, pieces))
            except NotFound:  # another process received it meanwhile
                raise Unavailable("The files of this mail are being received. Send it again in a moment.") from None
        refused = [row.name for row in rows if row.state is AttachmentState.REFUSED or row.problem is not None]
        too_many = (file.name for _, file in sorted(numbered[MOST_FILES:]))
        return TakenFiles(rows=tuple(rows), left_out=(*refused, *too_many, *_without_content(mail)))


def _without_content(mail: IncomingMail) -> Sequence[str]:
    """The names of the files that have no bytes, or whose bytes a brief parse did not look for."""
    present = Counter(file.name for file in mail.files)
    missing = Counter(mail.attachments) - present
    return tuple(missing.elements())


async def _stream(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, with a turn of other tasks between them."""
    for piece in pieces:
        yield piece
        await asyncio.sleep(0)

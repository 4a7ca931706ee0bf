"""The list of mail and texts that were not taken in, kept with their reasons, so that staff can take them in.

It is bounded: 1,000 messages an account, of which the oldest go first, each for 30 days. The whole sources of mails are
kept (`files/mail_sources.py`), and 100,000 characters of the text.
"""

from __future__ import annotations

import msgspec

from domain.messaging.commands import IncomingMail, IncomingText
from domain.messaging.files.mail_sources import IN_ROW, KeptSource, attach, make_room, release
from domain.model.passed_over import PassedOver, PassedOverReason
from domain.principal import Permission, Principal
from domain.storage import Storage, UnitOfWork
from domain.values.channel import Channel
from domain.values.ids import new_id
from domain.values.paging import Page, Slice
from domain.values.record import replace
from domain.values.text import one_line, without_controls

MOST_KEPT = 1_000  # messages of an account
_PAYLOAD = 100_000  # characters of a mail that can be taken in later
_TEXT = 10_000
_LINE = 300


class PassedOverService:
    """Reads the list."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def page(self, principal: Principal, page: Slice) -> Page[PassedOver]:
        """Return a page, the newest first. Keyset: (at, id). Raises `Forbidden`."""
        principal.require(Permission.READ_INBOX)
        return await self._storage.read(principal.account_id).passed_over(page)

    async def count(self, principal: Principal) -> int:
        """Return the number of messages in the list. Raises `Forbidden`."""
        principal.require(Permission.READ_INBOX)
        return await self._storage.read(principal.account_id).count_passed_over()

    async def find(self, principal: Principal, row_id: str) -> PassedOver | None:
        """Return the message with this id, or None. Raises `Forbidden`."""
        principal.require(Permission.READ_INBOX)
        return await self._storage.read(principal.account_id).get(PassedOver, row_id)


async def keep_mail(
    uow: UnitOfWork, mail: IncomingMail, kept: KeptSource, reason: PassedOverReason, *, detail: str | None = None
) -> None:
    """Add a mail to the list. Raises `SourceTooLargeError` if its source has to be in a file first."""
    shortened = replace(mail, text=mail.text[:_PAYLOAD], whole=mail.whole[:_PAYLOAD])
    await _keep(
        uow,
        PassedOver(
            id=new_id(),
            at=uow.now,
            channel=Channel.EMAIL,
            reason=reason,
            detail=detail,
            sender=one_line(mail.sender, limit=_LINE),
            subject=one_line(mail.subject, limit=_LINE),
            text=without_controls(mail.whole)[:_TEXT],
            payload=msgspec.json.encode(shortened).decode(),
        ),
        kept,
    )


async def keep_unreadable(uow: UnitOfWork, kept: KeptSource) -> None:
    """Add a mail that cannot be parsed to the list. Raises `SourceTooLargeError` if its source has to be in a file
    first."""
    reason = PassedOverReason.UNREADABLE
    await _keep(uow, PassedOver(id=new_id(), at=uow.now, channel=Channel.EMAIL, reason=reason), kept)


async def keep_text(uow: UnitOfWork, text: IncomingText, reason: PassedOverReason) -> None:
    """Add a text message to the list."""
    await _keep(
        uow,
        PassedOver(
            id=new_id(),
            at=uow.now,
            channel=text.channel,
            reason=reason,
            sender=one_line(text.sender, limit=_LINE),
            text=without_controls(text.text)[:_TEXT],
            payload=None if reason is PassedOverReason.NO_SENDER else msgspec.json.encode(text).decode(),
        ),
    )


def message_in(row: PassedOver) -> IncomingMail | IncomingText | None:
    """Return the message that was not taken in; None if it cannot be."""
    if row.payload is None:
        return None
    if row.channel is Channel.EMAIL:
        return msgspec.json.decode(row.payload, type=IncomingMail)
    return msgspec.json.decode(row.payload, type=IncomingText)


async def _keep(uow: UnitOfWork, row: PassedOver, kept: KeptSource | None = None) -> None:
    for oldest in await uow.oldest_passed_over(MOST_KEPT - 1):
        ended = await uow.get(PassedOver, oldest)
        if ended is not None:
            await release(uow, ended)
        uow.delete(PassedOver, oldest)
    if kept is not None:
        size = len(kept.source)
        row = replace(row, source=kept.source[:IN_ROW], source_size=size, source_file=await attach(uow, kept))
        if row.source_file is not None:
            await make_room(uow, size)
    uow.save(row)

"""Uploads of callers and files that channels bring: created, received as streams, read, and deleted if unused.

A caller (browser, agent, inbox):

    created = await files.create_upload(principal, CreateUpload(name=…, content_type=…, size=…))
    await files.receive(token, chunks, announced=…)        # the PUT to the address
    # … the id goes into sendMessage and its like, whose unit of work claims it (`attaching.py`)

A channel (mail, MMS, WhatsApp, helpdesk), before the unit of work that appends the message:

    row = await files.take_in(account_id, IncomingFile(name=…, content_type=…, source="twilio:MM123:0"), chunks)

    async def change(uow):
        taken = await claim_incoming(uow, [row])           # again from the database, in the transaction
        message = await add_shopper_message(change, text, taken)

`source` names the file for good: a webhook that is delivered again gets the file that is stored already, and bytes are
stored once. A file that no message has is deleted after `INCOMING_LIFE`.

The bytes are outside of transactions. Each attempt writes under a key of its own (`Attachment.blob`), and the record
names the attempt that counts. A process that dies in mid-upload leaves bytes that no record will name: the next attempt
deletes them, or the timer of the record if there is none.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, nullcontext
from datetime import timedelta

from domain.account.lookup import account_of
from domain.attachments.attaching import expiry_timer, incoming_owner, is_incoming, unattached_owner
from domain.attachments.commands import CreatedUpload, CreateUpload, IncomingFile, Reception
from domain.attachments.errors import FileTooLarge, Infected, TypeNotAllowed, UploadUsed, WrongSize
from domain.attachments.file_names import clean_file_name
from domain.attachments.inspection import InspectedFile, NoScan, check_verdict, not_allowed
from domain.attachments.leases import lease_renewed
from domain.attachments.links import FileLinks
from domain.attachments.ports import FileStore, Scanner, blob_key, blob_prefix
from domain.content_types import bare_type, is_allowed
from domain.idempotency import Result, run_once
from domain.model.attachments import (
    ATTEMPT_LIFE,
    INCOMING_LIFE,
    UPLOAD_LIFE,
    Attachment,
    AttachmentState,
)
from domain.principal import Permission, Principal
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.clock import Clock
from domain.values.errors import Forbidden, Invalid, NotFound, Unavailable
from domain.values.ids import AccountId, AttachmentId, named_id, new_id
from domain.values.record import replace
from domain.values.text import check_label

_UPLOADERS = (
    Permission.SPEAK_AS_SHOPPER,
    Permission.CARRY_CONVERSATIONS,
    Permission.SPEAK_AS_AGENT,
    Permission.WORK_INBOX,
)
_KEPT = (Infected, FileTooLarge, TypeNotAllowed, WrongSize)  # a message names such a file, with the reason
_ENDED = (AttachmentState.STORED, AttachmentState.ATTACHED, AttachmentState.REFUSED)
_AGAIN = timedelta(minutes=1)  # until an expired file is deleted again, if the store did not respond
_NO_MESSAGE = "The message that named the file is gone."
_NO_UPLOAD = "No such upload, or it has expired. Create it again."
_NO_FILE = "There is no such file."

logger = logging.getLogger("baton.attachments")


class AttachmentService:
    def __init__(self, *, storage: Storage, files: FileStore, scanner: Scanner, links: FileLinks, clock: Clock) -> None:
        self._storage = storage
        self._files = files
        self._scanner = scanner
        self.links = links
        self._clock = clock

    async def create_upload(self, principal: Principal, command: CreateUpload, key: str | None = None) -> CreatedUpload:
        """Reserve a file, which its owner alone may attach: a shopper in the own conversation, a member of staff, or a
        key. Idempotent under `key`.

        Returns the address that takes its bytes, once. Raises `Invalid` for a size or type that the account does not
        allow, `Conflict`, `Forbidden`.
        """
        principal.require_known()
        if not any(principal.has(permission) for permission in _UPLOADERS):
            raise Forbidden("This credential may not upload files: it may not write messages.")
        check_label(command.name, field="name", limit=1_000)
        if command.size < 1:
            raise Invalid("A file has at least one byte.", field="bytes")

        async def change(uow: UnitOfWork) -> CreatedUpload:
            result = await run_once(uow, principal, key, command, lambda: _create(uow, principal.subject, command))
            attachment_id = AttachmentId(result["attachment"])
            row = await uow.get(Attachment, attachment_id)
            return CreatedUpload(
                attachment_id=attachment_id,
                url=self.links.upload(uow.account_id, attachment_id),
                expires_at=uow.now if row is None or row.expires_at is None else row.expires_at,
            )

        return await self._storage.write(principal.account_id, change)

    async def receive(self, token: str, chunks: AsyncIterator[bytes], *, announced: int | None) -> Attachment:
        """Store the bytes of an upload, which the request announced or not. A request that breaks off leaves nothing,
        and the address can be used again until it expires.

        Returns the stored file. Raises `NotFound` for an address that is unknown or has expired, `UploadUsed`,
        `WrongSize`, `TypeNotAllowed`, `Infected`, `Unavailable`, and what `chunks` raises.
        """
        named = self.links.opened_upload(token)
        if named is None:
            raise NotFound(_NO_UPLOAD)
        reception = await self._begin(named.account_id, named.attachment_id, announced)
        return await self._receive(named.account_id, reception, chunks)

    async def take_in(
        self, account_id: AccountId, file: IncomingFile, chunks: AsyncIterator[bytes], *, is_known: bool = False
    ) -> Attachment:
        """Store a file that a channel brought, once for each `source`: if it is stored already, `chunks` is not read.
        `is_known`: its record was written with the message that names it; if the record is gone, so is the message, and
        `NotFound` is raised.

        Returns the record. A file that cannot be served is kept without its bytes, with the reason in `problem`, which
        staff see: it is infected, too large, or of a type that the account does not allow. Raises `Unavailable` if the
        store or the scanner does not respond, or another process is receiving the same file; the channel brings it
        again. Raises what `chunks` raises.
        """
        row_id = AttachmentId(named_id(account_id, "incoming", file.source))
        owner = incoming_owner(file.source)
        reserved = await self._reserved(account_id, row_id, file, owner=owner, is_known=is_known)
        if isinstance(reserved, Attachment):
            return reserved
        try:
            return await self._receive(account_id, reserved, chunks)
        except _KEPT as refusal:
            return await self._end(account_id, reserved.row, problem=refusal.message)

    async def keep_unattached(
        self, account_id: AccountId, file: IncomingFile, chunks: AsyncIterator[bytes]
    ) -> Attachment:
        """Store bytes that no message can have and nobody can download, once for each `source`, whatever they are. The
        file is deleted after `INCOMING_LIFE`, unless it is given another end.

        Returns the record. Raises `NotFound` if another process received it meanwhile, `Unavailable`, and what `chunks`
        raises.
        """
        row_id = AttachmentId(named_id(account_id, "unattached", file.source))
        reserved = await self._reserved(account_id, row_id, file, owner=unattached_owner(file.source))
        if isinstance(reserved, Attachment):
            return reserved
        free = replace(reserved, allowed=(), most=sys.maxsize, is_scanned=False)
        return await self._receive(account_id, free, chunks)

    async def read_unattached(self, account_id: AccountId, row_id: AttachmentId) -> bytes | None:
        """Return what `keep_unattached` stored; `None` if it is gone. Raises `Unavailable`."""
        row = await self._storage.read(account_id).get(Attachment, row_id)
        if row is None or not row.is_whole:
            return None
        try:
            return b"".join([piece async for piece in self.read(account_id, row, start=0, end=row.size or 0)])
        except NotFound:
            return None

    async def _reserved(
        self, account_id: AccountId, row_id: AttachmentId, file: IncomingFile, *, owner: str, is_known: bool = False
    ) -> Reception | Attachment:
        """Start an attempt to receive a file, or return the record if it was received before. Raises `Unavailable`;
        `NotFound` if there must be a record, and is none."""

        async def reserve(uow: UnitOfWork) -> Reception | Attachment:
            row = await uow.get(Attachment, row_id)
            if row is None and is_known:
                raise NotFound(_NO_MESSAGE)
            if row is not None and row.state in _ENDED:
                return row
            if row is not None and row.is_received(uow.now):
                raise Unavailable("Another process is receiving this file. Send it again in a moment.")
            if row is not None and row.remote is not None:  # it is known since its message came
                return await _reserve(uow, replace(row, size=file.size, expires_at=uow.now + INCOMING_LIFE))
            new = Attachment(
                id=row_id,
                owner=owner,
                name=clean_file_name(file.name),
                content_type=bare_type(file.content_type),
                size=file.size,
                state=AttachmentState.AWAITED,
                created_at=uow.now,
                blob=None if row is None else row.blob,
                expires_at=uow.now + INCOMING_LIFE,
            )
            return await _reserve(uow, new)

        return await self._storage.write(account_id, reserve)

    async def find(self, token: str) -> tuple[AccountId, Attachment]:
        """Return the file of a download's address, and its account. Raises `NotFound` if the address is unknown or has
        ended, or the file is gone or cannot be served; `Unavailable`."""
        named = self.links.opened_download(token)
        if named is None or named.ends_at is None or named.ends_at <= self._clock.now():
            raise NotFound("This address has ended. Read the message again for a new one.")
        row = await self._storage.read(named.account_id).get(Attachment, named.attachment_id)
        if row is None or not row.is_whole:
            raise NotFound(_NO_FILE)
        return named.account_id, row

    def read(self, account_id: AccountId, row: Attachment, *, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to `end` (excluded), a piece at a time. Raises `NotFound`, `Unavailable`."""
        return self._files.read(blob_key(account_id, row), start=start, end=end)

    async def expire(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: delete a file that no message has, with what broken attempts left of it. Raises
        `Unavailable`."""

        async def doom(uow: UnitOfWork) -> bool:
            row = await uow.get(Attachment, timer.subject)
            if row is None or row.expires_at is None:
                uow.delete(Timer, timer.id)
                return row is None
            if row.expires_at > uow.now:  # it was given more time
                uow.save(replace(timer, due_at=row.expires_at))
                return False
            if row.is_received(uow.now):
                uow.save(replace(timer, due_at=uow.now + ATTEMPT_LIFE))
                return False
            # No message can claim it from here on, and no attempt can finish it.
            uow.save(replace(row, state=AttachmentState.AWAITED, blob=None, expires_at=min(row.expires_at, uow.now)))
            return True

        if await self._storage.write(account_id, doom):
            gone = await self._deleted(blob_prefix(account_id, timer.subject))

            async def forget(uow: UnitOfWork) -> None:
                if gone:
                    uow.delete(Attachment, timer.subject)
                    uow.delete(Timer, timer.id)
                else:
                    uow.save(replace(timer, due_at=uow.now + _AGAIN))

            await self._storage.write(account_id, forget)

    async def _deleted(self, prefix: str) -> bool:
        """Delete files. Returns whether the store responded: its outage must not stop the timers of others."""
        try:
            await self._files.delete(prefix)
        except Unavailable:
            logger.warning("The store of attachments does not respond; expired files are deleted later.")
            return False
        return True

    async def _begin(self, account_id: AccountId, attachment_id: AttachmentId, announced: int | None) -> Reception:
        async def change(uow: UnitOfWork) -> Reception:
            row = await uow.get(Attachment, attachment_id)
            if row is None or (row.expires_at is not None and row.expires_at <= uow.now):
                raise NotFound(_NO_UPLOAD)
            if row.state not in (AttachmentState.AWAITED, AttachmentState.RECEIVING) or row.is_received(uow.now):
                raise UploadUsed("This address was used. Create another upload.")
            if announced is not None and announced != row.size:
                raise WrongSize(f"The upload was created for {row.size:,} bytes, and {announced:,} are sent.")
            return await _reserve(uow, row)

        return await self._storage.write(account_id, change)

    async def _receive(self, account_id: AccountId, reception: Reception, chunks: AsyncIterator[bytes]) -> Attachment:
        row = reception.row
        scanning = self._scanner.scan() if reception.is_scanned else nullcontext(NoScan())
        try:
            if reception.is_repeated:
                await self._files.delete(blob_prefix(account_id, row.id))
            async with (
                lease_renewed(self._storage, account_id, row),
                scanning as scan,
                aclosing(InspectedFile(reception, chunks, scan)) as inspected,
            ):
                size = await self._files.write(blob_key(account_id, row), inspected.chunks(), size=row.size)
                inspected.check_end()
                await check_verdict(scan)
        except BaseException as error:
            await self._undo(account_id, row, error)
            raise
        return await self._end(account_id, row, size=size, content_type=inspected.content_type)

    async def _undo(self, account_id: AccountId, row: Attachment, error: BaseException) -> None:
        """Free the record for another attempt, and delete what was written; an infected file gets no other attempt.

        The record comes first: where the store does not respond, the caller may try again at once, and the next
        attempt, or the timer of the record, deletes the bytes.
        """
        try:
            if not (is_incoming(row) and isinstance(error, _KEPT)):
                await self._free(account_id, row, error.message if isinstance(error, Infected) else None)
            await self._files.delete(blob_key(account_id, row))
        except Unavailable:
            logger.warning("An upload that broke off is cleaned up later: the store does not respond.")

    async def _free(self, account_id: AccountId, row: Attachment, problem: str | None) -> None:
        async def change(uow: UnitOfWork) -> None:
            present = await uow.get(Attachment, row.id)
            if present is None or present.blob != row.blob:
                return
            state = AttachmentState.AWAITED if problem is None else AttachmentState.REFUSED
            # `blob` stays: a write that was under way may end after the deletion, and the next attempt deletes again.
            uow.save(replace(present, state=state, lease_renewed_at=None, problem=problem))

        await self._storage.write(account_id, change)

    async def _end(
        self,
        account_id: AccountId,
        row: Attachment,
        *,
        size: int | None = None,
        content_type: str | None = None,
        problem: str | None = None,
    ) -> Attachment:
        """Save the outcome of an attempt, unless another has taken over meanwhile. Returns the record."""

        async def change(uow: UnitOfWork) -> Attachment | None:
            present = await uow.get(Attachment, row.id)
            if present is None or present.blob != row.blob or present.state is not AttachmentState.RECEIVING:
                return None
            ended = replace(
                present,
                state=AttachmentState.STORED if problem is None else AttachmentState.REFUSED,
                size=size if size is not None else present.size,
                content_type=content_type or present.content_type,
                blob=present.blob if problem is None else None,
                lease_renewed_at=None,
                problem=problem,
            )
            uow.save(ended)
            return ended

        ended = await self._storage.write(account_id, change)
        if ended is None:
            await self._files.delete(blob_key(account_id, row))
            raise NotFound(_NO_UPLOAD)
        return ended


async def claim_incoming(uow: UnitOfWork, rows: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """Return the files that `take_in` stored, as they are now, for the message that is appended next. One that another
    message has, or that has expired, is left out."""
    present = [await uow.get(Attachment, row.id) for row in rows]
    return tuple(
        row
        for row in present
        if row is not None and row.state in (AttachmentState.STORED, AttachmentState.REFUSED) and is_incoming(row)
    )


async def _create(uow: UnitOfWork, owner: str, command: CreateUpload) -> Result:
    account = await account_of(uow)
    if command.size > account.largest_attachment:
        raise Invalid(f"A file has at most {account.largest_attachment:,} bytes.", field="bytes")
    declared = bare_type(command.content_type)
    if not is_allowed(declared, account.attachment_types):
        raise Invalid(not_allowed(declared, account.attachment_types), field="content_type")
    row = Attachment(
        id=AttachmentId(new_id()),
        owner=owner,
        name=clean_file_name(command.name),
        content_type=declared,
        size=command.size,
        state=AttachmentState.AWAITED,
        created_at=uow.now,
        expires_at=uow.now + UPLOAD_LIFE,
    )
    _save(uow, row)
    return {"attachment": row.id}


async def _reserve(uow: UnitOfWork, row: Attachment) -> Reception:
    """Start an attempt, under a key of its own."""
    account = await account_of(uow)
    reserved = replace(row, state=AttachmentState.RECEIVING, lease_renewed_at=uow.now, blob=new_id())
    _save(uow, reserved)
    return Reception(
        row=reserved,
        allowed=account.attachment_types,
        most=account.largest_attachment,
        is_repeated=row.blob is not None,
    )


def _save(uow: UnitOfWork, row: Attachment) -> None:
    uow.save(row)
    uow.save(expiry_timer(row))

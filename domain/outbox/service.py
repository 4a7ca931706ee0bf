"""Outbox rows: the context that a sender gets, and what an attempt changes.

    claimed ─▶ context ─▶ composed, frozen ─▶ call ─▶ record ─┬─ the row, with the attempt
                                                              ├─ the next row of the same ordering key
                                                              └─ reactions: ticket, handoff, notices, events

`record` is one transaction. A result that arrives after its lease expired still counts where it adds knowledge: the
attempt is appended, and a delivery that succeeded marks the row as delivered. It never reverts a newer outcome.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from domain.attachments.ports import blob_key
from domain.audit.changes import values
from domain.audit.recording import record
from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.delivery.model import Attempt, AttemptOutcome, DeliveryResult
from domain.erased import ErasureHashes
from domain.idempotency import Result, run_once
from domain.model.account import Account, Staff, may_be_told
from domain.model.attachments import Attachment
from domain.model.audit import AuditAction, AuditTarget, AuditTargetKind
from domain.model.conversation import Conversation, Message
from domain.model.email_confirmation import LINK_ENDED, EmailConfirmation
from domain.model.messaging import STOPPED
from domain.model.outbox import Outgoing, OutgoingKind, OutgoingState
from domain.outbox import ordering
from domain.outbox.opt_outs import is_opted_out
from domain.outbox.ports import (
    ConfirmationMail,
    DeliveryContext,
    OutboxReader,
    OutgoingFile,
    WaitingTicket,
    WaitingTickets,
)
from domain.outbox.retry import next_attempt_at
from domain.principal import Actor, Permission, Principal
from domain.profile.merging import whole_profile
from domain.storage import Reader, Storage, UnitOfWork
from domain.values.errors import Conflict, NewerValue, NotFound
from domain.values.ids import AccountId, AttachmentId, ConversationId
from domain.values.paging import Page, Slice
from domain.values.record import Record, replace
from domain.values.text import printable

_ERROR_LIMIT = 1_000  # characters of the other system's words
_PAGE = 500  # messages read at once
_TO_SHOPPERS = (OutgoingKind.MESSAGE, OutgoingKind.REPLIES)  # on the shopper's own channel


class RetryOutgoing(Record):
    outgoing_id: str


Outcome = DeliveryResult | DeliveryError
# Called with the row after each attempt, in the same transaction.
Reaction = Callable[[UnitOfWork, Outgoing], Awaitable[None]]

logger = logging.getLogger("baton.outbox")


class OutboxService:
    def __init__(
        self,
        *,
        storage: Storage,
        rows: OutboxReader,
        reactions: Mapping[OutgoingKind, Reaction],
        link_to: Callable[[Conversation], str | None] = lambda _: None,
        confirmation_link: Callable[[AccountId, str], str],
        hashes: ErasureHashes,
        file_link: Callable[[AccountId, AttachmentId], str] = lambda *_: "",
    ) -> None:
        self._storage = storage
        self._rows = rows
        self._reactions = reactions
        self._link_to = link_to
        self._hashes = hashes
        self._confirmation_link = confirmation_link  # of an account, to the page of a confirmation
        self._file_link = file_link

    async def context(self, account_id: AccountId, row: Outgoing) -> DeliveryContext:
        """Return everything that a sender may write about.

        Raises `PermanentError` if the conversation or message was deleted, if the shopper opted out, or if a
        confirmation has ended.
        """
        reader = self._storage.read(account_id)
        account = await reader.get(Account, account_id)
        conversation = await reader.get(Conversation, row.conversation_id)
        if account is None or conversation is None:
            raise PermanentError("The conversation was deleted.")
        if conversation.erased_at is not None and row.notice is None:
            raise PermanentError("The shopper was erased.")
        if row.kind in _TO_SHOPPERS and await self._has_stopped(reader, account_id, conversation):
            raise PermanentError(STOPPED)
        ticket = conversation.find_ticket(row.ticket_id) if row.ticket_id else None
        messages = await self._messages(reader, row)
        return DeliveryContext(
            row_id=row.id,
            kind=row.kind,
            account=account,
            conversation=conversation,
            messages=messages,
            files=await self._files(reader, account_id, messages),
            profile=await whole_profile(reader, conversation.profile_id),
            handoff=conversation.find_handoff(ticket.handoff_id) if ticket else None,
            ticket=ticket,
            link=self._link_to(conversation),
            confirmation=await self._confirmation(reader, account_id, row),
            waiting=await self._waiting(reader, row),
            thread=await self._rows.thread(account_id, row.ordering_key, row.id) if row.kind in _TO_SHOPPERS else (),
        )

    async def _has_stopped(self, reader: Reader, account_id: AccountId, conversation: Conversation) -> bool:
        """Whether the shopper opted out since the row was written: STOP cancels the rows of open conversations only."""
        to = conversation.route.shopper_address if conversation.route else None
        return to is not None and await is_opted_out(reader, account_id, conversation.channel, to, self._hashes)

    async def _files(
        self, reader: Reader, account_id: AccountId, messages: Iterable[Message]
    ) -> dict[AttachmentId, OutgoingFile]:
        ids = [file.id for message in messages for file in message.attachments]
        found = await reader.get_many(Attachment, ids) if ids else {}
        return {
            row.id: OutgoingFile(
                id=row.id,
                name=row.name,
                content_type=row.content_type,
                size=row.size or 0,
                key=blob_key(account_id, row),
                url=self._file_link(account_id, row.id),
            )
            for row in found.values()
            if row.is_whole
        }

    async def _confirmation(self, reader: Reader, account_id: AccountId, row: Outgoing) -> ConfirmationMail | None:
        if row.confirmation_id is None:
            return None
        confirmation = await reader.get(EmailConfirmation, row.confirmation_id)
        if confirmation is None:
            raise PermanentError(LINK_ENDED)
        return ConfirmationMail(confirmation=confirmation, link=self._confirmation_link(account_id, confirmation.id))

    async def _waiting(self, reader: Reader, row: Outgoing) -> WaitingTickets | None:
        notice = row.notice
        if notice is None:
            return None
        staff = await reader.get(Staff, notice.staff_id)
        if staff is None or not may_be_told(staff):
            raise PermanentError("This member works on no tickets any more, or gets no mails about them.")
        found = await reader.get_many(Conversation, notice.conversation_ids)
        whole = {key: each for key, each in found.items() if each.erased_at is None}
        listed = [whole[key] for key in notice.conversation_ids if key in whole]
        if not listed:
            raise PermanentError("None of these tickets is there any more.")
        tickets = tuple(WaitingTicket(conversation=c, link=self._link_to(c)) for c in listed)
        deleted = len(notice.conversation_ids) - len(listed)
        return WaitingTickets(staff=staff, tickets=tickets, total=notice.total - deleted, at=row.created_at)

    async def ticket_external_id(self, account_id: AccountId, row: Outgoing) -> str | None:
        """Return the helpdesk's id of the ticket of a COMMENT, or of the ticket that follows it there; None for other
        kinds, or if it was never created."""
        if row.kind is not OutgoingKind.COMMENT or row.ticket_id is None:
            return None
        conversation = await self._storage.read(account_id).get(Conversation, row.conversation_id)
        ticket = conversation.find_ticket(row.ticket_id) if conversation else None
        if ticket is not None and ticket.external_id is not None:
            return ticket.external_id
        found = (await self._rows.of_tickets(account_id, [row.ticket_id])).get(row.ticket_id)
        return found.external_id if found else None

    async def record(self, account_id: AccountId, row: Outgoing, outcome: Outcome) -> Outgoing:
        """Record the outcome of the attempt that began under the row's lease, and return the row. Where it would
        overwrite what a newer build has stored in the conversation, the row alone gets it: it must not leave twice.

        Raises `Unavailable` if the database does not respond.
        """
        token = row.lease.token if row.lease else ""

        async def change(uow: UnitOfWork, *, reacts: bool = True) -> Outgoing:
            present = await uow.get(Outgoing, row.id)
            if present is None or await _is_erased(uow, present):
                return present or row  # nothing of it is kept any more
            holds = present.lease is not None and present.lease.token == token
            return await self._after(uow, present, outcome, late=not holds, reacts=reacts)

        try:
            return await self._storage.write(account_id, change)
        except NewerValue:
            return await self._storage.write(account_id, partial(change, reacts=False))

    async def mark_interrupted(self, account_id: AccountId, row: Outgoing) -> Outgoing:
        """Record that the call of an earlier lease holder ended without an outcome, and return the row.

        Changes nothing if the caller lost its lease, or if the outcome was recorded meanwhile. Raises `Unavailable`.
        """

        async def change(uow: UnitOfWork) -> Outgoing:
            present = await uow.get(Outgoing, row.id)
            if present is None or present.call is None or present.call != row.call or present.lease != row.lease:
                return present or row
            attempt = Attempt(at=uow.now, outcome=AttemptOutcome.INTERRUPTED, outcome_unknown=True)
            present = replace(_with(present, attempt), call=None)
            uow.save(present)
            await self._react(uow, present)
            return present

        return await self._storage.write(account_id, change)

    async def give_up(self, account_id: AccountId, outgoing_id: str, reason: str) -> bool:
        """Make a pending row a dead letter without a call, for people to decide on. Returns whether it was pending.
        Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> bool:
            row = await uow.get(Outgoing, outgoing_id)
            if row is None or row.state is not OutgoingState.PENDING:
                return False
            await self._after(uow, row, PermanentError(reason), late=False)
            return True

        return await self._storage.write(account_id, change)

    async def page(self, principal: Principal, states: tuple[OutgoingState, ...], page: Slice) -> Page[Outgoing]:
        """Return a page of rows in these states, the newest first. Raises `Forbidden`."""
        principal.require(Permission.READ_INBOX)
        return await self._rows.page(principal.account_id, states, page)

    async def count(self, principal: Principal, states: tuple[OutgoingState, ...]) -> int:
        """Return the number of rows in these states. Raises `Forbidden`."""
        principal.require(Permission.READ_INBOX)
        return await self._rows.count(principal.account_id, states)

    async def of_tickets(self, account_id: AccountId, ticket_ids: Iterable[str]) -> dict[str, Outgoing]:
        """Return, by ticket id, the rows that create these tickets in their helpdesk."""
        return await self._rows.of_tickets(account_id, ticket_ids)

    async def retry(self, principal: Principal, command: RetryOutgoing, key: str | None = None) -> Outgoing:
        """Make a failed row due at once, and return it. Idempotent under `key`.

        Raises `Conflict` if the row is not FAILED, `NotFound`, `Forbidden`.
        """
        principal.require(Permission.WORK_INBOX)

        async def act(uow: UnitOfWork) -> Result:
            return {"outgoing": (await self._retried(uow, principal, command.outgoing_id)).id}

        async def change(uow: UnitOfWork) -> Outgoing:
            await run_once(uow, principal, key, command, lambda: act(uow))
            return await _existing(uow, command.outgoing_id)

        return await self._storage.write(principal.account_id, change)

    async def retry_for_operator(self, account_id: AccountId, outgoing_id: str, *, by: Actor) -> Outgoing:
        """Like `retry`, without a principal: for the command line. Raises `Conflict`, `NotFound`."""
        return await self._storage.write(account_id, lambda uow: self._retried(uow, by, outgoing_id))

    async def _retried(self, uow: UnitOfWork, by: Actor, outgoing_id: str) -> Outgoing:
        row = await _existing(uow, outgoing_id)
        if row.state is not OutgoingState.FAILED:
            raise Conflict(_NOT_FAILED[row.state], field="outgoing_id")
        return await self.requeue(uow, row, by=by)

    async def requeue(self, uow: UnitOfWork, row: Outgoing, *, by: Actor) -> Outgoing:
        """Make a failed row due at once, inside the caller's transaction, and record it in the audit log. Returns the
        row."""
        row = await ordering.requeue(uow, row, uow.now)
        await self._react(uow, row)
        target = AuditTarget(kind=AuditTargetKind.OUTGOING, id=row.id)
        changes = values(kind=row.kind, destination=row.destination)
        await record(uow, by, AuditAction.OUTGOING_RETRIED, target, changes)
        return row

    async def _after(
        self, uow: UnitOfWork, row: Outgoing, outcome: Outcome, *, late: bool, reacts: bool = True
    ) -> Outgoing:
        attempt = _attempt(uow, outcome)
        row = _with(row, attempt)
        if isinstance(outcome, DeliveryResult):
            row = await _mark_delivered(uow, row, outcome)
        elif late or row.state is not OutgoingState.PENDING:
            uow.save(row)  # a later lease holder knows more
        elif isinstance(outcome, TransientError) and (due_at := next_attempt_at(row, uow.now, outcome.retry_after)):
            row = replace(row, due_at=due_at, lease=None, call=None)
            uow.save(row)
        else:
            row = replace(row, attempts=(*row.attempts[:-1], replace(attempt, outcome=AttemptOutcome.FAILED)))
            row = await ordering.settle(uow, row, OutgoingState.FAILED)
        if reacts:
            await self._react(uow, row)
        return row

    async def _react(self, uow: UnitOfWork, row: Outgoing) -> None:
        reaction = self._reactions.get(row.kind)
        if reaction is not None:
            await reaction(uow, row)

    async def _messages(self, reader: Reader, row: Outgoing) -> tuple[Message, ...]:
        if row.confirmation_id is not None or row.notice is not None:
            return ()
        if row.first_sequence is not None:
            return await _replies(reader, row, row.first_sequence)
        if row.message_id is not None:
            message = await reader.get(Message, row.message_id)
            if message is None:
                raise PermanentError("The message was deleted.")
            if message.redacted_at is not None:
                raise PermanentError("The words of the message were removed.")
            return (message,)
        found: list[Message] = []
        while True:
            after = (found[-1].sequence,) if found else None
            page = Slice(limit=_PAGE, after=after)
            read = await reader.messages(
                ConversationId(row.conversation_id), upto=row.last_sequence, notes=False, page=page
            )
            found += read.items
            if not read.has_next:
                return tuple(found)


_NOT_FAILED = {
    OutgoingState.PENDING: "It is pending: it is retried automatically.",
    OutgoingState.DELIVERED: "It is already delivered.",
    OutgoingState.CANCELLED: "It was cancelled, because its cause was withdrawn.",
}


async def _replies(reader: Reader, row: Outgoing, first: int) -> tuple[Message, ...]:
    """The replies of staff from the number `first` to the last of the row."""
    found: list[Message] = []
    after = first - 1
    while after < row.last_sequence:
        page = Slice(limit=_PAGE, after=(after,))
        read = await reader.messages(
            ConversationId(row.conversation_id), upto=row.last_sequence, notes=False, page=page
        )
        found += [message for message in read.items if message.is_staff_reply and message.redacted_at is None]
        after = read.items[-1].sequence if read.has_next else row.last_sequence
    if not found:
        raise PermanentError("The messages were deleted.")
    return tuple(found)


async def _is_erased(uow: UnitOfWork, row: Outgoing) -> bool:
    """Whether the row was cancelled because its shopper was erased."""
    if row.state is not OutgoingState.CANCELLED or row.notice is not None:
        return False
    conversation = await uow.get(Conversation, row.conversation_id)
    return conversation is None or conversation.erased_at is not None


async def _existing(uow: UnitOfWork, outgoing_id: str) -> Outgoing:
    row = await uow.get(Outgoing, outgoing_id)
    if row is None:
        raise NotFound("There is no such outgoing row.", field="outgoing_id")
    return row


async def _mark_delivered(uow: UnitOfWork, row: Outgoing, result: DeliveryResult) -> Outgoing:
    if row.state is OutgoingState.DELIVERED:
        if result.external_id not in (None, row.external_id):
            logger.error("Row %s was delivered twice: as %s and %s.", row.id, row.external_id, result.external_id)
        uow.save(row)
        return row
    row = replace(row, external_id=result.external_id, external_url=result.external_url, payload=None)
    return await ordering.settle(uow, row, OutgoingState.DELIVERED)


def _with(row: Outgoing, attempt: Attempt) -> Outgoing:
    return replace(row, attempts=(*row.attempts, attempt), attempt_count=row.attempt_count + 1)


def _attempt(uow: UnitOfWork, outcome: Outcome) -> Attempt:
    if isinstance(outcome, DeliveryResult):
        return Attempt(at=uow.now, outcome=AttemptOutcome.DELIVERED, http_status=outcome.http_status)
    transient = isinstance(outcome, TransientError)
    return Attempt(
        at=uow.now,
        outcome=AttemptOutcome.RETRYING if transient else AttemptOutcome.FAILED,
        http_status=outcome.http_status,
        error=_printable(outcome.message),
        outcome_unknown=isinstance(outcome, TransientError) and outcome.outcome_unknown,
    )


def _printable(text: str) -> str:
    """The other system's words, without characters that cannot be stored or shown, cut to the limit."""
    shown = printable(text)
    return shown if len(shown) <= _ERROR_LIMIT else shown[: _ERROR_LIMIT - 1] + "…"

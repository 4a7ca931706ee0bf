"""What becomes of a row: what a courier is told, what is kept of an attempt, and what follows from it.

    claimed ─▶ dossier ─▶ composed, frozen ─▶ call ─▶ record ─┬─ the row, its attempt
                                                              ├─ the next one's turn
                                                              └─ effects: ticket, handoff, notices, events

Recording is one transaction. What somebody brings back whose lease ran out meanwhile is kept if it is news: an attempt
is added, and a row that turns out to be done is done. It never undoes what another one has found since.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from domain.idempotency import Result, once
from domain.model.account import Account
from domain.model.conversation import Conversation, Message
from domain.model.messaging import STOPPED, OptOut, opt_out_id
from domain.model.outbox import Attempt, AttemptOutcome, Outgoing, OutgoingKind, OutgoingState
from domain.model.profile import Profile
from domain.outbox import ordering
from domain.outbox.backoff import next_try
from domain.outbox.ports import (
    DeliveryContext,
    DeliveryError,
    DeliveryResult,
    OutboxReader,
    PermanentError,
    TransientError,
)
from domain.principal import Permission, Principal
from domain.storage import Reader, Storage, UnitOfWork
from domain.values.errors import Conflict, NotFound
from domain.values.ids import AccountId, ConversationId
from domain.values.paging import Page, Slice
from domain.values.record import Record, replace

_ERROR_LIMIT = 1_000  # characters of the other side's own words
_PAGE = 500  # messages read at once


class RetryOutgoing(Record):
    outgoing_id: str


Outcome = DeliveryResult | DeliveryError
Effect = Callable[[UnitOfWork, Outgoing], Awaitable[None]]  # told the row as it is after an attempt

logger = logging.getLogger("baton.outbox")


class OutboxService:
    def __init__(
        self,
        *,
        storage: Storage,
        rows: OutboxReader,
        effects: Mapping[OutgoingKind, Effect],
        link_to: Callable[[Conversation], str | None] = lambda _: None,
    ) -> None:
        self._storage = storage
        self._rows = rows
        self._effects = effects
        self._link_to = link_to

    async def dossier(self, account_id: AccountId, row: Outgoing) -> DeliveryContext:
        """Raises PermanentFault where what it is about is no longer there."""
        reader = self._storage.read(account_id)
        account = await reader.get(Account, account_id)
        conversation = await reader.get(Conversation, row.conversation_id)
        if account is None or conversation is None:
            raise PermanentError("The conversation is no longer there.")
        if row.kind is OutgoingKind.MESSAGE and await _has_stopped(reader, account_id, conversation):
            raise PermanentError(STOPPED)
        ticket = conversation.find_ticket(row.ticket_id) if row.ticket_id else None
        return DeliveryContext(
            row_id=row.id,
            kind=row.kind,
            account=account,
            conversation=conversation,
            messages=await self._messages(reader, row),
            profile=await reader.get(Profile, conversation.profile_id),
            handoff=conversation.find_handoff(ticket.handoff_id) if ticket else None,
            ticket=ticket,
            link=self._link_to(conversation),
            thread=await self._rows.thread(account_id, row.lane, row.id) if row.kind is OutgoingKind.MESSAGE else (),
        )

    async def ticket_external_id(self, account_id: AccountId, row: Outgoing) -> str | None:
        """On which ticket a comment goes."""
        if row.kind is not OutgoingKind.COMMENT or row.ticket_id is None:
            return None
        found = (await self._rows.of_tickets(account_id, [row.ticket_id])).get(row.ticket_id)
        return found.external_id if found else None

    async def record(self, account_id: AccountId, row: Outgoing, outcome: Outcome) -> Outgoing:
        """What came of the attempt that began under the row's lease."""
        token = row.lease.token if row.lease else ""

        async def change(uow: UnitOfWork) -> Outgoing:
            present = await uow.get(Outgoing, row.id)
            if present is None:
                return row
            holds = present.lease is not None and present.lease.token == token
            return await self._after(uow, present, outcome, late=not holds)

        return await self._storage.write(account_id, change)

    async def interrupted(self, account_id: AccountId, row: Outgoing) -> Outgoing:
        """Who began before us was never heard of again: it may be done. We hold the row still."""

        async def change(uow: UnitOfWork) -> Outgoing:
            present = await uow.get(Outgoing, row.id)
            if present is None or present.call is None or present.call != row.call or present.lease != row.lease:
                return present or row
            attempt = Attempt(at=uow.now, outcome=AttemptOutcome.INTERRUPTED, maybe_done=True)
            present = replace(_with(present, attempt), call=None)
            uow.save(present)
            await self._follow(uow, present)
            return present

        return await self._storage.write(account_id, change)

    async def page(self, principal: Principal, states: tuple[OutgoingState, ...], page: Slice) -> Page[Outgoing]:
        principal.require(Permission.WORK_INBOX)
        return await self._rows.page(principal.account_id, states, page)

    async def count(self, principal: Principal, states: tuple[OutgoingState, ...]) -> int:
        principal.require(Permission.WORK_INBOX)
        return await self._rows.count(principal.account_id, states)

    async def of_tickets(self, account_id: AccountId, ticket_ids: Iterable[str]) -> dict[str, Outgoing]:
        """What brings each of them to its helpdesk."""
        return await self._rows.of_tickets(account_id, ticket_ids)

    async def retry(self, principal: Principal, command: RetryOutgoing, key: str | None = None) -> Outgoing:
        """Try a row that failed once more. Raises Conflict where it did not fail, NotFound, Forbidden."""
        principal.require(Permission.WORK_INBOX)

        async def act(uow: UnitOfWork) -> Result:
            return {"outgoing": (await self._retried(uow, command.outgoing_id)).id}

        async def change(uow: UnitOfWork) -> Outgoing:
            await once(uow, principal, key, command, lambda: act(uow))
            return await _existing(uow, command.outgoing_id)

        return await self._storage.write(principal.account_id, change)

    async def retry_for_operator(self, account_id: AccountId, outgoing_id: str) -> Outgoing:
        """The same, for who has the machine. Raises Conflict, NotFound."""
        return await self._storage.write(account_id, lambda uow: self._retried(uow, outgoing_id))

    async def _retried(self, uow: UnitOfWork, outgoing_id: str) -> Outgoing:
        row = await _existing(uow, outgoing_id)
        if row.state is not OutgoingState.FAILED:
            raise Conflict(_NOT_FAILED[row.state], path=("input", "outgoingId"))
        return await self.again(uow, row)

    async def again(self, uow: UnitOfWork, row: Outgoing) -> Outgoing:
        """Within a change: a row that failed is due now."""
        row = await ordering.requeue(uow, row, uow.now)
        await self._follow(uow, row)
        return row

    async def _after(self, uow: UnitOfWork, row: Outgoing, outcome: Outcome, *, late: bool) -> Outgoing:
        attempt = _attempt(uow, outcome)
        row = _with(row, attempt)
        if isinstance(outcome, DeliveryResult):
            row = await _done(uow, row, outcome)
        elif late or row.state is not OutgoingState.PENDING:
            uow.save(row)  # whoever has it now, or had it since, knows better
        elif isinstance(outcome, TransientError) and (due_at := next_try(row, uow.now, outcome.retry_after)):
            row = replace(row, due_at=due_at, lease=None, call=None)
            uow.save(row)
        else:
            row = replace(row, attempts=(*row.attempts[:-1], replace(attempt, outcome=AttemptOutcome.FAILED)))
            row = await ordering.settle(uow, row, OutgoingState.FAILED)
        await self._follow(uow, row)
        return row

    async def _follow(self, uow: UnitOfWork, row: Outgoing) -> None:
        effect = self._effects.get(row.kind)
        if effect is not None:
            await effect(uow, row)

    async def _messages(self, reader: Reader, row: Outgoing) -> tuple[Message, ...]:
        if row.message_id is not None:
            message = await reader.get(Message, row.message_id)
            if message is None:
                raise PermanentError("The message is no longer there.")
            return (message,)
        found: list[Message] = []
        while True:
            after = (found[-1].sequence,) if found else None
            page = Slice(limit=_PAGE, after=after)
            read = await reader.messages(ConversationId(row.conversation_id), upto=row.upto, notes=False, page=page)
            found += read.items
            if not read.has_next:
                return tuple(found)


_NOT_FAILED = {
    OutgoingState.PENDING: "It is on its way: it is tried again by itself.",
    OutgoingState.DELIVERED: "It is delivered.",
    OutgoingState.CANCELLED: "What it was for was taken back.",
}


async def _has_stopped(reader: Reader, account_id: AccountId, conversation: Conversation) -> bool:
    """Since it was written: a conversation that is closed is not told when its shopper sends STOP."""
    route = conversation.route
    if route is None:
        return False
    return await reader.get(OptOut, opt_out_id(account_id, conversation.channel, route.theirs)) is not None


async def _existing(uow: UnitOfWork, outgoing_id: str) -> Outgoing:
    row = await uow.get(Outgoing, outgoing_id)
    if row is None:
        raise NotFound("There is no such row.", path=("input", "outgoingId"))
    return row


async def _done(uow: UnitOfWork, row: Outgoing, receipt: DeliveryResult) -> Outgoing:
    if row.state is OutgoingState.DELIVERED:
        if receipt.external_id not in (None, row.external_id):
            logger.error("Row %s was carried out twice: as %s and %s.", row.id, row.external_id, receipt.external_id)
        uow.save(row)
        return row
    row = replace(row, external_id=receipt.external_id, external_url=receipt.external_url, payload=None)
    return await ordering.settle(uow, row, OutgoingState.DELIVERED)


def _with(row: Outgoing, attempt: Attempt) -> Outgoing:
    return replace(row, attempts=(*row.attempts, attempt), tries=row.tries + 1)


def _attempt(uow: UnitOfWork, outcome: Outcome) -> Attempt:
    if isinstance(outcome, DeliveryResult):
        return Attempt(at=uow.now, outcome=AttemptOutcome.DELIVERED, http_status=outcome.http_status)
    passing = isinstance(outcome, TransientError)
    return Attempt(
        at=uow.now,
        outcome=AttemptOutcome.RETRYING if passing else AttemptOutcome.FAILED,
        http_status=outcome.http_status,
        error=_printable(outcome.message),
        maybe_done=isinstance(outcome, TransientError) and outcome.maybe_done,
    )


def _printable(text: str) -> str:
    """The other side's own words, whatever they are, as something that can be kept and shown."""
    shown = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text.encode("utf-8", "replace").decode())
    return shown if len(shown) <= _ERROR_LIMIT else shown[: _ERROR_LIMIT - 1] + "…"

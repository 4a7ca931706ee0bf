"""The commands of the inbox on tickets.

The assignee of a ticket is the controller of its conversation. If several callers take a ticket at once, one wins; the
others are refused with the winner.

Every command raises `NotFound` without such a ticket, `Conflict` if a later handoff has replaced it or the idempotency
key was used with another input, and `Forbidden`; and returns the ticket and its conversation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from domain.account.lookup import STAFF_ONLY, staff_of
from domain.conversation import lifecycle
from domain.conversation.agent_silence import start_silence_timer
from domain.conversation.aggregate import Change, close_if_due, schedule_auto_close
from domain.conversation.errors import ConversationClosed, NotInControl
from domain.events import StaffChanged
from domain.handoff import helpdesk_delivery
from domain.idempotency import Result, run_once
from domain.inbox import flow
from domain.inbox.assignment import assign, hand_out, offer_room
from domain.inbox.commands import (
    AssignTicket,
    CloseTicket,
    MarkTicketRead,
    ReleaseTicket,
    ReopenTicket,
    RetryDelivery,
    ReturnToAgent,
    SetTicketMails,
    SnoozeTicket,
    TakeTicket,
    TicketCommand,
)
from domain.inbox.stale_views import check_view
from domain.inbox.team import is_there, works_on_tickets
from domain.model.account import Availability, Staff
from domain.model.conversation import ControllerKind, Conversation
from domain.model.handoff import Helpdesk, Ticket, TicketState
from domain.outbox.service import OutboxService
from domain.principal import Permission, Principal
from domain.storage import Storage, TimerKind, UnitOfWork
from domain.timers import timer_of
from domain.values.errors import Conflict, Forbidden, Invalid, NotFound
from domain.values.ids import StaffId, TicketId, whole_id
from domain.values.record import replace

_LONGEST_SNOOZE = timedelta(days=366)
_SHORTEST_DIGEST, _LONGEST_DIGEST = timedelta(minutes=5), timedelta(days=7)
_TICKET = "ticket_id"

Step = Callable[[Change, Ticket], Awaitable[None]]
Done = tuple[Ticket, Conversation]


class InboxService:
    """Assigns, snoozes, closes and returns tickets."""

    def __init__(self, *, storage: Storage, outbox: OutboxService) -> None:
        self._storage = storage
        self._outbox = outbox

    async def take(self, principal: Principal, command: TakeTicket, key: str | None = None) -> Done:
        """Assign the ticket to the caller. Raises `NotInControl` with the assignee if somebody else has it,
        `ConversationClosed`."""
        me = _worker(principal)

        async def step(change: Change, ticket: Ticket) -> None:
            _check_workable(change.conversation)
            await staff_of(change.uow, principal)
            if ticket.assignee_id not in (None, me):
                await _refuse_because_taken(change, ticket)
            assign(change, me)
            await flow.reopen(change, by=me)

        return await self._on(principal, command, key, step)

    async def assign(self, principal: Principal, command: AssignTicket, key: str | None = None) -> Done:
        """Assign the ticket to a staff member, or unassign it without a staff id.

        Raises `Invalid` for somebody who cannot work on tickets, `NotInControl` for another's ticket unless the caller
        manages, `ConversationClosed`.
        """

        async def step(change: Change, ticket: Ticket) -> None:
            _check_workable(change.conversation)
            if ticket.assignee_id not in (None, principal.staff_id) and not principal.works_for_all:
                await _refuse_because_taken(change, ticket)
            if command.staff_id is None:
                await flow.release(change)
                return
            staff = await change.uow.get(Staff, command.staff_id)
            if staff is None:
                raise NotFound("No such staff member.", field="staff_id")
            if not works_on_tickets(staff):
                raise Invalid(f"{staff.name} cannot work on tickets. Choose somebody else.", field="staff_id")
            assign(change, staff.id)

        return await self._on(principal, command, key, step)

    async def release(self, principal: Principal, command: ReleaseTicket, key: str | None = None) -> Done:
        """Unassign the ticket. Raises `NotInControl` for another's ticket unless the caller manages,
        `ConversationClosed`."""

        async def step(change: Change, ticket: Ticket) -> None:
            _check_workable(change.conversation)
            _check_mine(principal, change.conversation, ticket)
            await flow.release(change)

        return await self._on(principal, command, key, step)

    async def return_to_agent(self, principal: Principal, command: ReturnToAgent, key: str | None = None) -> Done:
        """Close the ticket and give control back to the AI agent, under a new epoch. Raises `NotInControl` for
        another's ticket unless the caller manages, `ConversationClosed`."""

        async def step(change: Change, ticket: Ticket) -> None:
            _check_workable(change.conversation)
            _check_mine(principal, change.conversation, ticket)
            outside = ticket.helpdesk is not Helpdesk.INBOX
            change.put_ticket(await helpdesk_delivery.return_to_agent(change, ticket) if outside else ticket.close())
            change.conversation = lifecycle.give_control(change.conversation, ControllerKind.AI_AGENT, change.uow.now)
            schedule_auto_close(change.uow, change.conversation)
            await start_silence_timer(change)

        return await self._on(principal, command, key, step)

    async def snooze(self, principal: Principal, command: SnoozeTicket, key: str | None = None) -> Done:
        """Hide the ticket until an instant, or until the shopper writes. Raises `Invalid` for an instant in the past,
        `StaleView` if the shopper wrote after `last_seen_sequence`, `ConversationClosed`."""

        async def step(change: Change, ticket: Ticket) -> None:
            now = change.uow.now
            if not now < command.until <= now + _LONGEST_SNOOZE:
                raise Invalid("Give an instant in the future, at most a year from now.", field="until")
            _check_workable(change.conversation)
            if ticket.state is TicketState.CLOSED:
                raise Conflict("This ticket is closed. Reopen it first.", field=_TICKET)
            await check_view(change.uow, change.conversation, command.last_seen_sequence, before="snooze the ticket")
            change.put_ticket(replace(ticket, state=TicketState.SNOOZED, snoozed_until=command.until))
            change.uow.save(timer_of(change.conversation.id, TimerKind.SNOOZE, command.until))

        return await self._on(principal, command, key, step)

    async def close(self, principal: Principal, command: CloseTicket, key: str | None = None) -> Done:
        """Close the ticket. The conversation stays open unless its 48 silent hours are over, and the shopper's next
        message reopens the ticket. Raises `StaleView` if the shopper wrote after `last_seen_sequence`, `Invalid`."""

        async def step(change: Change, ticket: Ticket) -> None:
            if ticket.state is not TicketState.CLOSED:
                await check_view(change.uow, change.conversation, command.last_seen_sequence, before="close the ticket")
                change.put_ticket(ticket.close())
                schedule_auto_close(change.uow, change.conversation)

        return await self._on(principal, command, key, step)

    async def retry_delivery(self, principal: Principal, command: RetryDelivery, key: str | None = None) -> Done:
        """Deliver the ticket to its helpdesk again. Raises `Conflict` if its delivery has not failed, or was
        cancelled."""

        async def act(uow: UnitOfWork) -> Result:
            ticket, conversation = await _latest(uow, command.ticket_id)
            await helpdesk_delivery.retry(uow, self._outbox, conversation, ticket, by=principal)
            return {"conversation": conversation.id}

        return await self._run(principal, command, key, act)

    async def reopen(self, principal: Principal, command: ReopenTicket, key: str | None = None) -> Done:
        """Reopen the ticket. Raises `Conflict` if the agent has the conversation again, `ConversationClosed`."""

        async def step(change: Change, ticket: Ticket) -> None:
            _check_workable(change.conversation)
            await flow.reopen(change, by=principal.staff_id)

        return await self._on(principal, command, key, step)

    async def mark_read(self, principal: Principal, command: MarkTicketRead, key: str | None = None) -> Done:
        """Mark the ticket as read, if the caller is its assignee; others change nothing."""
        me = _worker(principal)

        async def step(change: Change, ticket: Ticket) -> None:
            if ticket.assignee_id == me:
                change.put_ticket(replace(ticket, unread=False))

        return await self._on(principal, command, key, step)

    async def set_availability(self, principal: Principal, availability: Availability) -> Staff:
        """Set the caller's availability. Somebody who comes ONLINE is assigned waiting tickets, if the account assigns
        by turns. Returns the staff member. Raises `Forbidden`."""
        _worker(principal)

        async def change(uow: UnitOfWork) -> Staff:
            staff = await staff_of(uow, principal)
            if staff.availability is not availability:
                staff = replace(staff, availability=availability)
                uow.save(staff)
                uow.emit(StaffChanged(staff=staff))
            if is_there(staff):
                await hand_out(uow)
            return await staff_of(uow, principal)

        return await self._storage.write(principal.account_id, change)

    async def set_ticket_mails(self, principal: Principal, command: SetTicketMails) -> Staff:
        """Set how the caller is told by mail of waiting tickets. Returns the member. Raises `Invalid`, `Forbidden`."""
        _worker(principal)
        every = command.digest_every
        if every is not None and not _SHORTEST_DIGEST <= every <= _LONGEST_DIGEST:
            raise Invalid("Give at least 5 minutes and at most 7 days.", field="digest_every")

        async def change(uow: UnitOfWork) -> Staff:
            before = await staff_of(uow, principal)
            after = replace(before, ticket_mails=command.ticket_mails, digest_every=every or before.digest_every)
            if after != before:
                uow.save(after)
                uow.emit(StaffChanged(staff=after))
            return after

        return await self._storage.write(principal.account_id, change)

    async def _on(self, principal: Principal, command: TicketCommand, key: str | None, step: Step) -> Done:
        async def act(uow: UnitOfWork) -> Result:
            ticket, conversation = await _latest(uow, command.ticket_id)
            _check_ours(command, ticket)
            change = Change(uow, conversation)
            await step(change, ticket)
            await offer_room(change)
            await change.commit()
            return {"conversation": conversation.id}

        return await self._run(principal, command, key, act)

    async def _run(
        self,
        principal: Principal,
        command: TicketCommand,
        key: str | None,
        act: Callable[[UnitOfWork], Awaitable[Result]],
    ) -> Done:
        principal.require(Permission.WORK_INBOX)

        async def change(uow: UnitOfWork) -> Done:
            await run_once(uow, principal, key, command, lambda: act(uow))
            return await _of(uow, command.ticket_id)

        return await self._storage.write(principal.account_id, change)


async def _of(uow: UnitOfWork, ticket_id: TicketId) -> Done:
    conversation = await close_if_due(uow, await uow.get(Conversation, whole_id(ticket_id)))
    ticket = conversation.find_ticket(ticket_id) if conversation else None
    if conversation is None or ticket is None:
        raise NotFound("No such ticket.", field=_TICKET)
    return ticket, conversation


async def _latest(uow: UnitOfWork, ticket_id: TicketId) -> Done:
    ticket, conversation = await _of(uow, ticket_id)
    if ticket != conversation.ticket:
        raise Conflict("A later handoff has replaced this ticket. Work on the later one.", field=_TICKET)
    return ticket, conversation


def _check_ours(command: TicketCommand, ticket: Ticket) -> None:
    """Refuse to work on a ticket that an external helpdesk has. A ticket that it did not accept can be returned to the
    agent, closed, or delivered again."""
    if ticket.helpdesk is Helpdesk.INBOX or isinstance(command, ReturnToAgent | MarkTicketRead):
        return
    if not (isinstance(command, CloseTicket) and ticket.concerns_inbox):
        name = ticket.helpdesk.capitalize()
        raise Conflict(
            f"This ticket is worked on in {name}. If it did not arrive there, retry its delivery.", field=_TICKET
        )


def _worker(principal: Principal) -> StaffId:
    principal.require(Permission.WORK_INBOX)
    if principal.staff_id is None:
        raise Forbidden(STAFF_ONLY)
    return principal.staff_id


def _check_workable(conversation: Conversation) -> None:
    if conversation.is_closed:
        raise ConversationClosed("This conversation is closed.", field=_TICKET)
    if conversation.controller.kind is ControllerKind.AI_AGENT:
        raise Conflict("The agent has this conversation again, so the ticket is done.", field=_TICKET)


def _check_mine(principal: Principal, conversation: Conversation, ticket: Ticket) -> None:
    if ticket.assignee_id != principal.staff_id and not principal.works_for_all:
        raise NotInControl("This ticket is not yours.", controller=conversation.controller, field=_TICKET)


async def _refuse_because_taken(change: Change, ticket: Ticket) -> None:
    staff = await change.uow.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    name = staff.name if staff else "Somebody else"
    raise NotInControl(f"{name} has taken this ticket.", controller=change.conversation.controller, field=_TICKET)

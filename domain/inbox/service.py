"""The commands of the inbox: who works on which ticket, and what becomes of it.

A ticket's assignee is the conversation's controller: whoever has the one has the other. `take` is won by one; whoever
comes second is told who has it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from domain.account.model import Availability, Staff
from domain.conversation import lifecycle
from domain.conversation.change import Change
from domain.conversation.model import ControllerKind, Conversation
from domain.conversation.service import schedule_auto_close
from domain.errors import Conflict, ConversationClosed, Forbidden, Invalid, NotFound, NotInControl
from domain.events import StaffChanged
from domain.handoff import flow as handoff_flow
from domain.handoff.model import Ticket, TicketState
from domain.handoff.wording import wording_for
from domain.idempotency import Result, once
from domain.ids import AccountId, StaffId, TicketId, whole_id
from domain.inbox import flow
from domain.inbox.commands import AssignTicket, OnTicket, SnoozeTicket
from domain.principal import Permission, Principal
from domain.storage import Storage, Timer, TimerKind, UnitOfWork

_LONGEST_SNOOZE = timedelta(days=366)
_TICKET = ("input", "ticketId")

Step = Callable[[Change, Ticket], Awaitable[None]]


class InboxService:
    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def take(self, principal: Principal, ticket_id: TicketId, key: str | None = None) -> Conversation:
        """One wins. Raises NotInControl with the winner, ConversationClosed, NotFound, Forbidden."""
        me = _worker(principal)

        async def step(change: Change, ticket: Ticket) -> None:
            if ticket.assignee_id is not None and ticket.assignee_id != me:
                raise NotInControl(
                    f"{await _name_of(change.uow, ticket.assignee_id)} has taken this ticket.",
                    controller=change.conversation.controller,
                    path=_TICKET,
                )
            _check_workable(change.conversation, ticket)
            _reopen(change)
            flow.assign(change, me)

        return await self._on(principal, OnTicket(name="take", ticket_id=ticket_id), ticket_id, key, step)

    async def assign(self, principal: Principal, command: AssignTicket, key: str | None = None) -> Conversation:
        """To a colleague, or with no staff id back to everybody. Raises Invalid for one who cannot work on tickets."""
        principal.require(Permission.WORK_INBOX)

        async def step(change: Change, ticket: Ticket) -> None:
            _check_workable(change.conversation, ticket)
            if command.staff_id is None:
                await _release(change, ticket)
                return
            staff = await change.uow.get(Staff, command.staff_id)
            if staff is None:
                raise NotFound("No such member of staff.", path=("input", "staffId"))
            if staff.role not in flow.WORKERS:
                raise Invalid(f"{staff.name} cannot work on tickets: choose another.", path=("input", "staffId"))
            flow.assign(change, staff.id)

        return await self._on(principal, command, command.ticket_id, key, step)

    async def release(self, principal: Principal, ticket_id: TicketId, key: str | None = None) -> Conversation:
        """Back to everybody. Raises NotInControl for somebody else's ticket, unless the caller manages."""

        async def step(change: Change, ticket: Ticket) -> None:
            _check_mine(principal, change.conversation, ticket)
            await _release(change, ticket)

        return await self._on(principal, OnTicket(name="release", ticket_id=ticket_id), ticket_id, key, step)

    async def return_to_agent(self, principal: Principal, ticket_id: TicketId, key: str | None = None) -> Conversation:
        """The AI agent has the conversation again, under a new epoch; the ticket is done."""

        async def step(change: Change, ticket: Ticket) -> None:
            _check_workable(change.conversation, ticket)
            _check_mine(principal, change.conversation, ticket)
            change.put_ticket(replace(ticket, state=TicketState.CLOSED, snoozed_until=None, waiting_since=None))
            change.conversation = lifecycle.give_control(change.conversation, ControllerKind.AI_AGENT, change.uow.now)
            schedule_auto_close(change.uow, change.conversation)

        return await self._on(principal, OnTicket(name="return", ticket_id=ticket_id), ticket_id, key, step)

    async def snooze(self, principal: Principal, command: SnoozeTicket, key: str | None = None) -> Conversation:
        """Out of sight until then, or until the shopper writes. Raises Invalid for an instant in the past."""

        async def step(change: Change, ticket: Ticket) -> None:
            now = change.uow.now
            if not now < command.until <= now + _LONGEST_SNOOZE:
                raise Invalid("Snooze into the future, for at most a year.", path=("input", "until"))
            _check_workable(change.conversation, ticket)
            if ticket.state is TicketState.CLOSED:
                raise Conflict("This ticket is closed: reopen it first.", path=_TICKET)
            change.put_ticket(replace(ticket, state=TicketState.SNOOZED, snoozed_until=command.until))
            change.uow.save(_snooze_timer(change.conversation, command))

        return await self._on(principal, command, command.ticket_id, key, step)

    async def close(self, principal: Principal, ticket_id: TicketId, key: str | None = None) -> Conversation:
        """Done. The conversation stays open for the shopper, whose next message opens the ticket again."""

        async def step(change: Change, ticket: Ticket) -> None:
            change.put_ticket(replace(ticket, state=TicketState.CLOSED, snoozed_until=None, unread=False))
            if not change.conversation.is_closed:
                schedule_auto_close(change.uow, change.conversation)

        return await self._on(principal, OnTicket(name="close", ticket_id=ticket_id), ticket_id, key, step)

    async def reopen(self, principal: Principal, ticket_id: TicketId, key: str | None = None) -> Conversation:
        """Raises Conflict where the agent has the conversation back, ConversationClosed where it is closed."""

        async def step(change: Change, ticket: Ticket) -> None:
            _check_workable(change.conversation, ticket)
            _reopen(change)

        return await self._on(principal, OnTicket(name="reopen", ticket_id=ticket_id), ticket_id, key, step)

    async def mark_read(self, principal: Principal, ticket_id: TicketId, key: str | None = None) -> Conversation:
        """Read, once its assignee has; anybody else's look leaves it unread."""
        me = _worker(principal)

        async def step(change: Change, ticket: Ticket) -> None:
            if ticket.assignee_id == me:
                change.put_ticket(replace(ticket, unread=False))

        return await self._on(principal, OnTicket(name="read", ticket_id=ticket_id), ticket_id, key, step)

    async def set_availability(self, principal: Principal, availability: Availability) -> Staff:
        me = _worker(principal)

        async def change(uow: UnitOfWork) -> Staff:
            staff = await uow.get(Staff, me)
            if staff is None:
                raise NotFound("This member of staff is no longer there.")
            if staff.availability is not availability:
                staff = replace(staff, availability=availability)
                uow.save(staff)
                uow.emit(StaffChanged(staff=staff))
            return staff

        return await self._storage.write(principal.account_id, change)

    async def wake(self, account_id: AccountId, timer: Timer) -> None:
        """What the timer does when a snoozed ticket is due."""

        async def change(uow: UnitOfWork) -> None:
            conversation = await uow.get(Conversation, timer.subject)
            ticket = conversation.ticket if conversation else None
            if conversation is None or ticket is None or ticket.state is not TicketState.SNOOZED:
                uow.delete(Timer, timer.id)
            elif ticket.snoozed_until is not None and uow.now < ticket.snoozed_until:
                uow.save(replace(timer, due_at=ticket.snoozed_until))
            else:
                waking = Change(uow, conversation)
                _reopen(waking)
                waking.keep()
                uow.delete(Timer, timer.id)

        await self._storage.write(account_id, change)

    async def look_after(self, account_id: AccountId, timer: Timer) -> None:
        """What the timer does where a ticket waits: if nobody can take it, the shopper is told, once."""

        async def change(uow: UnitOfWork) -> None:
            conversation = await uow.get(Conversation, timer.subject)
            ticket = conversation.ticket if conversation else None
            if conversation is None or ticket is None or not _waits(conversation, ticket):
                uow.delete(Timer, timer.id)
                return
            account = await handoff_flow.account_of(uow)
            waiting = Change(uow, conversation)
            flow.watch_over(waiting, account.stranded_after)
            if ticket.stranded_at is None and not await flow.somebody_can_take(uow, account):
                waiting.put_ticket(replace(ticket, stranded_at=uow.now))
                waiting.notice(wording_for(conversation.locale).stranded)
            waiting.keep()

        await self._storage.write(account_id, change)

    async def _on(
        self, principal: Principal, command: object, ticket_id: TicketId, key: str | None, step: Step
    ) -> Conversation:
        principal.require(Permission.WORK_INBOX)

        async def act(uow: UnitOfWork) -> Result:
            conversation, ticket = await _of(uow, ticket_id)
            change = Change(uow, conversation)
            await step(change, ticket)
            change.keep()
            return {"conversation": conversation.id}

        async def change(uow: UnitOfWork) -> Conversation:
            await once(uow, principal, key, command, lambda: act(uow))
            return (await _of(uow, ticket_id))[0]

        return await self._storage.write(principal.account_id, change)


async def _of(uow: UnitOfWork, ticket_id: TicketId) -> tuple[Conversation, Ticket]:
    conversation = await uow.get(Conversation, whole_id(ticket_id))
    ticket = conversation.find_ticket(ticket_id) if conversation else None
    if conversation is None or ticket is None:
        raise NotFound("No such ticket.", path=_TICKET)
    if ticket != conversation.ticket:
        raise Conflict("A later handoff has taken this ticket's place: work on that one.", path=_TICKET)
    return conversation, ticket


def _worker(principal: Principal) -> StaffId:
    principal.require(Permission.WORK_INBOX)
    if principal.staff_id is None:
        raise Forbidden("Only members of staff do this: use a key that stands for one.")
    return principal.staff_id


def _check_workable(conversation: Conversation, ticket: Ticket) -> None:
    if conversation.is_closed:
        raise ConversationClosed("This conversation is closed.", path=_TICKET)
    if conversation.controller.kind is ControllerKind.AI_AGENT:
        raise Conflict("The agent has this conversation again: the ticket is done.", path=_TICKET)


def _check_mine(principal: Principal, conversation: Conversation, ticket: Ticket) -> None:
    if ticket.assignee_id != principal.staff_id and not principal.manages:
        raise NotInControl("This ticket is not yours.", controller=conversation.controller, path=_TICKET)


async def _release(change: Change, ticket: Ticket) -> None:
    if ticket.assignee_id is None:
        return
    flow.assign(change, None)
    flow.watch_over(change, (await handoff_flow.account_of(change.uow)).stranded_after)


def _reopen(change: Change) -> None:
    ticket = change.conversation.ticket
    assert ticket is not None, "only a conversation with a ticket gets here"
    change.put_ticket(replace(ticket, state=TicketState.OPEN, snoozed_until=None))


def _waits(conversation: Conversation, ticket: Ticket) -> bool:
    return (
        not conversation.is_closed
        and conversation.controller.kind is ControllerKind.QUEUE
        and ticket.state is not TicketState.CLOSED
    )


async def _name_of(uow: UnitOfWork, staff_id: StaffId) -> str:
    staff = await uow.get(Staff, staff_id)
    return staff.name if staff else "Somebody else"


def _snooze_timer(conversation: Conversation, command: SnoozeTicket) -> Timer:
    return Timer(id=f"snooze:{conversation.id}", kind=TimerKind.SNOOZE, subject=conversation.id, due_at=command.until)

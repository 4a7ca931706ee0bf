"""What happens to a ticket by itself: it comes in, it is handed round, it returns, it is not forgotten."""

from __future__ import annotations

from datetime import timedelta

from domain.account import hours
from domain.conversation import lifecycle
from domain.conversation.aggregate import Change
from domain.events import StaffChanged
from domain.inbox.team import is_there
from domain.model.account import Account, Assignment, Staff
from domain.model.conversation import ControllerKind
from domain.model.handoff import DeliveryState, Handoff, HandoffState, Helpdesk, Ticket, TicketState
from domain.storage import TimerKind, UnitOfWork
from domain.timers import set_timer, timer_of
from domain.values.ids import StaffId
from domain.values.record import replace

_INSTANT = timedelta(milliseconds=1)  # what the database tells apart


async def open_ticket(change: Change, handoff: Handoff, account: Account) -> None:
    """The handoff arrives in the inbox: for whoever takes it, or by turns for whoever is there."""
    uow = change.uow
    ticket = Ticket(
        id=change.conversation.next_ticket_id,
        handoff_id=handoff.id,
        helpdesk=Helpdesk.INBOX,
        created_at=uow.now,
        waiting_since=uow.now,
        delivery=DeliveryState.NOT_NEEDED,
    )
    change.put_handoff(replace(handoff, state=HandoffState.DELIVERED, ticket_id=ticket.id))
    change.put_ticket(ticket)
    change.conversation = lifecycle.give_control(change.conversation, ControllerKind.QUEUE, uow.now)
    staff = await _next_in_turn(uow, account)
    if staff is not None:
        give(change, staff.id)
    else:
        await watch_over(change, account)


def give(change: Change, staff_id: StaffId | None) -> None:
    """To somebody, or back to everybody: the ticket and the conversation are always in the same hands."""
    now = change.uow.now
    kind = ControllerKind.QUEUE if staff_id is None else ControllerKind.HUMAN_AGENT
    change.put_ticket(_ticket(change).given_to(staff_id, now))
    change.conversation = lifecycle.give_control(change.conversation, kind, now, staff_id)


async def reopen(change: Change, account: Account) -> None:
    """It is to be worked on again; where nobody has it, somebody looks after it."""
    before = _ticket(change)
    ticket = before.opened(change.uow.now)
    change.put_ticket(ticket)
    if before.state is TicketState.CLOSED and ticket.waiting_since is not None:
        await watch_over(change, account)


async def shopper_wrote(change: Change, account: Account) -> None:
    """A snoozed or closed ticket is open again and unread; once the agent has the conversation back it is history."""
    if change.conversation.ticket is None or not change.conversation.controller.is_with_staff:
        return
    await reopen(change, account)
    change.put_ticket(replace(_ticket(change), unread=True))


async def watch_over(change: Change, account: Account) -> None:
    """Nobody has it: look again, so that it cannot be forgotten."""
    due_at = change.uow.now + account.stranded_after
    await set_timer(change.uow, timer_of(change.conversation.id, TimerKind.STRANDED, due_at))


async def _next_in_turn(uow: UnitOfWork, account: Account) -> Staff | None:
    """Whoever of those who are there was given one longest ago; the turns of one instant are told apart."""
    if account.assignment is not Assignment.ROUND_ROBIN or not hours.open_at(account, uow.now):
        return None
    team = await uow.staff()
    there = [staff for staff in team if is_there(staff)]
    if not there:
        return None
    chosen = min(there, key=lambda s: (s.last_assigned_at is not None, s.last_assigned_at or account.created_at, s.id))
    turns = [staff.last_assigned_at + _INSTANT for staff in team if staff.last_assigned_at is not None]
    chosen = replace(chosen, last_assigned_at=max([uow.now, *turns]))
    uow.save(chosen)
    uow.emit(StaffChanged(staff=chosen))
    return chosen


def _ticket(change: Change) -> Ticket:
    ticket = change.conversation.ticket
    assert ticket is not None, "only a conversation with a ticket gets here"
    return ticket

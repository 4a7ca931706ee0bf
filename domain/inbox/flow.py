"""What happens to a ticket by itself: it comes in, it is handed round, it returns when the shopper writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.account import hours
from domain.account.model import Account, Assignment, Availability, Staff
from domain.conversation import lifecycle
from domain.conversation.change import Change
from domain.conversation.model import ControllerKind
from domain.events import StaffChanged
from domain.handoff.model import DeliveryState, Handoff, HandoffState, Helpdesk, Ticket, TicketState
from domain.ids import StaffId
from domain.principal import StaffRole
from domain.storage import Timer, TimerKind, UnitOfWork

WORKERS = frozenset({StaffRole.OWNER, StaffRole.ADMIN, StaffRole.MANAGER, StaffRole.SUPPORT})


async def somebody_can_take(uow: UnitOfWork, account: Account) -> bool:
    """Within business hours, and somebody who may work on tickets is ONLINE."""
    return hours.open_at(account, uow.now) and any(_is_there(staff) for staff in await uow.staff())


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
        assign(change, staff.id)
    else:
        watch_over(change, account.stranded_after)


def assign(change: Change, staff_id: StaffId | None) -> None:
    """To somebody, or back to everybody."""
    ticket, now = _ticket(change), change.uow.now
    kind = ControllerKind.QUEUE if staff_id is None else ControllerKind.HUMAN_AGENT
    waiting = None if staff_id is not None else ticket.waiting_since or now
    unread = ticket.unread or staff_id != ticket.assignee_id
    change.put_ticket(replace(ticket, assignee_id=staff_id, waiting_since=waiting, unread=unread))
    change.conversation = lifecycle.give_control(change.conversation, kind, now, staff_id)


def shopper_wrote(change: Change) -> None:
    """A snoozed or closed ticket is open again and unread; once the agent has the conversation back it is history."""
    ticket = change.conversation.ticket
    if ticket is None or change.conversation.controller.kind not in (ControllerKind.QUEUE, ControllerKind.HUMAN_AGENT):
        return
    change.put_ticket(replace(ticket, state=TicketState.OPEN, snoozed_until=None, unread=True))


def watch_over(change: Change, after: timedelta) -> None:
    """Nobody has it: look again, so that it cannot be forgotten."""
    conversation = change.conversation
    change.uow.save(
        Timer(
            id=f"stranded:{conversation.id}",
            kind=TimerKind.STRANDED,
            subject=conversation.id,
            due_at=change.uow.now + after,
        )
    )


async def _next_in_turn(uow: UnitOfWork, account: Account) -> Staff | None:
    if account.assignment is not Assignment.ROUND_ROBIN or not hours.open_at(account, uow.now):
        return None
    there = [staff for staff in await uow.staff() if _is_there(staff)]
    if not there:
        return None
    staff = min(there, key=lambda s: (s.last_assigned_at is not None, s.last_assigned_at or account.created_at, s.id))
    chosen = replace(staff, last_assigned_at=uow.now)
    uow.save(chosen)
    uow.emit(StaffChanged(staff=chosen))
    return chosen


def _is_there(staff: Staff) -> bool:
    return staff.availability is Availability.ONLINE and staff.role in WORKERS


def _ticket(change: Change) -> Ticket:
    ticket = change.conversation.ticket
    assert ticket is not None, "only a conversation with a ticket gets here"
    return ticket

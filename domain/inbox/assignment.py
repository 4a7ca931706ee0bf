"""Assignment of tickets by turns (round robin): the longest-waiting ticket first, to the available member of staff
whose last assignment is the longest ago. Available is who is ONLINE and has fewer open tickets than their capacity.

A waiting ticket is offered when it enters the queue, when somebody comes ONLINE or has room for another ticket, at the
next opening of the shop, and when its stranded timer is due. Tickets that have waited longer go first each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from domain.account import hours
from domain.account.lookup import account_of
from domain.conversation import lifecycle
from domain.conversation.aggregate import Change
from domain.events import StaffChanged
from domain.inbox.team import is_there
from domain.model.account import Account, Assignment, Staff
from domain.model.conversation import ControllerKind
from domain.storage import UnitOfWork
from domain.timers import hand_out_timer
from domain.values.ids import ConversationId, StaffId
from domain.values.record import replace

_INSTANT = timedelta(milliseconds=1)  # the resolution of the database
_AT_ONCE = 100  # tickets assigned in one transaction
_UNLIMITED = 1_000_000  # room of a member without a capacity


def assign(change: Change, staff_id: StaffId | None) -> None:
    """Assign the ticket, or unassign it with `None`. The assignee has control of the conversation as well."""
    ticket, now = change.conversation.ticket, change.uow.now
    assert ticket is not None, "the conversation has a ticket"
    kind = ControllerKind.QUEUE if staff_id is None else ControllerKind.HUMAN_AGENT
    change.put_ticket(ticket.assign_to(staff_id, now))
    change.conversation = lifecycle.give_control(change.conversation, kind, now, staff_id)


async def assign_in_turn(change: Change) -> bool:
    """Assign the ticket to the next in turn, after the tickets that have waited longer. Returns whether it was
    assigned."""
    uow = change.uow
    more = await hand_out(uow, without=change.conversation.id)
    staff = None if more else await _next_in_turn(uow, await account_of(uow), await room_of(uow))
    if staff is None:
        return False
    assign(change, staff.id)
    return True


async def hand_out(uow: UnitOfWork, *, without: ConversationId | None = None) -> bool:
    """Assign the waiting tickets to available staff, the longest-waiting first. A timer continues if there are more
    than fit into a transaction, or at the next opening if the shop is closed. `without` is a conversation that the
    command changes itself. Returns whether tickets are left that a timer assigns."""
    account = await account_of(uow)
    if account.assignment is not Assignment.ROUND_ROBIN:
        return False
    if not hours.is_open(account, uow.now):
        opens_at = hours.next_opening(account, uow.now)
        if opens_at is not None:
            uow.save(hand_out_timer(account.id, opens_at))
        return False
    room = await room_of(uow)
    if not any(room.values()):
        return False
    waiting = [c for c in await uow.waiting_conversations(limit=_AT_ONCE + 1) if c.id != without]
    for conversation in waiting[:_AT_ONCE]:
        staff = await _next_in_turn(uow, account, room)
        if staff is None:
            return False  # all have enough: the one who has room again continues
        room[staff.id] -= 1
        change = Change(uow, conversation)
        assign(change, staff.id)
        await change.commit()
    more = len(waiting) > _AT_ONCE
    if more:
        uow.save(hand_out_timer(account.id, uow.now))
    return more


async def room_of(uow: UnitOfWork) -> dict[StaffId, int]:
    """Return for how many more tickets each available staff member has room; 0 for who has enough."""
    room = {}
    for staff in await uow.staff():
        if is_there(staff):
            room[staff.id] = await _room(uow, staff)
    return room


async def has_room(uow: UnitOfWork, staff: Staff) -> bool:
    """Whether a staff member is available for one more ticket."""
    return is_there(staff) and await _room(uow, staff) > 0


async def _room(uow: UnitOfWork, staff: Staff) -> int:
    if staff.capacity is None:
        return _UNLIMITED
    return staff.capacity - await uow.count_open_tickets(staff.id, limit=staff.capacity)


async def offer_room(change: Change) -> None:
    """Set the timer that assigns waiting tickets, if the change took an open ticket from a member with a capacity."""
    uow, before, after = change.uow, change.before, change.conversation
    staff_id = before.controller.staff_id
    if before.is_test:
        return  # it took no room
    if staff_id is None or not before.is_worked_on_by(staff_id) or after.is_worked_on_by(staff_id):
        return
    staff, account = await uow.get(Staff, staff_id), await account_of(uow)
    if staff is not None and staff.capacity is not None and account.assignment is Assignment.ROUND_ROBIN:
        uow.save(hand_out_timer(account.id, uow.now))


async def _next_in_turn(uow: UnitOfWork, account: Account, room: Mapping[StaffId, int]) -> Staff | None:
    """Choose the available staff member who was assigned a ticket longest ago. Assignments get distinct times, so that
    the order is defined."""
    if account.assignment is not Assignment.ROUND_ROBIN or not hours.is_open(account, uow.now):
        return None
    team = await uow.staff()
    there = [staff for staff in team if room.get(staff.id, 0) > 0]
    if not there:
        return None
    chosen = min(there, key=lambda s: (s.last_assigned_at is not None, s.last_assigned_at or account.created_at, s.id))
    turns = [staff.last_assigned_at + _INSTANT for staff in team if staff.last_assigned_at is not None]
    chosen = replace(chosen, last_assigned_at=max([uow.now, *turns]))
    uow.save(chosen)
    uow.emit(StaffChanged(staff=chosen))
    return chosen

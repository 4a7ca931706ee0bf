"""Steps of a ticket that several commands and reactions share: open, assign, reopen, watch."""

from __future__ import annotations

from datetime import timedelta

from domain.account import hours
from domain.account.lookup import account_of
from domain.conversation import lifecycle
from domain.conversation.aggregate import Change
from domain.conversation.events import HandoffReady, ShopperWrote
from domain.events import StaffChanged
from domain.i18n.localization import catalog_for, opening_text
from domain.inbox.team import is_there, somebody_can_take
from domain.model.account import Account, Assignment, Staff
from domain.model.conversation import ControllerKind
from domain.model.handoff import DeliveryState, Handoff, HandoffState, Helpdesk, Ticket, TicketState
from domain.storage import TimerKind, UnitOfWork
from domain.timers import set_timer, timer_of
from domain.values.ids import StaffId
from domain.values.record import replace

_INSTANT = timedelta(milliseconds=1)  # the resolution of the database


async def accept_handoff(change: Change, event: HandoffReady) -> None:
    """Open a ticket for a handoff to the inbox, assign it if the account assigns by turns, and tell the shopper."""
    if event.handoff.helpdesk is not Helpdesk.INBOX:
        return
    account = await account_of(change.uow)
    await _open_ticket(change, event.handoff, account)
    change.add_notice(await _arrival_text(change.uow, account, change.conversation.locale))


async def _open_ticket(change: Change, handoff: Handoff, account: Account) -> None:
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
        await start_stranded_timer(change)


def assign(change: Change, staff_id: StaffId | None) -> None:
    """Assign the ticket, or unassign it with `None`. The assignee has control of the conversation as well."""
    now = change.uow.now
    kind = ControllerKind.QUEUE if staff_id is None else ControllerKind.HUMAN_AGENT
    change.put_ticket(_ticket(change).assign_to(staff_id, now))
    change.conversation = lifecycle.give_control(change.conversation, kind, now, staff_id)


async def release(change: Change) -> None:
    """Unassign the ticket. It waits in the queue again, unless it is closed."""
    ticket = _ticket(change)
    if ticket.assignee_id is None:
        return
    assign(change, None)
    if ticket.state is not TicketState.CLOSED:
        await start_stranded_timer(change)


async def reopen(change: Change) -> None:
    """Open the ticket again. If it has no assignee, it is watched over."""
    before = _ticket(change)
    ticket = before.open(change.uow.now)
    change.put_ticket(ticket)
    if before.state is TicketState.CLOSED and ticket.waiting_since is not None:
        await start_stranded_timer(change)


async def reopen_for_shopper(change: Change, _: ShopperWrote) -> None:
    """Reopen a snoozed or closed ticket and mark it unread, while staff have the conversation."""
    if change.conversation.ticket is None or not change.conversation.controller.is_with_staff:
        return
    await reopen(change)
    change.put_ticket(replace(_ticket(change), unread=True))


async def start_stranded_timer(change: Change) -> None:
    """Set the timer that looks after a ticket without an assignee."""
    due_at = change.uow.now + (await account_of(change.uow)).stranded_after
    await set_timer(change.uow, timer_of(change.conversation.id, TimerKind.STRANDED, due_at))


async def _next_in_turn(uow: UnitOfWork, account: Account) -> Staff | None:
    """Choose the available staff member who was assigned a ticket longest ago. Assignments get distinct times, so that
    the order is defined."""
    if account.assignment is not Assignment.ROUND_ROBIN or not hours.is_open(account, uow.now):
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
    assert ticket is not None, "the conversation has a ticket"
    return ticket


async def _arrival_text(uow: UnitOfWork, account: Account, locale: str | None) -> str:
    """The notice that tells the shopper that the team has the conversation, or when the team is back."""
    words = catalog_for(locale)
    if somebody_can_take(account, await uow.staff(), uow.now):
        return words.sent_to_team
    if hours.is_open(account, uow.now):
        return account.away_message or words.away
    opens_at = hours.next_opening(account, uow.now)
    if opens_at is None:
        return account.away_message or words.away
    when = opening_text(opens_at, account.time_zone, locale, uow.now)
    return f"{account.away_message} {words.opens_again(when)}" if account.away_message else words.away_until(when)

"""Steps of a ticket that several commands and reactions share: open, assign, reopen, watch."""

from __future__ import annotations

from domain.account import hours
from domain.account.lookup import account_of
from domain.conversation import lifecycle
from domain.conversation.aggregate import Change
from domain.conversation.events import ConversationEnded, HandoffReady, ShopperWrote
from domain.i18n.localization import catalog_for, opening_text
from domain.inbox.assignment import assign, assign_in_turn, has_room, offer_room
from domain.inbox.team import somebody_can_take
from domain.inbox.ticket_mails import tell_staff
from domain.model.account import Account, Staff
from domain.model.conversation import ControllerKind
from domain.model.handoff import DeliveryState, Handoff, HandoffState, Helpdesk, Ticket, TicketState
from domain.storage import TimerKind, UnitOfWork
from domain.timers import timer_of
from domain.values.ids import StaffId
from domain.values.record import replace


async def accept_handoff(change: Change, event: HandoffReady) -> None:
    """Open a ticket for a handoff to the inbox, assign it if the account assigns by turns, and tell the shopper."""
    if event.handoff.helpdesk is not Helpdesk.INBOX:
        return
    account = await account_of(change.uow)
    await _open_ticket(change, event.handoff)
    change.add_notice(await _arrival_text(change.uow, account, change.conversation.locale))


async def _open_ticket(change: Change, handoff: Handoff) -> None:
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
    await _enqueue(change)


async def release(change: Change) -> None:
    """Unassign the ticket. It waits in the queue again, unless it is closed."""
    ticket = _ticket(change)
    if ticket.assignee_id is None:
        return
    assign(change, None)
    if ticket.state is not TicketState.CLOSED:
        await _watch(change)


async def reopen(change: Change, *, by: StaffId | None = None) -> None:
    """Open the ticket again. An assignee who is not available, or has as many open tickets as their capacity, loses it,
    except the member of staff who reopens it; a ticket without an assignee is in the queue again, or goes to the next
    in turn."""
    before = _ticket(change)
    change.put_ticket(before.open(change.uow.now))
    if before.state is TicketState.OPEN or not change.conversation.controller.is_with_staff:
        return
    if before.assignee_id is not None and before.assignee_id != by:
        assignee = await change.uow.get(Staff, before.assignee_id)
        if assignee is None or not await has_room(change.uow, assignee):
            assign(change, None)
    if _ticket(change).assignee_id is None:
        await _enqueue(change)


async def _enqueue(change: Change) -> None:
    """Assign the waiting ticket to the next in turn; without one, watch over it in the queue. That of a test
    conversation waits for whoever holds the test."""
    if not change.conversation.is_test and not await assign_in_turn(change):
        await _watch(change)


async def _watch(change: Change) -> None:
    """Watch over a ticket without an assignee, and tell staff of it; of a test conversation nobody is told."""
    if not change.conversation.is_test:
        await start_stranded_timer(change)
        await tell_staff(change)


async def reopen_for_shopper(change: Change, _: ShopperWrote) -> None:
    """Reopen a snoozed or closed ticket and mark it unread, while staff have the conversation."""
    if change.conversation.ticket is None or not change.conversation.controller.is_with_staff:
        return
    await reopen(change)
    change.put_ticket(replace(_ticket(change), unread=True))


async def free_assignee(change: Change, _: ConversationEnded) -> None:
    """Let the assignee of a ticket that ends with its conversation have room for another one."""
    await offer_room(change)


async def start_stranded_timer(change: Change) -> None:
    """Set the timer that looks after a ticket without an assignee."""
    due_at = change.uow.now + (await account_of(change.uow)).stranded_after
    change.uow.save(timer_of(change.conversation.id, TimerKind.STRANDED, due_at))


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

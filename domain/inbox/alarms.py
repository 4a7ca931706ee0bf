"""Timers of tickets: a snooze ends, and a ticket that nobody can take is marked as stranded."""

from __future__ import annotations

from domain.account.lookup import account_of
from domain.conversation.aggregate import Change
from domain.conversation.lifecycle import check_known
from domain.i18n.localization import catalog_for
from domain.inbox import flow
from domain.inbox.assignment import assign_in_turn, hand_out, room_of
from domain.inbox.team import somebody_can_take
from domain.model.account import Account, Assignment
from domain.model.conversation import Conversation
from domain.model.handoff import Ticket, TicketState
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.errors import NewerValue
from domain.values.ids import AccountId
from domain.values.record import replace


class TicketAlarms:
    """Handlers of the timers of tickets."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def end_snooze(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: reopen a snoozed ticket. Raises `NewerValue`, `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None or uow.now < held.due_at:
                return  # another process handled it, or it was snoozed again
            uow.delete(Timer, timer.id)
            conversation = await uow.get(Conversation, timer.subject)
            check_known(conversation)
            if conversation is not None and conversation.ticket is not None and conversation.ticket.is_snoozed:
                waking = Change(uow, conversation)
                await flow.reopen(waking)
                await waking.commit()

        await self._storage.write(account_id, change)

    async def check_stranded(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: assign a waiting ticket by turns; else mark it as stranded if nobody can take it, and
        tell the shopper. Raises `NewerValue`, `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None or uow.now < held.due_at:
                return  # another process handled it, or the timer was moved
            conversation = await uow.get(Conversation, timer.subject)
            check_known(conversation)
            if conversation is None or conversation.ticket is None or conversation.ticket.waiting_since is None:
                uow.delete(Timer, timer.id)
                return
            account = await account_of(uow)
            waiting = Change(uow, conversation)
            if conversation.ticket.state is TicketState.OPEN and await assign_in_turn(waiting):
                uow.delete(Timer, timer.id)
                await waiting.commit()
                return
            await flow.start_stranded_timer(waiting)
            if not await _can_be_taken(uow, account):
                _strand(waiting, conversation.ticket)
            await waiting.commit()

        await self._storage.write(account_id, change)

    async def hand_out(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer: assign waiting tickets to available staff. Raises `NewerValue`, `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None or uow.now < held.due_at:
                return  # another process handled it, or the timer was moved
            assignment = (await account_of(uow)).assignment
            if assignment.is_unknown:
                raise NewerValue(type(assignment).__name__)
            uow.delete(Timer, timer.id)
            await hand_out(uow)

        await self._storage.write(account_id, change)


async def _can_be_taken(uow: UnitOfWork, account: Account) -> bool:
    """Whether somebody can take a ticket now; by turns only somebody who has room for one."""
    if not somebody_can_take(account, await uow.staff(), uow.now):
        return False
    return account.assignment is not Assignment.ROUND_ROBIN or any((await room_of(uow)).values())


def _strand(change: Change, ticket: Ticket) -> None:
    now = change.uow.now
    change.put_ticket(
        replace(ticket, stranded_at=ticket.stranded_at or now, delay_notice_at=ticket.delay_notice_at or now)
    )
    if ticket.delay_notice_at is None:
        change.add_notice(catalog_for(change.conversation.locale).stranded)

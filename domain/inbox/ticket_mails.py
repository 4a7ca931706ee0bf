"""Mails that tell staff of tickets which wait for somebody, through the account's connected e-mail.

a ticket waits ──▶ timer of the ticket ──┬─ AT_ONCE: a mail to the member, once for each time that it waits
                                         ├─ DIGEST: the member's timer, unless it is set ──▶ one mail with all
                                         └─ NONE                                              that wait then
"""

from __future__ import annotations

from datetime import datetime

from domain.conversation.aggregate import Change
from domain.conversation.lifecycle import check_known
from domain.inbox.team import works_on_tickets
from domain.model.account import Staff, TicketMails
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Conversation
from domain.model.outbox import Outgoing, TicketNotice
from domain.outbox import ordering
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.timers import timer_of
from domain.values.ids import AccountId

_LISTED = 20  # tickets of a digest; the others are counted
_COUNTED = 1_000


async def tell_staff(change: Change) -> None:
    """Set the timer that tells staff of a ticket that begins to wait, if e-mail is connected."""
    uow = change.uow
    if await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.EMAIL)) is not None:
        uow.save(timer_of(change.conversation.id, TimerKind.TELL_STAFF, uow.now))


class TicketMailAlarms:
    """The handlers of the timers."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def tell(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer of a ticket: mail it to the members who are told at once, and set the timers of the
        others' digests. Raises `NewerValue`, `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None or uow.now < held.due_at:
                return  # another process handled it
            uow.delete(Timer, timer.id)
            conversation = await uow.get(Conversation, timer.subject)
            check_known(conversation)
            if conversation is None or conversation.waiting_since is None:
                return
            for member in await uow.staff():
                if works_on_tickets(member):
                    await _tell(uow, member, conversation, conversation.waiting_since)

        await self._storage.write(account_id, change)

    async def send_digest(self, account_id: AccountId, timer: Timer) -> None:
        """Handle a due timer of a member: mail the tickets that wait. Raises `Unavailable`."""

        async def change(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is None or uow.now < held.due_at:
                return  # another process handled it
            uow.delete(Timer, timer.id)
            member = await uow.get(Staff, timer.subject)
            if member is None or not works_on_tickets(member) or member.ticket_mails is not TicketMails.DIGEST:
                return
            waiting = await uow.waiting_conversations(limit=_COUNTED)
            if waiting:
                row_id = f"{member.id}D{_millis(held.due_at)}"
                await _enqueue(uow, row_id, member, waiting)

        await self._storage.write(account_id, change)


async def _tell(uow: UnitOfWork, member: Staff, conversation: Conversation, since: datetime) -> None:
    if member.ticket_mails is TicketMails.AT_ONCE:
        # The id has the member and the wait, so that nobody is told of one wait twice.
        await _enqueue(uow, f"{conversation.id}S{member.id}W{_millis(since)}", member, [conversation])
    elif member.ticket_mails is TicketMails.DIGEST:
        timer_id = f"digest:{member.id}"
        if await uow.get(Timer, timer_id) is None:
            due_at = uow.now + member.digest_every
            uow.save(Timer(id=timer_id, kind=TimerKind.TICKET_DIGEST, subject=member.id, due_at=due_at))


async def _enqueue(uow: UnitOfWork, row_id: str, member: Staff, waiting: list[Conversation]) -> None:
    if await uow.get(Outgoing, row_id) is None:
        listed = tuple(conversation.id for conversation in waiting[:_LISTED])
        notice = TicketNotice(staff_id=member.id, conversation_ids=listed, total=len(waiting))
        await ordering.send_notice(uow, row_id, waiting[0], notice)


def _millis(at: datetime) -> int:
    return round(at.timestamp() * 1_000)

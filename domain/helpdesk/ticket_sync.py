"""A helpdesk that says no more than that something happened: what did is read there, and read again until it is known.

    hook ─▶ rung ─▶ timer HELPDESK_SYNC ─▶ read_again ─▶ TicketReader ─▶ HelpdeskService.take_in
                         ▲                      │
                         └─ later ─ it did not answer, or rang meanwhile

The ring is written down before it is answered, so that none is lost; many of one ticket are one. Whatever order they
come in, what is read is how it stands; and what was written there happens here once, by its id there.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from domain.connected_services.helpdesks import SERVICES
from domain.connected_services.ports import CannotOpen
from domain.connected_services.service import ConnectionService
from domain.delivery.errors import PermanentError, TransientError
from domain.helpdesk.model import TicketUpdate
from domain.helpdesk.service import HelpdeskService
from domain.model.connected_services import Service, UnsealedConnection
from domain.model.conversation import Conversation
from domain.model.handoff import DeliveryState, Helpdesk, Ticket
from domain.storage import Storage, Timer, TimerKind, UnitOfWork
from domain.values.ids import AccountId, whole_id
from domain.values.record import replace

_NOT_YET = timedelta(seconds=10)  # the ticket is on its way there
_LATER = timedelta(seconds=30)  # it did not answer, and did not say when it will
_MUCH_LATER = timedelta(minutes=10)  # somebody has to do something first: connect it anew, say
_A_MOMENT = timedelta(milliseconds=1)  # the least that the database tells apart
_UNDER_WAY = (DeliveryState.PENDING, DeliveryState.RETRYING)

logger = logging.getLogger("baton.helpdesk")


class TicketReader(Protocol):
    async def read(self, connection: UnsealedConnection, ticket_external_id: str) -> TicketUpdate | None:
        """How the ticket stands there; None where there is none. Raises PassingFault, PermanentFault."""


class HelpdeskTickets(Protocol):
    async def find(self, account_id: AccountId, helpdesk: Helpdesk, external_id: str) -> str | None:
        """Our id of the ticket that the helpdesk calls so."""


class TicketSync:
    def __init__(
        self,
        *,
        storage: Storage,
        connections: ConnectionService,
        tickets: HelpdeskTickets,
        readers: Mapping[Service, TicketReader],
        helpdesk: HelpdeskService,
    ) -> None:
        self._storage = storage
        self._connections = connections
        self._tickets = tickets
        self._readers = readers
        self._helpdesk = helpdesk

    async def notify(self, account_id: AccountId, helpdesk: Helpdesk, external_id: str, our_id: str | None) -> bool:
        """Something happened to a ticket there. Answers whether it is one of ours: written down then, and read soon."""
        ticket_id = await self._ours(account_id, helpdesk, our_id)
        ticket_id = ticket_id or await self._tickets.find(account_id, helpdesk, external_id)
        if ticket_id is None:
            return False

        async def write(uow: UnitOfWork) -> None:
            waiting = await uow.get(Timer, _timer_id(ticket_id))
            # Never as it was: who reads at this moment sees by it that there is more to read. Nor sooner: what was
            # put off was put off for a reason.
            waits = waiting is not None and waiting.due_at >= uow.now
            due_at = waiting.due_at + _A_MOMENT if waiting and waits else uow.now
            uow.save(Timer(id=_timer_id(ticket_id), kind=TimerKind.HELPDESK_SYNC, subject=ticket_id, due_at=due_at))

        await self._storage.write(account_id, write)
        return True

    async def refresh(self, account_id: AccountId, timer: Timer) -> timedelta | None:
        """What the timer does when it is due. Answers how long the account's helpdesk is to be left alone."""
        ticket = await self._ticket(account_id, timer.subject)
        if ticket is None or (ticket.external_id is None and ticket.delivery not in _UNDER_WAY):
            await self._done(account_id, timer)
        elif ticket.external_id is None:
            await self._put_off(account_id, timer, _NOT_YET)
        else:
            return await self._read(account_id, timer, ticket, ticket.external_id)
        return None

    async def _read(self, account_id: AccountId, timer: Timer, ticket: Ticket, external_id: str) -> timedelta | None:
        service = SERVICES[ticket.helpdesk]
        try:
            connection = await self._connections.open(account_id, service)
        except CannotOpen:
            return await self._put_off(account_id, timer, _MUCH_LATER)
        if connection is None:
            await self._done(account_id, timer)
            return None
        try:
            news = await self._readers[service].read(connection, external_id)
        except TransientError as fault:
            return await self._put_off(account_id, timer, fault.retry_after or _LATER)
        except PermanentError as fault:
            logger.warning("A ticket of account %s in %s cannot be read: %s", account_id, service.spoken, fault.message)
            await self._put_off(account_id, timer, _MUCH_LATER)
            if not fault.credentials:
                return None  # it is about this ticket
            await self._connections.mark_failed(account_id, service, fault.message, version=connection.version)
            return _LATER
        await self._connections.mark_ok(account_id, service, version=connection.version)
        if news is not None:
            await self._helpdesk.take_in(account_id, service, news)
        await self._done(account_id, timer)
        return None

    async def _ours(self, account_id: AccountId, helpdesk: Helpdesk, our_id: str | None) -> str | None:
        ticket = await self._ticket(account_id, our_id) if our_id else None
        return ticket.id if ticket and ticket.helpdesk is helpdesk else None

    async def _ticket(self, account_id: AccountId, ticket_id: str) -> Ticket | None:
        conversation = await self._storage.read(account_id).get(Conversation, whole_id(ticket_id))
        return conversation.find_ticket(ticket_id) if conversation else None

    async def _done(self, account_id: AccountId, timer: Timer) -> None:
        async def delete(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held == timer:  # else it rang meanwhile
                uow.delete(Timer, timer.id)

        await self._storage.write(account_id, delete)

    async def _put_off(self, account_id: AccountId, timer: Timer, wait: timedelta) -> timedelta:
        async def later(uow: UnitOfWork) -> None:
            held = await uow.get(Timer, timer.id)
            if held is not None:
                uow.save(replace(held, due_at=max(held.due_at, uow.now + wait)))

        await self._storage.write(account_id, later)
        return wait


def _timer_id(ticket_id: str) -> str:
    return f"helpdesk-sync:{ticket_id}"

"""Reads a changed helpdesk ticket over the API, for webhooks that only say which ticket changed.

    webhook ─▶ notify ─▶ timer HELPDESK_SYNC ─▶ refresh ─▶ TicketReader ─▶ HelpdeskService.import_update
                              ▲                    │
                              └── try again later ─┘   the helpdesk did not respond, or notified again meanwhile

A notification is stored before the webhook returns, so none is lost; several for one ticket share one timer. The order
of notifications does not matter, since each refresh reads the current state, and each comment is imported once, by its
id in the helpdesk.
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
from domain.values.errors import NewerValue
from domain.values.ids import AccountId, whole_id
from domain.values.record import replace

_NOT_CREATED = timedelta(seconds=10)  # wait while the outbox still creates the ticket
_NO_RESPONSE = timedelta(seconds=30)  # wait if the helpdesk does not say how long
_NEEDS_ACTION = timedelta(minutes=10)  # wait if a person must act first, for example reconnect the helpdesk
_SMALLEST_STEP = timedelta(milliseconds=1)  # the resolution of instants in the database
_BEING_CREATED = (DeliveryState.PENDING, DeliveryState.RETRYING)

logger = logging.getLogger("baton.helpdesk")


class TicketReader(Protocol):
    async def read(self, connection: UnsealedConnection, ticket_external_id: str) -> TicketUpdate | None:
        """Return the current state of a ticket with its comments, or None if the ticket does not exist.

        Raises `TransientError` if another attempt may succeed, `PermanentError` if not.
        """


class HelpdeskTickets(Protocol):
    async def find(self, account_id: AccountId, helpdesk: Helpdesk, external_id: str) -> str | None:
        """Return Baton's id of a ticket, or None. Raises `Unavailable` if the database does not respond."""


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
        """Record that a ticket changed, so that it is read soon. Returns False if it is not one of Baton's.

        Raises `Unavailable` if the database does not respond.
        """
        ticket_id = await self._ours(account_id, helpdesk, our_id)
        ticket_id = ticket_id or await self._tickets.find(account_id, helpdesk, external_id)
        if ticket_id is None:
            return False

        async def write(uow: UnitOfWork) -> None:
            waiting = await uow.get(Timer, _timer_id(ticket_id))
            # The timer must change, so that a refresh that is running sees that it has to read again. It must not
            # become due earlier, because it may have been postponed for a reason.
            postponed = waiting is not None and waiting.due_at >= uow.now
            due_at = waiting.due_at + _SMALLEST_STEP if waiting and postponed else uow.now
            uow.save(Timer(id=_timer_id(ticket_id), kind=TimerKind.HELPDESK_SYNC, subject=ticket_id, due_at=due_at))

        await self._storage.write(account_id, write)
        return True

    async def refresh(self, account_id: AccountId, timer: Timer) -> timedelta | None:
        """Read the timer's ticket and import it. Returns for how long to leave the account's helpdesk alone, or None.

        Raises `Unavailable` if the database does not respond.
        """
        ticket = await self._ticket(account_id, timer.subject)
        if ticket is None or (ticket.external_id is None and ticket.delivery not in _BEING_CREATED):
            await self._finish(account_id, timer)
        elif ticket.external_id is None:
            await self._postpone(account_id, timer, _NOT_CREATED)
        elif ticket.helpdesk.is_unknown:  # a newer build reads it
            await self._postpone(account_id, timer, _NEEDS_ACTION)
        else:
            return await self._refresh(account_id, timer, ticket, ticket.external_id)
        return None

    async def _refresh(self, account_id: AccountId, timer: Timer, ticket: Ticket, external_id: str) -> timedelta | None:
        service = SERVICES[ticket.helpdesk]
        try:
            connection = await self._connections.open(account_id, service)
        except CannotOpen:
            return await self._postpone(account_id, timer, _NEEDS_ACTION)
        if connection is None:
            await self._finish(account_id, timer)
            return None
        try:
            update = await self._readers[service].read(connection, external_id)
        except TransientError as error:
            return await self._postpone(account_id, timer, error.retry_after or _NO_RESPONSE)
        except PermanentError as error:
            # Not the helpdesk's own words, which may quote the ticket.
            reason = error.http_status or "no response to read"
            logger.warning("A ticket of account %s in %s cannot be read: %s", account_id, service.spoken, reason)
            await self._postpone(account_id, timer, _NEEDS_ACTION)
            if not error.credentials:
                return None  # the error is about this ticket only
            await self._connections.mark_failed(account_id, service, error.message, version=connection.version)
            return _NO_RESPONSE
        await self._connections.mark_ok(account_id, service, version=connection.version)
        try:
            if update is not None:
                await self._helpdesk.import_update(account_id, service, update)
        except NewerValue:  # a newer build imports it
            await self._postpone(account_id, timer, _NEEDS_ACTION)
            return None
        await self._finish(account_id, timer)
        return None

    async def _ours(self, account_id: AccountId, helpdesk: Helpdesk, our_id: str | None) -> str | None:
        ticket = await self._ticket(account_id, our_id) if our_id else None
        return ticket.id if ticket and ticket.helpdesk is helpdesk else None

    async def _ticket(self, account_id: AccountId, ticket_id: str) -> Ticket | None:
        conversation = await self._storage.read(account_id).get(Conversation, whole_id(ticket_id))
        return conversation.find_ticket(ticket_id) if conversation and conversation.erased_at is None else None

    async def _finish(self, account_id: AccountId, timer: Timer) -> None:
        async def delete(uow: UnitOfWork) -> None:
            current = await uow.get(Timer, timer.id)
            if current == timer:  # otherwise there was another notification meanwhile
                uow.delete(Timer, timer.id)

        await self._storage.write(account_id, delete)

    async def _postpone(self, account_id: AccountId, timer: Timer, wait: timedelta) -> timedelta:
        async def change(uow: UnitOfWork) -> None:
            current = await uow.get(Timer, timer.id)
            if current is not None:
                uow.save(replace(current, due_at=max(current.due_at, uow.now + wait)))

        await self._storage.write(account_id, change)
        return wait


def _timer_id(ticket_id: str) -> str:
    return f"helpdesk-sync:{ticket_id}"

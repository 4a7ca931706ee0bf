"""The staff who work on tickets, their availability, and tickets that nobody can take."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.account import hours
from domain.model.account import Account, Availability, Staff
from domain.model.handoff import TicketState
from domain.storage import Reader, TicketQuery


def works_on_tickets(staff: Staff) -> bool:
    """Whether tickets can be assigned to a staff member."""
    return staff.works_on_tickets


def is_there(staff: Staff) -> bool:
    """Whether a staff member is ONLINE and works on tickets."""
    return staff.availability is Availability.ONLINE and works_on_tickets(staff)


def somebody_can_take(account: Account, team: Iterable[Staff], now: datetime) -> bool:
    """Whether it is within business hours and somebody who works on tickets is ONLINE."""
    return hours.is_open(account, now) and any(is_there(staff) for staff in team)


async def stranded(reader: Reader, account: Account, now: datetime) -> TicketQuery:
    """Return the query for stranded tickets: those marked by a timer, and those whose timer is late."""
    nobody_can = not somebody_can_take(account, await reader.staff(), now)
    return TicketQuery(
        states=(TicketState.OPEN, TicketState.SNOOZED),
        unassigned=True,
        stranded=True,
        waiting_before=now - account.stranded_after if nobody_can else None,
    )

"""What waits at an instant, over all accounts: figures for whoever runs Baton."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from domain.forwarding.model import ReceiverKind
from domain.model.outbox import Destination
from domain.values.record import Record, field


class OutboxBacklog(Record):
    """The rows to one destination that are the first of their ordering key and not delivered yet."""

    waiting: int = 0
    oldest: float = 0.0  # seconds since the oldest of them was written


class ForwardingBacklog(Record):
    """The receivers of one kind that are not paused."""

    lag: float = 0.0  # seconds since the oldest business event that one of them has not got; 0 if they have all
    failing: int = 0  # receivers whose last attempt failed


class TicketBacklog(Record):
    """The tickets of the inbox without an assignee."""

    waiting: int = 0
    oldest: float = 0.0  # seconds for which the longest-waiting of them has waited
    stranded: int = 0  # of them, those that nobody was available to take for longer than the account allows


class Backlog(Record):
    outbox: Mapping[Destination, OutboxBacklog] = field(default_factory=dict)
    forwarding: Mapping[ReceiverKind, ForwardingBacklog] = field(default_factory=dict)
    tickets: TicketBacklog = field(default_factory=TicketBacklog)
    timers_late: float = 0.0  # seconds since the most overdue timer was due; 0 if none is


class Backlogs(Protocol):
    async def read(self, now: datetime) -> Backlog:
        """Return what waits at `now`, over all accounts; destinations and kinds without any are left out. It reads each
        row that waits. Raises `Unavailable`."""

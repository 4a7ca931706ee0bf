"""When each conversation of the demo's shop starts, and where the tickets of today rest, so that every view of the
inbox has some."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from api.cli.demo.history.chance import Chance
from api.cli.demo.history.starts import starts
from domain.values.record import Record


class Rest(StrEnum):
    """Where a ticket of today rests, for the views of the inbox."""

    WAITING = "WAITING"  # without an assignee
    OWNER = "OWNER"  # with the owner, unread
    OWNER_ANSWERED = "OWNER_ANSWERED"
    COLLEAGUE = "COLLEAGUE"
    SNOOZED = "SNOOZED"


# Minutes before now. Tickets that wait have come in just now: after the stranded time, the doctor would report them.
_TODAY: Sequence[tuple[int, Rest]] = (
    *((minutes, Rest.WAITING) for minutes in (9, 7, 5, 4)),
    *((minutes, Rest.OWNER) for minutes in (55, 140, 380)),
    *((minutes, Rest.OWNER_ANSWERED) for minutes in (200, 1_100)),
    *((minutes, Rest.COLLEAGUE) for minutes in (75, 260, 900)),
    *((minutes, Rest.SNOOZED) for minutes in (600, 1_500, 2_100)),
)


class Plan(Record):
    start: datetime
    rest: Rest | None = None  # of a ticket of today; None: as it is drawn


def plans(chance: Chance, now: datetime, zone: str, days: int) -> list[Plan]:
    """Return the plans of all conversations, the oldest first."""
    today = [Plan(start=now - timedelta(minutes=minutes), rest=rest) for minutes, rest in _TODAY]
    drawn = [Plan(start=start) for start in starts(chance, now, zone, days)]
    return sorted((*drawn, *today), key=lambda plan: plan.start)

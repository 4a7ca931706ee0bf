"""The port of shoppers' activity."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.activity.model import EventCount, EventQuery, Segment
from domain.events import BusinessEvent, EventType
from domain.model.profile import Profile
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice


class Activity(Protocol):
    """Reads business events and segments. All methods raise `Unavailable`."""

    async def events(self, account_id: AccountId, query: EventQuery, page: Slice) -> Page[BusinessEvent]:
        """Return a page of the events that match, the newest first, without those of a type that this build does not
        know. Keys are (instant, id)."""

    async def count_events(self, account_id: AccountId, query: EventQuery) -> int:
        """Return the number of events that match and are of a type that this build knows."""

    async def event_counts(self, account_id: AccountId) -> dict[EventType, EventCount]:
        """Return the counts of all events by type. Types without an event are missing."""

    async def segment(self, account_id: AccountId, segment: Segment, now: datetime, page: Slice) -> Page[Profile]:
        """Return a page of the shoppers in the segment at `now`, in the order of their ids. Keys are (id,)."""

    async def count_segment(self, account_id: AccountId, segment: Segment, now: datetime) -> int:
        """Return the number of shoppers in the segment at `now`."""

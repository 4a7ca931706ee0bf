"""What is asked of the outside about shoppers' activity."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.activity.model import EventQuery, EventTally, Segment
from domain.events import BusinessEvent, EventType
from domain.model.profile import Profile
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice


class Activity(Protocol):
    async def events(self, account_id: AccountId, query: EventQuery, page: Slice) -> Page[BusinessEvent]:
        """The newest first; keys are (when it came true, id)."""

    async def count_events(self, account_id: AccountId, query: EventQuery) -> int: ...

    async def tallies(self, account_id: AccountId) -> dict[EventType, EventTally]:
        """By type; those that never happened are left out."""

    async def segment(self, account_id: AccountId, segment: Segment, now: datetime, page: Slice) -> Page[Profile]:
        """In the order in which the profiles came to be; keys are (id,)."""

    async def count_segment(self, account_id: AccountId, segment: Segment, now: datetime) -> int: ...

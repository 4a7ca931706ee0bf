"""What reports need: an account at one instant. All that is read of it there agrees, whatever is written meanwhile."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.commerce.commands import Credited
from domain.doctor import IntegrityCheck
from domain.metrics.model import MetricsQuery, Totals
from domain.model.account import Account
from domain.storage import ConversationQuery, ConversationSource
from domain.values.ids import AccountId
from domain.values.paging import Page, Slice


class Breakdown(StrEnum):
    """What of a tally is wanted; the rest of it may be missing."""

    COUNTS = "COUNTS"  # statuses and channels
    TAGS = "TAGS"
    SKILLS = "SKILLS"
    SALES = "SALES"


class Snapshot(ConversationSource, Protocol):
    """An account at one instant, for the length of one answer."""

    account: Account
    reaches_back_to: datetime  # the earliest instant that `Moments.at` can answer

    async def last_change(self) -> datetime:
        """When a conversation changed last; where none has since what was is kept, `reaches_back_to`."""

    async def tally(self, question: MetricsQuery, part: Breakdown) -> Totals: ...

    async def sales(self, query: ConversationQuery, page: Slice) -> Page[Credited]:
        """Of the conversations that fit, the youngest conversation's first; keys are `listing.sale_place`."""


class CounterMaintenance(IntegrityCheck, Protocol):
    """Numbers that are kept are numbers that can be wrong: what makes them, checks them, and puts them right."""

    async def catch_up(self) -> int:
        """Make what is missing: after an upgrade, after a change of the time zone. Answers of how many accounts."""


class HistoryRetention(Protocol):
    async def forget(self, older_than: datetime) -> int:
        """Let go of what was up to an instant; answers how many states went."""


class Snapshots(Protocol):
    async def at(self, account_id: AccountId, as_of: datetime | None = None) -> Snapshot:
        """As it is now, or as it stood at an instant of the past.

        Raises NotFound without such an account, Invalid for the future, and for what is further back than is kept.
        """

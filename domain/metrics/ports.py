"""The ports of reports: an account at one instant, and the counters behind the numbers."""

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
    """The part of `Totals` that a caller needs; the other parts may be missing."""

    COUNTS = "COUNTS"  # statuses and channels
    TAGS = "TAGS"
    SKILLS = "SKILLS"
    SALES = "SALES"


class Snapshot(ConversationSource, Protocol):
    """An account at one instant. Everything read through it agrees, whatever is written meanwhile.

    It is good for one response: the database keeps a snapshot for some minutes.
    """

    account: Account
    reaches_back_to: datetime  # the earliest instant that `Snapshots.at` accepts

    async def last_change(self) -> datetime:
        """Return when a conversation changed last, or `reaches_back_to` where none has changed since.

        Raises `Unavailable`.
        """

    async def totals(self, query: MetricsQuery, breakdown: Breakdown) -> Totals:
        """Return the totals of the conversations that the query admits, at least of the breakdown.

        Raises `Unavailable`.
        """

    async def sales(self, query: ConversationQuery, page: Slice) -> Page[Credited]:
        """Return a page of the sales of the conversations that match, those of the latest started first.

        Keys are `listing.sale_place`. Raises `Unavailable`.
        """


class CounterMaintenance(IntegrityCheck, Protocol):
    """Makes, checks and repairs the counters."""

    async def catch_up(self) -> int:
        """Make the counters that are missing after an upgrade or a change of the time zone.

        Returns the number of accounts whose counters were made. Raises `Unavailable`.
        """


class HistoryRetention(Protocol):
    """Bounds the history of conversations, whose rows are deleted with the events of the log."""

    async def begin_at(self, earliest: datetime) -> int:
        """Refuse questions about earlier instants from now on, so that what was replaced up to then can be deleted.

        Returns the number of accounts whose history began earlier. Raises `Unavailable`.
        """


class Snapshots(Protocol):
    """Opens snapshots."""

    async def at(self, account_id: AccountId, as_of: datetime | None = None) -> Snapshot:
        """Return the account as it is now, or as it stood at an instant of the past.

        Raises `NotFound` if there is no such account, `Invalid` if the instant is in the future or before the earliest
        one that is kept, and `Unavailable`.
        """

    def forget(self, account_id: AccountId) -> None:
        """Drop the words of searches that are remembered of an account: a shopper was erased. Raises nothing."""

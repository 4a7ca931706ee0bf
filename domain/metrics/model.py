"""The facts of a conversation that metrics count, and the totals of many conversations.

The facts of a conversation are a pure function of it, and of nothing that a report asks: no range and no filter can
move a conversation into another class. Totals add facts up day by day, so that every number, and every point of a
series, is a sum of the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from domain.model.conversation import Conversation, ConversationStatus
from domain.values.calendar import DayRange
from domain.values.channel import Channel
from domain.values.money import Money
from domain.values.record import Record

K = TypeVar("K")


class Sold(Record, kw_only=False):
    """The sales in one currency, after refunds, and the number of their orders."""

    currency: str
    amount: Decimal
    orders: int


class ReportingFacts(Record):
    """The attributes of a conversation that metrics aggregate."""

    started_at: datetime
    channel: Channel
    status: ConversationStatus
    tags: tuple[str, ...]  # sorted, each once
    skill: str | None  # the last one that the agent named
    sold: tuple[Sold, ...] = ()  # one a currency, ordered by its code


def reporting_facts_of(conversation: Conversation) -> ReportingFacts:
    return ReportingFacts(
        started_at=conversation.started_at,
        channel=conversation.channel,
        status=conversation.status,
        tags=tuple(sorted(set(conversation.tags))),
        skill=conversation.final_skill,
        sold=sold_in(sale.amount for sale in conversation.sales),
    )


def sold_in(amounts: Iterable[Money]) -> tuple[Sold, ...]:
    """Return the sales by currency, counting each amount as one order."""
    by_currency: dict[str, list[Decimal]] = {}
    for money in amounts:
        by_currency.setdefault(money.currency, []).append(money.amount)
    return tuple(
        Sold(currency, sum(prices, Decimal(0)), len(prices)) for currency, prices in sorted(by_currency.items())
    )


class MetricsQuery(Record):
    """The conversations to count: those started on one of the days, on one of the channels, with one of the tags."""

    days: DayRange | None  # None: at any time; the totals then have one position for all days
    channels: frozenset[Channel] = frozenset()  # empty: all
    tags: frozenset[str] = frozenset()  # empty: all

    @property
    def length(self) -> int:
        """The number of positions of the totals: one a day."""
        return 1 if self.days is None else self.days.length

    def admits(self, channel: Channel, tags: Iterable[str]) -> bool:
        """Return whether a conversation on the channel with these tags is counted."""
        return (not self.channels or channel in self.channels) and (not self.tags or not self.tags.isdisjoint(tags))


@dataclass(slots=True)
class Sales:
    amount: Decimal = Decimal(0)
    orders: int = 0


@dataclass(slots=True)
class Totals:
    """Counts by day, in the order of the query's days. A key without conversations is missing, or has zeros."""

    length: int
    statuses: dict[ConversationStatus, list[int]] = field(default_factory=dict)
    channels: dict[Channel, list[int]] = field(default_factory=dict)
    tags: dict[str, list[int]] = field(default_factory=dict)
    untagged: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)  # with an overflow tag: one that has no series of its own
    skills: dict[str | None, dict[ConversationStatus, int]] = field(default_factory=dict)
    sales: dict[str, Sales] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.untagged = self.untagged or [0] * self.length
        self.others = self.others or [0] * self.length

    def add(
        self, facts: ReportingFacts, counts: Sequence[tuple[int, int]], *, overflow: frozenset[str] = frozenset()
    ) -> None:
        """Add conversations that have these facts: (index of the day, number) each.

        `overflow` are the tags that have no series of their own; they are counted in `others`.
        """
        rows = [_row(self.statuses, facts.status, self.length), _row(self.channels, facts.channel, self.length)]
        rows += [_row(self.tags, tag, self.length) for tag in facts.tags if tag not in overflow]
        rows += [] if facts.tags else [self.untagged]
        rows += [] if overflow.isdisjoint(facts.tags) else [self.others]
        total = 0
        for day, count in counts:
            total += count
            for row in rows:
                row[day] += count
        outcomes = self.skills.setdefault(facts.skill, {})
        outcomes[facts.status] = outcomes.get(facts.status, 0) + total

    def add_sold(self, sold: Iterable[Sold], sign: int = 1) -> None:
        """Add the sales to those of their currencies; a sign of -1 takes them away."""
        for each in sold:
            sales = self.sales.setdefault(each.currency, Sales())
            sales.amount += each.amount * sign
            sales.orders += each.orders * sign


def _row(rows: dict[K, list[int]], key: K, length: int) -> list[int]:
    found = rows.get(key)
    if found is None:
        found = rows[key] = [0] * length
    return found

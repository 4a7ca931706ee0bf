"""What a conversation counts as, and the numbers that many of them make.

A conversation's standing is a pure function of it, and of nothing that is asked: no range and no filter can move it
into another class. A tally is what standings add up to, day by day, so that every number, and every series, is a sum of
the same things.
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
    """What was sold in one currency, after refunds, and in how many orders."""

    currency: str
    amount: Decimal
    orders: int


class ReportingFacts(Record):
    """All of a conversation that is counted."""

    started_at: datetime
    channel: Channel
    status: ConversationStatus
    tags: tuple[str, ...]  # sorted, each once
    skill: str | None  # the last that the agent named
    sold: tuple[Sold, ...] = ()  # by currency


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
    """One order each."""
    by_currency: dict[str, list[Decimal]] = {}
    for money in amounts:
        by_currency.setdefault(money.currency, []).append(money.amount)
    return tuple(
        Sold(currency, sum(prices, Decimal(0)), len(prices)) for currency, prices in sorted(by_currency.items())
    )


class MetricsQuery(Record):
    """Which conversations are counted: started on one of the days, on one of the channels, with one of the tags."""

    days: DayRange | None  # None: whenever; the tally then has one place for all days
    channels: frozenset[Channel] = frozenset()  # none: all
    tags: frozenset[str] = frozenset()  # none: all

    @property
    def length(self) -> int:
        return 1 if self.days is None else self.days.length

    def admits(self, channel: Channel, tags: Iterable[str]) -> bool:
        return (not self.channels or channel in self.channels) and (not self.tags or not self.tags.isdisjoint(tags))


@dataclass(slots=True)
class Sales:
    amount: Decimal = Decimal(0)
    orders: int = 0


@dataclass(slots=True)
class Totals:
    """Counts by day, in the order of the days asked for. Where nothing is counted there is no entry, or zeros."""

    length: int
    statuses: dict[ConversationStatus, list[int]] = field(default_factory=dict)
    channels: dict[Channel, list[int]] = field(default_factory=dict)
    tags: dict[str, list[int]] = field(default_factory=dict)
    untagged: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)  # with a tag that is not counted by itself, each once
    skills: dict[str | None, dict[ConversationStatus, int]] = field(default_factory=dict)
    sales: dict[str, Sales] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.untagged = self.untagged or [0] * self.length
        self.others = self.others or [0] * self.length

    def add(
        self, standing: ReportingFacts, counts: Sequence[tuple[int, int]], *, rare: frozenset[str] = frozenset()
    ) -> None:
        """Conversations that stand so: (place of the day, how many) each. `rare` are tags without a series."""
        rows = [_row(self.statuses, standing.status, self.length), _row(self.channels, standing.channel, self.length)]
        rows += [_row(self.tags, tag, self.length) for tag in standing.tags if tag not in rare]
        rows += [] if standing.tags else [self.untagged]
        rows += [] if rare.isdisjoint(standing.tags) else [self.others]
        total = 0
        for day, count in counts:
            total += count
            for row in rows:
                row[day] += count
        of_skill = self.skills.setdefault(standing.skill, {})
        of_skill[standing.status] = of_skill.get(standing.status, 0) + total

    def add_sold(self, sold: Iterable[Sold], sign: int = 1) -> None:
        for part in sold:
            sales = self.sales.setdefault(part.currency, Sales())
            sales.amount += part.amount * sign
            sales.orders += part.orders * sign


def _row(rows: dict[K, list[int]], key: K, length: int) -> list[int]:
    found = rows.get(key)
    if found is None:
        found = rows[key] = [0] * length
    return found

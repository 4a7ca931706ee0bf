"""A report in the graph. Each field asks the same snapshot, so that all numbers and lists of an answer agree."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, Self

import strawberry

from domain.metrics.model import MetricsQuery, Sales, Totals
from domain.metrics.ports import Breakdown, Snapshot
from domain.model.conversation import ConversationStatus
from domain.principal import Permission
from domain.storage import ConversationQuery
from domain.values.calendar import instants_of
from domain.values.money import Money as Amount
from domain.values.record import replace
from resolvers.arguments import After, First
from resolvers.commerce.page import AttributedSaleConnection, sale_listing
from resolvers.context import Info
from resolvers.conversation.page import ConversationConnection, conversation_connection, conversation_listing
from resolvers.metrics.enums import MetricsGroup
from resolvers.metrics.series import MOST_SERIES, PARTS, Series, series_of
from resolvers.money import Money

_PAGE = "A page has 25 unless asked otherwise, at most 100."


@strawberry.type(description="The days that a report is about, both included.")
class DateRange:
    start: date = strawberry.field(description="The first day.")
    end: date = strawberry.field(description="The last day.")
    time_zone: str = strawberry.field(description="IANA name of the account's time zone, whose days they are.")


@strawberry.type(
    description="How many conversations, and which: `count` and the list come from one predicate and one instant, so "
    "`conversations.totalCount` is `count`."
)
class Outcome:
    snapshot: strawberry.Private[Snapshot]
    query: strawberry.Private[ConversationQuery]
    count: int = strawberry.field(description="Conversations.")
    rate: float | None = strawberry.field(description="Share of the volume, 0 to 1; null where the volume is 0.")

    @strawberry.field(
        description=f"Which, the last started first. {_PAGE} Takes a credential that may read conversations."
    )
    async def conversations(self, info: Info, first: First = None, after: After = None) -> ConversationConnection:
        info.context.principal.require(Permission.READ_CONVERSATIONS)
        listing = conversation_listing(info.context, self.query)
        page = listing.slice(first, after)
        return await conversation_connection(info, self.query, listing, page, source=self.snapshot)


@strawberry.type(description="The conversations of one skill, and what became of them.")
class SkillOutcome:
    skill: str | None = strawberry.field(
        description="The last skill that the agent named; null for conversations without."
    )
    count: int = strawberry.field(description="Conversations.")
    resolved_by_ai: int = strawberry.field(description="Of them, resolved by AI.")
    not_resolved_by_ai: int = strawberry.field(description="Of them, handed over.")
    open: int = strawberry.field(description="Of them, still going on.")
    closed: int = strawberry.field(description="Of them, closed with the shopper having had the last word.")
    resolution_rate: float | None = strawberry.field(description="`resolvedByAi` in `count`, 0 to 1; null of none.")


@strawberry.type(
    description="A report about the conversations that started on some days. All of it is of one instant: the counts "
    "of the four outcomes add up to `totalVolume`, and the points of each series to its total."
)
class Metrics:
    snapshot: strawberry.Private[Snapshot]
    query: strawberry.Private[MetricsQuery]
    instant: strawberry.Private[datetime | None]
    range: DateRange = strawberry.field(description="The days.")
    total_volume: Outcome = strawberry.field(description="All conversations.")
    resolved_by_ai: Outcome = strawberry.field(
        description="Resolved by AI: closed, the agent had the last word, and no handoff was triggered."
    )
    not_resolved_by_ai: Outcome = strawberry.field(description="Not resolved by AI: a handoff was triggered.")
    open: Outcome = strawberry.field(description="Still going on with the agent, or waiting for the shopper.")
    closed: Outcome = strawberry.field(description="Closed without a handoff, the shopper having had the last word.")

    @classmethod
    async def of(cls, snapshot: Snapshot, query: MetricsQuery, instant: datetime | None) -> Self:
        days = query.days
        assert days is not None, "a report is about some days"
        counts = _by_status(await snapshot.totals(query, Breakdown.COUNTS))
        outcome = partial(_outcome, snapshot, _query(snapshot, query), counts)
        return cls(
            snapshot=snapshot,
            query=query,
            instant=instant,
            range=DateRange(start=days.start, end=days.end, time_zone=snapshot.account.time_zone),
            total_volume=outcome(None),
            resolved_by_ai=outcome(ConversationStatus.RESOLVED_BY_AI),
            not_resolved_by_ai=outcome(ConversationStatus.NOT_RESOLVED_BY_AI),
            open=outcome(ConversationStatus.OPEN),
            closed=outcome(ConversationStatus.CLOSED),
        )

    @strawberry.field(
        description="The instant as of which the numbers stand: `asOf`, or when the last conversation changed. Given "
        "as `asOf`, it answers the same again, as long as what was is kept."
    )
    async def as_of(self) -> datetime:
        return self.instant or await self.snapshot.last_change()

    @strawberry.field(description="The earliest instant that `asOf` can be, as long as what was is kept.")
    def reaches_back_to(self) -> datetime:
        return self.snapshot.reaches_back_to

    @strawberry.field(description="The same about as many days, up to the day before: to compare with.")
    async def previous(self) -> Self:
        days = self.query.days
        assert days is not None, "a report is about some days"
        return await self.of(self.snapshot, replace(self.query, days=days.previous), self.instant)

    @strawberry.field(
        description="What the conversations are credited with, after refunds: one amount a currency, in the order of "
        "their codes. `sales` explains each."
    )
    async def ai_generated_sales(self) -> list[Money]:
        sold = await self._sold()
        return [_money(part.amount, currency) for currency, part in sold]

    @strawberry.field(description="The amounts of `aiGeneratedSales` by the orders that they are of.")
    async def average_order_value(self) -> list[Money]:
        sold = await self._sold()
        return [_money(part.amount / part.orders, currency) for currency, part in sold]

    @strawberry.field(
        description="The orders that the conversations are credited with, those of the last started first. "
        f"{_PAGE} Takes a credential that may read conversations."
    )
    async def sales(self, info: Info, first: First = None, after: After = None) -> AttributedSaleConnection:
        info.context.principal.require(Permission.READ_CONVERSATIONS)
        listing = sale_listing(info.context)
        page = await self.snapshot.sales(_query(self.snapshot, self.query), listing.slice(first, after))
        return AttributedSaleConnection(
            total_count=sum(part.orders for _, part in await self._sold()), **listing.parts(page)
        )

    @strawberry.field(
        description="Conversations by the day on which they started: one series a channel, a status or a tag. By tag, "
        "the largest first, then those without; an account's tags beyond the first 5,000 stand together as \"Other "
        f'tags" (a filter by tag counts each exactly). At most {MOST_SERIES:,} series, and 250,000 points.'
    )
    async def series(
        self,
        group_by: Annotated[MetricsGroup, strawberry.argument(description="One series for each of what.")],
        top: Annotated[
            int | None,
            strawberry.argument(description=f"The largest so many, 1 to {MOST_SERIES:,}; left out: all."),
        ] = None,
    ) -> list[Series]:
        totals = await self.snapshot.totals(self.query, PARTS[group_by])
        return series_of(totals, self.query, group_by, top)

    @strawberry.field(description="Volume and resolution by skill, the largest first.")
    async def skills(self) -> list[SkillOutcome]:
        totals = await self.snapshot.totals(self.query, Breakdown.SKILLS)
        outcomes = [_skill_outcome(skill, counts) for skill, counts in totals.skills.items() if any(counts.values())]
        return sorted(outcomes, key=lambda outcome: (-outcome.count, outcome.skill is None, outcome.skill))

    async def _sold(self) -> list[tuple[str, Sales]]:
        totals = await self.snapshot.totals(self.query, Breakdown.SALES)
        return [(currency, part) for currency, part in sorted(totals.sales.items()) if part.orders]


def _outcome(
    snapshot: Snapshot,
    query: ConversationQuery,
    counts: Mapping[ConversationStatus, int],
    status: ConversationStatus | None,
) -> Outcome:
    volume = sum(counts.values())
    count = volume if status is None else counts.get(status, 0)
    among = query if status is None else replace(query, statuses=(status,))
    return Outcome(snapshot=snapshot, query=among, count=count, rate=count / volume if volume else None)


def _query(snapshot: Snapshot, query: MetricsQuery) -> ConversationQuery:
    assert query.days is not None, "a report is about some days"
    started_from, started_before = instants_of(query.days, snapshot.account.time_zone)
    return ConversationQuery(
        channels=tuple(sorted(query.channels)),
        tags=tuple(sorted(query.tags)),
        started_from=started_from,
        started_before=started_before,
    )


def _by_status(totals: Totals) -> dict[ConversationStatus, int]:
    return {status: sum(row) for status, row in totals.statuses.items()}


def _money(amount: object, currency: str) -> Money:
    rounded = Amount(amount=amount, currency=currency).in_minor_units()  # type: ignore[arg-type]
    return Money(amount=rounded.amount, currency=rounded.currency)


def _skill_outcome(skill: str | None, counts: dict[ConversationStatus, int]) -> SkillOutcome:
    count, resolved = sum(counts.values()), counts.get(ConversationStatus.RESOLVED_BY_AI, 0)
    return SkillOutcome(
        skill=skill,
        count=count,
        resolved_by_ai=resolved,
        not_resolved_by_ai=counts.get(ConversationStatus.NOT_RESOLVED_BY_AI, 0),
        open=counts.get(ConversationStatus.OPEN, 0),
        closed=counts.get(ConversationStatus.CLOSED, 0),
        resolution_rate=resolved / count if count else None,
    )

"""GraphQL types of a report. All fields read the same snapshot, so that numbers and lists agree."""

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
from resolvers.metrics.series import PARTS, Series, series_of
from resolvers.money import Money

_PAGE = "A page has 25 unless asked otherwise, at most 100."


@strawberry.type(description="The range of days of a report. Both ends are included.")
class DateRange:
    start: date = strawberry.field(description="The first day of the range.")
    end: date = strawberry.field(description="The last day of the range.")
    time_zone: str = strawberry.field(description="The IANA name of the account's time zone, which defines the days.")


@strawberry.type(
    description="The conversations with one outcome: their number, and the list of them. Number and list are of "
    "the same instant, so `conversations.totalCount` equals `count`."
)
class Outcome:
    snapshot: strawberry.Private[Snapshot]
    query: strawberry.Private[ConversationQuery]
    count: int = strawberry.field(description="The number of conversations.")
    rate: float | None = strawberry.field(
        description="The share of the volume, from 0 to 1. `null` if the volume is 0."
    )

    @strawberry.field(
        description="The conversations, the latest start first. Requires permission to read conversations."
    )
    async def conversations(self, info: Info, first: First = None, after: After = None) -> ConversationConnection:
        info.context.principal.require(Permission.READ_CONVERSATIONS)
        listing = conversation_listing(info.context, self.query)
        page = listing.slice(first, after)
        return await conversation_connection(info, self.query, listing, page, source=self.snapshot)


@strawberry.type(description="The outcomes of the conversations of one skill.")
class SkillOutcome:
    skill: str | None = strawberry.field(
        description="The last skill that the agent named. `null` for conversations without a skill."
    )
    count: int = strawberry.field(description="The number of conversations.")
    resolved_by_ai: int = strawberry.field(description="The number of conversations with the status RESOLVED_BY_AI.")
    not_resolved_by_ai: int = strawberry.field(
        description="The number of conversations with the status NOT_RESOLVED_BY_AI."
    )
    open: int = strawberry.field(description="The number of conversations with the status OPEN.")
    closed: int = strawberry.field(description="The number of conversations with the status CLOSED.")
    resolution_rate: float | None = strawberry.field(
        description="The quotient of `resolvedByAi` and `count`, from 0 to 1. `null` if `count` is 0."
    )


@strawberry.type(
    description="A report about the conversations that started in a range of days. All numbers are of one "
    "instant: the counts of the four outcomes add up to `totalVolume`, and the points of each series "
    "to its total."
)
class Metrics:
    snapshot: strawberry.Private[Snapshot]
    query: strawberry.Private[MetricsQuery]
    instant: strawberry.Private[datetime | None]
    range: DateRange = strawberry.field(description="The range of days of the report.")
    total_volume: Outcome = strawberry.field(description="All conversations of the range.")
    resolved_by_ai: Outcome = strawberry.field(
        description="The conversations that were closed with the agent's last word and without a handoff."
    )
    not_resolved_by_ai: Outcome = strawberry.field(description="The conversations in which a handoff was triggered.")
    open: Outcome = strawberry.field(
        description="The conversations that continue with the agent, or wait for the shopper."
    )
    closed: Outcome = strawberry.field(
        description="The conversations that were closed without a handoff, with the shopper's last word."
    )

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
        description="The instant of the report: the argument `asOf`, or the time of the latest change of a "
        "conversation. The same `asOf` returns the same report again, as long as history is kept."
    )
    async def as_of(self) -> datetime:
        return self.instant or await self.snapshot.last_change()

    @strawberry.field(description="The earliest instant that `asOf` can have.")
    def reaches_back_to(self) -> datetime:
        return self.snapshot.reaches_back_to

    @strawberry.field(
        description="The report about the same number of days directly before this range, for comparison."
    )
    async def previous(self) -> Self:
        days = self.query.days
        assert days is not None, "a report is about some days"
        return await self.of(self.snapshot, replace(self.query, days=days.previous), self.instant)

    @strawberry.field(
        description="The amounts that the conversations are credited with, after refunds: one for each currency, "
        "sorted by its code. `sales` lists the orders."
    )
    async def ai_generated_sales(self) -> list[Money]:
        sold = await self._sold()
        return [_money(part.amount, currency) for currency, part in sold]

    @strawberry.field(description="The amounts of `aiGeneratedSales` divided by the number of their orders.")
    async def average_order_value(self) -> list[Money]:
        sold = await self._sold()
        return [_money(part.amount / part.orders, currency) for currency, part in sold]

    @strawberry.field(
        description="The orders that the conversations are credited with, those of the latest start first. Requires "
        "permission to read conversations."
    )
    async def sales(self, info: Info, first: First = None, after: After = None) -> AttributedSaleConnection:
        info.context.principal.require(Permission.READ_CONVERSATIONS)
        listing = sale_listing(info.context)
        page = await self.snapshot.sales(_query(self.snapshot, self.query), listing.slice(first, after))
        return AttributedSaleConnection(
            total_count=sum(part.orders for _, part in await self._sold()), **listing.parts(page)
        )

    @strawberry.field(
        description="The number of conversations by the day on which they started, for each channel, status or tag. "
        "Tags are sorted by their totals, with conversations without a tag last. Tags beyond the "
        "account's first 5,000 are combined as `Other tags`; a filter by tag counts each of them "
        "exactly. At most 1,000 series and 250,000 points."
    )
    async def series(
        self,
        group_by: Annotated[
            MetricsGroup, strawberry.argument(description="The attribute by which the report is divided.")
        ],
        top: Annotated[
            int | None,
            strawberry.argument(
                description="The number of series with the largest totals to return, from 1 to 1,000. Omit it "
                "to get all."
            ),
        ] = None,
    ) -> list[Series]:
        totals = await self.snapshot.totals(self.query, PARTS[group_by])
        return series_of(totals, self.query, group_by, top)

    @strawberry.field(description="The outcomes of each skill, the skill with the most conversations first.")
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

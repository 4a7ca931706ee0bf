"""The queries and subscriptions of reports."""

from collections.abc import AsyncIterable

import strawberry

from resolvers.context import Info
from resolvers.metrics.queries import Range, Which, metrics
from resolvers.metrics.subscription import follow_metrics
from resolvers.metrics.types import Metrics


@strawberry.type
class MetricsQueries:
    metrics: Metrics | None = strawberry.field(
        resolver=metrics,
        description="A report about the conversations that started on some days: volume, outcomes, sales, series, and "
        "the lists behind them.",
    )


@strawberry.type
class MetricsSubscriptions:
    @strawberry.subscription(
        description="A report, whole: as it stands, and again whenever it has changed, at most once a second. It has "
        "no cursor: subscribed again, it begins with how it stands then. Days by name move on at midnight."
    )
    async def metrics(self, info: Info, range: Range, filter: Which = None) -> AsyncIterable[Metrics]:
        return await follow_metrics(info, range, filter)

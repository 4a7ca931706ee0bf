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
        description="A report about the conversations that started in a range of days: volume, outcomes, sales, "
        "series, and the lists behind the numbers. Requires permission to read metrics.",
    )


@strawberry.type
class MetricsSubscriptions:
    @strawberry.subscription(
        description="A live report: the whole report at first, and again when it has changed, at most once a second. "
        "It has no cursor; after a reconnect it starts with the present report. Presets move on at "
        "midnight. Requires permission to read metrics."
    )
    async def metrics(self, info: Info, range: Range, filter: Which = None) -> AsyncIterable[Metrics]:
        return await follow_metrics(info, range, filter)

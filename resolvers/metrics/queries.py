"""The resolver of `metrics`."""

from typing import Annotated

import strawberry

from domain.principal import Permission
from resolvers.arguments import AsOf
from resolvers.context import Info
from resolvers.date_range import DateRangeInput
from resolvers.metrics.inputs import MetricsFilter, metrics_query_of
from resolvers.metrics.types import Metrics

Range = Annotated[DateRangeInput, strawberry.argument(description="The days on which the conversations started.")]
Which = Annotated[
    MetricsFilter | None,
    strawberry.argument(description="Count only conversations that match this filter. Omit it to count all."),
]


async def metrics(info: Info, range: Range, filter: Which = None, as_of: AsOf = None) -> Metrics | None:
    context = info.context
    context.principal.require(Permission.READ_METRICS)
    snapshot = await context.snapshots.load(as_of)
    query = metrics_query_of(context, snapshot.account, range, filter)
    return await Metrics.of(snapshot, query, as_of)

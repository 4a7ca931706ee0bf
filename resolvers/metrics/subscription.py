"""The live report."""

from datetime import datetime

from domain.principal import Permission
from domain.values.calendar import end_of
from resolvers.context import Info
from resolvers.date_range import DateRangeInput
from resolvers.metrics.inputs import MetricsFilter, metrics_query_of
from resolvers.metrics.types import Metrics
from resolvers.subscriptions import LiveQuery


async def follow_metrics(info: Info, range: DateRangeInput, filter: MetricsFilter | None) -> LiveQuery:
    """Raises `Forbidden`, and `Invalid` if the report cannot be made."""
    context = info.context
    context.principal.require(Permission.READ_METRICS)
    clock, account_id = context.services.clock, context.principal.account_id
    zone = "UTC"

    async def read() -> Metrics:
        nonlocal zone
        snapshot = await context.services.snapshots.at(account_id)
        zone = snapshot.account.time_zone
        return await Metrics.of(snapshot, metrics_query_of(context, snapshot.account, range, filter), None)

    def good_for() -> float | None:
        """Return the seconds to midnight, when a preset moves on; `None` for fixed days."""
        return None if range.preset is None else _left(clock.now(), zone)

    await read()
    return LiveQuery(read=read, good_for=good_for)


def _left(now: datetime, zone: str) -> float:
    return max(0.0, (end_of(now, zone) - now).total_seconds())

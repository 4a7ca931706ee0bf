"""The live report."""

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
    zone, began = "UTC", clock.now()

    async def read() -> Metrics:
        nonlocal zone, began
        began = clock.now()
        snapshot = await context.services.snapshots.at(account_id)
        zone = snapshot.account.time_zone
        return await Metrics.of(snapshot, metrics_query_of(context, snapshot.account, range, filter), None)

    def good_for() -> float | None:
        """Return the seconds to the midnight after the read began, when a preset moves on; `None` for fixed days. What
        was read over midnight may be of the day before, so it is good for no time."""
        return None if range.preset is None else max(0.0, (end_of(began, zone) - clock.now()).total_seconds())

    await read()
    return LiveQuery(read=read, good_for=good_for)

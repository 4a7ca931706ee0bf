"""The filter of a report."""

import strawberry

from domain.metrics.model import MetricsQuery
from domain.model.account import Account
from domain.values.errors import Invalid
from resolvers.context import Context
from resolvers.date_range import DateRangeInput, days_of
from resolvers.enums import Channel

_MOST_VALUES = 100  # of one list in a filter


@strawberry.input(
    description="Conditions for the conversations of a report. A conversation is counted if it fulfils all "
    "conditions that are set."
)
class MetricsFilter:
    channel: list[Channel] | None = strawberry.field(
        default=None, description="The channel is one of these, from 1 to 100 values."
    )
    tag: list[str] | None = strawberry.field(
        default=None,
        description="At least one of these tags is assigned, from 1 to 100 values. Each conversation counts once.",
    )


def metrics_query_of(
    context: Context, account: Account, given: DateRangeInput, filter_by: MetricsFilter | None
) -> MetricsQuery:
    """Raises `Invalid` with the field of the wrong value."""
    chosen = filter_by or MetricsFilter()
    for name, values in (("channel", chosen.channel), ("tag", chosen.tag)):
        if values is not None and not 1 <= len(values) <= _MOST_VALUES:
            raise Invalid(
                f"`{name}` must have 1 to {_MOST_VALUES} values. Omit it to match all.", field=("filter", name)
            )
    return MetricsQuery(
        days=days_of(given, account, context.services.clock.now(), field="range"),
        channels=frozenset(chosen.channel or ()),
        tags=frozenset(chosen.tag or ()),
    )

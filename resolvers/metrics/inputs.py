"""Which conversations a report is about."""

import strawberry

from domain.metrics.model import MetricsQuery
from domain.model.account import Account
from domain.values.errors import Invalid
from resolvers.context import Context
from resolvers.date_range import DateRangeInput, days_of
from resolvers.enums import Channel

_MOST_VALUES = 100  # in one list of a filter


@strawberry.input(description="Which conversations are counted: those that fit all that is given.")
class MetricsFilter:
    channel: list[Channel] | None = strawberry.field(default=None, description="On one of these.")
    tag: list[str] | None = strawberry.field(
        default=None, description="With at least one of these tags; each conversation counts once."
    )


def metrics_query_of(
    context: Context, account: Account, given: DateRangeInput, filter_by: MetricsFilter | None
) -> MetricsQuery:
    """Raises Invalid with the field of what cannot be used."""
    chosen = filter_by or MetricsFilter()
    for name, values in (("channel", chosen.channel), ("tag", chosen.tag)):
        if values is not None and not 1 <= len(values) <= _MOST_VALUES:
            raise Invalid(f"Give 1 to {_MOST_VALUES} values, or leave it out.", field=("filter", name))
    return MetricsQuery(
        days=days_of(given, account, context.services.clock.now(), field="range"),
        channels=frozenset(chosen.channel or ()),
        tags=frozenset(chosen.tag or ()),
    )

"""The filter of a list of tickets."""

import strawberry

from domain.storage import TicketQuery
from domain.values.errors import Invalid
from domain.values.ids import StaffId
from domain.values.record import replace
from resolvers.enums import Channel
from resolvers.relay.global_ids import key_of

_MOST_VALUES = 100  # of one list in a filter


@strawberry.input(description="Conditions for tickets. A ticket matches if it fulfils all conditions that are set.")
class TicketFilter:
    channel: list[Channel] | None = strawberry.field(
        default=None, description="The channel of the conversation is one of these, from 1 to 100 values."
    )
    tag: list[str] | None = strawberry.field(
        default=None, description="The conversation has at least one of these tags, from 1 to 100 values."
    )
    assignee_id: strawberry.ID | None = strawberry.field(
        default=None, description="The ID of the member of staff who has the ticket."
    )
    unread: bool | None = strawberry.field(
        default=None, description="Whether the shopper has written something that the assignee has not read."
    )


def filtered(query: TicketQuery, given: TicketFilter | None) -> TicketQuery:
    """Return a query with the conditions of a filter. Raises `Invalid` with the field of the wrong value, `NotFound`
    for the ID of something else."""
    if given is None:
        return query
    for name, values in (("channel", given.channel), ("tag", given.tag)):
        if values is not None and not 1 <= len(values) <= _MOST_VALUES:
            raise Invalid(
                f"`{name}` must have 1 to {_MOST_VALUES} values. Omit it to match all.", field=("filter", name)
            )
    assignee = given.assignee_id
    return replace(
        query,
        channels=tuple(given.channel or ()),
        tags=tuple(given.tag or ()),
        held_by=None if assignee is None else StaffId(key_of(assignee, "Staff", field=("filter", "assignee_id"))),
        unread=given.unread,
    )

"""The mutation `redeliverEvents`."""

from typing import Annotated

import strawberry

from domain.principal import Permission
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.forwarding.types import Forwarding, position_of
from resolvers.relay.global_ids import key_of
from resolvers.scalars import Cursor


@strawberry.input(description="The position from which a receiver gets the events again.")
class RedeliverEventsInput:
    forwarding_id: strawberry.ID = strawberry.field(description="The ID of the receiver's `Forwarding`.")
    after: Cursor = strawberry.field(
        description="The cursor of an event. All events after it are delivered in order, however old, with their "
        "original IDs. A cursor ahead of the present position skips the events in between."
    )


@strawberry.type(description="The result of `redeliverEvents`.")
class RedeliverEventsPayload(Payload):
    forwarding: Forwarding | None = strawberry.field(
        default=None, description="The forwarding at its new position. `null` if refused."
    )


@refusals_in(RedeliverEventsPayload)
async def redeliver_events(
    info: Info,
    input: Annotated[RedeliverEventsInput, strawberry.argument(description="The receiver and the position.")],
) -> RedeliverEventsPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)
    key = key_of(input.forwarding_id, "Forwarding", field="forwarding_id")
    after = await position_of(context, input.after, field="after")
    moved = await context.services.forwardings.redeliver(context.principal, key, after)
    return RedeliverEventsPayload(forwarding=Forwarding.of(moved))

"""redeliverEvents"""

from typing import Annotated

import strawberry

from domain.principal import Permission
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.forwarding.types import Forwarding, position_of
from resolvers.relay.global_ids import key_of
from resolvers.scalars import Cursor


@strawberry.input(description="From where on a receiver gets the events, again or for the first time.")
class RedeliverEventsInput:
    forwarding_id: strawberry.ID = strawberry.field(description="Whose: the id of its Forwarding.")
    after: Cursor = strawberry.field(
        description="The cursor of an event: what stands behind it is sent, however old, in order, under the ids it "
        "had before. One that lies ahead leaves out what stands between."
    )


@strawberry.type(description="What came of moving a receiver to another place in the events.")
class RedeliverEventsPayload(Payload):
    forwarding: Forwarding | None = strawberry.field(default=None, description="Where it stands now; null if refused.")


@refusals_in(RedeliverEventsPayload)
async def redeliver_events(
    info: Info, input: Annotated[RedeliverEventsInput, strawberry.argument(description="Whose, and from where.")]
) -> RedeliverEventsPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)
    key = key_of(input.forwarding_id, "Forwarding", field="forwarding_id")
    after = await position_of(context, input.after, field="after")
    moved = await context.services.forwardings.redeliver(context.principal, key, after)
    return RedeliverEventsPayload(forwarding=Forwarding.of(moved))

"""The resolver of `outgoing`."""

from typing import Annotated

import strawberry

from domain.model import outbox as model
from domain.values.errors import Invalid
from resolvers.arguments import After, First
from resolvers.context import Info
from resolvers.outbox.enums import OutgoingState
from resolvers.outbox.types import OutgoingConnection, outgoing_listing


async def outgoing(
    info: Info,
    state: Annotated[
        list[OutgoingState] | None,
        strawberry.argument(description="The states of the items. The list must not be empty. Default: FAILED."),
    ] = None,
    first: First = None,
    after: After = None,
) -> OutgoingConnection | None:
    if state == []:
        raise Invalid("`state` must not be empty. Omit it to use the default.", field="state")
    states = tuple(model.OutgoingState(chosen) for chosen in state) if state else (model.OutgoingState.FAILED,)
    listing = outgoing_listing(info.context)
    page = await info.context.services.outbox.page(info.context.principal, states, listing.slice(first, after))
    return OutgoingConnection(states=states, **listing.parts(page))

"""outgoing"""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.model import outbox as model
from domain.values.errors import Invalid
from resolvers.arguments import After, First
from resolvers.context import Info
from resolvers.outbox.enums import OutgoingState
from resolvers.outbox.types import Outgoing, OutgoingConnection, OutgoingEdge
from resolvers.relay import Listing, page_info


async def outgoing(
    info: Info,
    state: Annotated[
        list[OutgoingState] | None, strawberry.argument(description="In one of these states; left out: FAILED.")
    ] = None,
    first: First = None,
    after: After = None,
) -> OutgoingConnection | None:
    if state == []:
        raise Invalid("An empty list fits nothing: give states, or leave it out.", path=("state",))
    states = tuple(model.OutgoingState(chosen) for chosen in state) if state else (model.OutgoingState.FAILED,)
    listing = Listing(info.context, "outgoing", (datetime, str))
    slice_ = listing.slice(first, after, None, None)
    page = await info.context.services.outbox.page(info.context.principal, states, slice_)
    edges = [OutgoingEdge(cursor=listing.cursor((row.created_at, row.id)), node=Outgoing.of(row)) for row in page.items]
    return OutgoingConnection(
        states=states,
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=page_info(page, [edge.cursor for edge in edges]),
    )

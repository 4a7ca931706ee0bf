"""releaseTicket"""

from typing import Annotated

import strawberry

from domain.inbox.commands import ReleaseTicket
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.inbox.ids import ticket_id_of
from resolvers.inbox.inputs import TicketInput
from resolvers.inbox.payloads import TicketPayload


@refusals_in(lambda errors: TicketPayload(errors=errors))
async def release_ticket(
    info: Info, input: Annotated[TicketInput, strawberry.argument(description="Which ticket.")]
) -> TicketPayload:
    inbox = info.context.services.inbox
    command = ReleaseTicket(ticket_id=ticket_id_of(input.ticket_id))
    return TicketPayload.of(await inbox.release(info.context.principal, command, key=input.idempotency_key))

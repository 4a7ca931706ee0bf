"""markTicketRead"""

from typing import Annotated

import strawberry

from domain.inbox.commands import MarkTicketRead
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.inbox.ids import ticket_id_of
from resolvers.inbox.inputs import TicketInput
from resolvers.inbox.payloads import TicketPayload


@refusals_in(lambda errors: TicketPayload(errors=errors))
async def mark_ticket_read(
    info: Info, input: Annotated[TicketInput, strawberry.argument(description="Which ticket.")]
) -> TicketPayload:
    inbox = info.context.services.inbox
    command = MarkTicketRead(ticket_id=ticket_id_of(input.ticket_id))
    return TicketPayload.of(await inbox.mark_read(info.context.principal, command, key=input.idempotency_key))

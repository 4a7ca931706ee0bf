"""assignTicket"""

from typing import Annotated

import strawberry

from domain.inbox.commands import AssignTicket
from resolvers.context import Info
from resolvers.conversation.inputs import KEY
from resolvers.errors import refusals_in
from resolvers.inbox.ids import staff_id_of, ticket_id_of
from resolvers.inbox.payloads import TicketPayload


@strawberry.input(description="Who is to work on a ticket.")
class AssignTicketInput:
    ticket_id: strawberry.ID = strawberry.field(description="Which.")
    staff_id: strawberry.ID | None = strawberry.field(default=None, description="Who; null: nobody, it waits again.")
    idempotency_key: strawberry.ID | None = strawberry.field(default=None, description=KEY)


@refusals_in(lambda errors: TicketPayload(errors=errors))
async def assign_ticket(
    info: Info, input: Annotated[AssignTicketInput, strawberry.argument(description="Which ticket, and to whom.")]
) -> TicketPayload:
    staff_id = None if input.staff_id is None else staff_id_of(input.staff_id)
    command = AssignTicket(ticket_id=ticket_id_of(input.ticket_id), staff_id=staff_id)
    inbox = info.context.services.inbox
    return TicketPayload.of(await inbox.assign(info.context.principal, command, key=input.idempotency_key))

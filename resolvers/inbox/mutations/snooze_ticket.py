"""snoozeTicket"""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.inbox.commands import SnoozeTicket
from resolvers.context import Info
from resolvers.conversation.inputs import KEY
from resolvers.errors import refusals_in
from resolvers.inbox.ids import ticket_id_of
from resolvers.inbox.payloads import TicketPayload


@strawberry.input(description="Until when a ticket is out of sight.")
class SnoozeTicketInput:
    ticket_id: strawberry.ID = strawberry.field(description="Which.")
    until: datetime = strawberry.field(description="In the future, at most a year from now.")
    idempotency_key: strawberry.ID | None = strawberry.field(default=None, description=KEY)


@refusals_in(lambda errors: TicketPayload(errors=errors))
async def snooze_ticket(
    info: Info, input: Annotated[SnoozeTicketInput, strawberry.argument(description="Which ticket, and until when.")]
) -> TicketPayload:
    command = SnoozeTicket(ticket_id=ticket_id_of(input.ticket_id), until=input.until)
    inbox = info.context.services.inbox
    return TicketPayload.of(await inbox.snooze(info.context.principal, command, key=input.idempotency_key))

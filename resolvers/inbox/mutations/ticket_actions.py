"""The mutations that only change a ticket, one function for each."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.inbox.commands import (
    AssignTicket,
    CloseTicket,
    MarkTicketRead,
    ReleaseTicket,
    ReopenTicket,
    RetryDelivery,
    ReturnToAgent,
    SnoozeTicket,
    TakeTicket,
)
from resolvers.account.ids import staff_id_of
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.inbox.ids import ticket_id_of
from resolvers.inbox.payloads import TicketPayload


@strawberry.input(description="A reference to a ticket.")
class TicketInput(IdempotentInput):
    ticket_id: strawberry.ID = strawberry.field(description="The ID of the ticket.")
    last_seen_sequence: int | None = strawberry.field(
        default=None,
        description="`closeTicket`: the `sequence` of the last message that the member of staff has seen. If the "
        "shopper wrote after it, the ticket stays open and the error is `StaleView`. Omit it to close the ticket in "
        "any case. Other mutations do not use it.",
    )


@strawberry.input(description="An assignment of a ticket.")
class AssignTicketInput(IdempotentInput):
    ticket_id: strawberry.ID = strawberry.field(description="The ID of the ticket.")
    staff_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The ID of the member of staff who gets the ticket. `null` puts it back into the queue.",
    )


@strawberry.input(description="A snooze of a ticket.")
class SnoozeTicketInput(IdempotentInput):
    ticket_id: strawberry.ID = strawberry.field(description="The ID of the ticket.")
    until: datetime = strawberry.field(
        description="The time at which the ticket opens again: in the future, at most a year from now."
    )
    last_seen_sequence: int | None = strawberry.field(
        default=None,
        description="The `sequence` of the last message that the member of staff has seen. If the shopper wrote after "
        "it, the ticket stays open and the error is `StaleView`. Omit it to snooze the ticket in any case.",
    )


Target = Annotated[TicketInput, strawberry.argument(description="The ticket to change.")]


@refusals_in(TicketPayload)
async def take_ticket(info: Info, input: Target) -> TicketPayload:
    inbox = info.context.services.inbox
    command = TakeTicket(ticket_id=ticket_id_of(input.ticket_id))
    return TicketPayload(changed=await inbox.take(info.context.principal, command, key=input.idempotency_key))


@refusals_in(TicketPayload)
async def assign_ticket(
    info: Info, input: Annotated[AssignTicketInput, strawberry.argument(description="The ticket and its new assignee.")]
) -> TicketPayload:
    staff_id = None if input.staff_id is None else staff_id_of(input.staff_id)
    command = AssignTicket(ticket_id=ticket_id_of(input.ticket_id), staff_id=staff_id)
    inbox = info.context.services.inbox
    return TicketPayload(changed=await inbox.assign(info.context.principal, command, key=input.idempotency_key))


@refusals_in(TicketPayload)
async def release_ticket(info: Info, input: Target) -> TicketPayload:
    inbox = info.context.services.inbox
    command = ReleaseTicket(ticket_id=ticket_id_of(input.ticket_id))
    return TicketPayload(changed=await inbox.release(info.context.principal, command, key=input.idempotency_key))


@refusals_in(TicketPayload)
async def return_to_agent(info: Info, input: Target) -> TicketPayload:
    inbox = info.context.services.inbox
    command = ReturnToAgent(ticket_id=ticket_id_of(input.ticket_id))
    return TicketPayload(
        changed=await inbox.return_to_agent(info.context.principal, command, key=input.idempotency_key)
    )


@refusals_in(TicketPayload)
async def snooze_ticket(
    info: Info, input: Annotated[SnoozeTicketInput, strawberry.argument(description="The ticket and the time.")]
) -> TicketPayload:
    command = SnoozeTicket(
        ticket_id=ticket_id_of(input.ticket_id), until=input.until, last_seen_sequence=input.last_seen_sequence
    )
    inbox = info.context.services.inbox
    return TicketPayload(changed=await inbox.snooze(info.context.principal, command, key=input.idempotency_key))


@refusals_in(TicketPayload)
async def close_ticket(info: Info, input: Target) -> TicketPayload:
    inbox = info.context.services.inbox
    command = CloseTicket(ticket_id=ticket_id_of(input.ticket_id), last_seen_sequence=input.last_seen_sequence)
    return TicketPayload(changed=await inbox.close(info.context.principal, command, key=input.idempotency_key))


@refusals_in(TicketPayload)
async def reopen_ticket(info: Info, input: Target) -> TicketPayload:
    inbox = info.context.services.inbox
    command = ReopenTicket(ticket_id=ticket_id_of(input.ticket_id))
    return TicketPayload(changed=await inbox.reopen(info.context.principal, command, key=input.idempotency_key))


@refusals_in(TicketPayload)
async def mark_ticket_read(info: Info, input: Target) -> TicketPayload:
    inbox = info.context.services.inbox
    command = MarkTicketRead(ticket_id=ticket_id_of(input.ticket_id))
    return TicketPayload(changed=await inbox.mark_read(info.context.principal, command, key=input.idempotency_key))


@refusals_in(TicketPayload)
async def retry_delivery(info: Info, input: Target) -> TicketPayload:
    inbox = info.context.services.inbox
    command = RetryDelivery(ticket_id=ticket_id_of(input.ticket_id))
    return TicketPayload(changed=await inbox.retry_delivery(info.context.principal, command, key=input.idempotency_key))

"""GraphQL type of an item of the outbox, and its connection."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import outbox as model
from resolvers.context import Context, Info
from resolvers.conversation.types import Conversation
from resolvers.outbox.attempts import DeliveryAttempt
from resolvers.outbox.enums import Destination, OutgoingKind, OutgoingState
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id


@strawberry.type(description="An item of the outbox: one call to a helpdesk or to a shopper's channel. For staff.")
class Outgoing(Node):
    row: strawberry.Private[model.Outgoing]
    destination: Destination = strawberry.field(description="The receiver of the item.")
    kind: OutgoingKind = strawberry.field(description="The kind of the item.")
    state: OutgoingState = strawberry.field(description="The state of the delivery.")
    created_at: datetime = strawberry.field(description="The time at which the item was created.")
    next_attempt_at: datetime | None = strawberry.field(
        description="The earliest time of the next attempt. `null` unless the item is PENDING and the first of its "
        "conversation."
    )
    done_at: datetime | None = strawberry.field(
        description="The time at which the item left the state PENDING. `null` until then."
    )
    external_id: str | None = strawberry.field(
        description="The ID that the receiver gave to the created object. `null` if there is none."
    )
    error: str | None = strawberry.field(
        description="The error of the last attempt, in the receiver's own words. `null` if there is none."
    )
    attempts: list[DeliveryAttempt] = strawberry.field(description="The finished attempts, the oldest first.")

    @strawberry.field(description="The conversation of the item, in its present state.")
    async def conversation(self, info: Info) -> Conversation | None:
        found = await info.context.conversations.load(self.row.conversation_id)
        return None if found is None else Conversation.of(found)

    @classmethod
    def of(cls, row: model.Outgoing) -> Self:
        return cls(
            id=to_global_id("Outgoing", row.id),
            row=row,
            destination=row.destination,
            kind=row.kind,
            state=row.state,
            created_at=row.created_at,
            next_attempt_at=row.due_at if row.queue is not None else None,
            done_at=row.done_at,
            external_id=row.external_id,
            error=row.error,
            attempts=[DeliveryAttempt.of(attempt) for attempt in row.attempts],
        )


@strawberry.type(description="A page of the outbox, the newest item first.")
class OutgoingConnection(Connection[Outgoing]):
    states: strawberry.Private[tuple[model.OutgoingState, ...]]

    @strawberry.field(description="The number of items in the whole list, counted on request.")
    async def total_count(self, info: Info) -> int:
        return await info.context.services.outbox.count(info.context.principal, self.states)


def outgoing_listing(context: Context) -> Listing[model.Outgoing, Outgoing]:
    """Return the listing of every state: the cursor of an item is the same in each."""
    return Listing(context, "outgoing", (datetime, str), key=lambda row: (row.created_at, row.id), node=Outgoing.of)

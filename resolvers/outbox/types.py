"""A row of the outbox in the graph, and pages of them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain.model import outbox as model
from resolvers.context import Context, Info
from resolvers.outbox.attempts import DeliveryAttempt
from resolvers.outbox.enums import Destination, OutgoingKind, OutgoingState
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id

if TYPE_CHECKING:
    from resolvers.conversation.types import Conversation


@strawberry.type(description="Something that leaves Baton: one call to a helpdesk or a channel. For staff.")
class Outgoing(Node):
    row: strawberry.Private[model.Outgoing]
    destination: Destination = strawberry.field(description="To whom.")
    kind: OutgoingKind = strawberry.field(description="What it is.")
    state: OutgoingState = strawberry.field(description="How far it is.")
    created_at: datetime = strawberry.field(description="When what it tells of happened.")
    next_attempt_at: datetime | None = strawberry.field(
        description="PENDING, and nothing before it in its conversation: not tried again before this. Else null."
    )
    done_at: datetime | None = strawberry.field(description="When it left PENDING.")
    external_id: str | None = strawberry.field(description="What the other side calls what it made of it.")
    error: str | None = strawberry.field(
        description="Why it is not delivered, in the other side's own words; null where nothing is wrong."
    )
    attempts: list[DeliveryAttempt] = strawberry.field(description="Every try that is over, the oldest first.")

    @strawberry.field(description="The conversation that it is of, as it is now.")
    async def conversation(
        self, info: Info
    ) -> Annotated["Conversation", strawberry.lazy("resolvers.conversation.types")] | None:
        from resolvers.conversation.types import Conversation

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


@strawberry.type(description="A page of what leaves Baton, the newest first.")
class OutgoingConnection(Connection[Outgoing]):
    states: strawberry.Private[tuple[model.OutgoingState, ...]]

    @strawberry.field(description="Rows in the whole list. Counted when asked for.")
    async def total_count(self, info: Info) -> int:
        return await info.context.services.outbox.count(info.context.principal, self.states)


def outgoing_listing(context: Context) -> Listing[model.Outgoing, Outgoing]:
    """One for every state, so that the cursor of a row is the same in each."""
    return Listing(context, "outgoing", (datetime, str), key=lambda row: (row.created_at, row.id), node=Outgoing.of)

"""What the inbox's mutations take."""

import strawberry

from resolvers.conversation.inputs import KEY


@strawberry.input(description="Which ticket.")
class TicketInput:
    ticket_id: strawberry.ID = strawberry.field(description="Which.")
    idempotency_key: strawberry.ID | None = strawberry.field(default=None, description=KEY)

"""What the inbox's mutations answer."""

from typing import Self

import strawberry

from domain.model import conversation as model
from domain.model import handoff as handoff_model
from resolvers.account.types import Staff
from resolvers.conversation.types import Conversation
from resolvers.errors import Payload
from resolvers.inbox.types import Ticket


@strawberry.type(description="What came of a change of a ticket.")
class TicketPayload(Payload):
    ticket: Ticket | None = strawberry.field(default=None, description="The ticket as it is now; null when refused.")
    conversation: Conversation | None = strawberry.field(
        default=None, description="Its conversation; null when refused."
    )

    @classmethod
    def of(cls, done: tuple[handoff_model.Ticket, model.Conversation]) -> Self:
        ticket, conversation = done
        return cls(ticket=Ticket.of(ticket, conversation), conversation=Conversation.of(conversation))


@strawberry.type(description="What came of a change of a member of staff.")
class StaffPayload(Payload):
    staff: Staff | None = strawberry.field(default=None, description="The member of staff; null when refused.")

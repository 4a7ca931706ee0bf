"""The queries, mutations and subscriptions of the inbox."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from resolvers.arguments import StreamAfter
from resolvers.context import Info
from resolvers.conversation.payloads import SendMessagePayload
from resolvers.inbox.enums import InboxView
from resolvers.inbox.mutations.add_note import add_note
from resolvers.inbox.mutations.reply_to_conversation import reply_to_conversation
from resolvers.inbox.mutations.set_availability import set_availability
from resolvers.inbox.mutations.ticket_actions import (
    assign_ticket,
    close_ticket,
    mark_ticket_read,
    release_ticket,
    reopen_ticket,
    retry_delivery,
    return_to_agent,
    snooze_ticket,
    take_ticket,
)
from resolvers.inbox.payloads import StaffPayload, TicketPayload
from resolvers.inbox.queries import inbox, stranded_tickets
from resolvers.inbox.subscription import InboxStreamItem, follow_inbox
from resolvers.inbox.types import TicketConnection


@strawberry.type
class InboxQueries:
    inbox: TicketConnection | None = strawberry.field(
        resolver=inbox, description="The team's tickets, the newest first. For members of staff."
    )
    stranded_tickets: TicketConnection | None = strawberry.field(
        resolver=stranded_tickets,
        description="Tickets that waited longer than `account.strandedAfter` with nobody able to take them, and wait "
        "still.",
    )


@strawberry.type
class InboxMutations:
    take_ticket: TicketPayload = strawberry.mutation(
        resolver=take_ticket,
        description="Work on it. One wins; whoever comes second is refused with NOT_IN_CONTROL and told who has it.",
    )
    assign_ticket: TicketPayload = strawberry.mutation(
        resolver=assign_ticket, description="Give it to a colleague, or back to everybody."
    )
    release_ticket: TicketPayload = strawberry.mutation(
        resolver=release_ticket, description="Give it back to everybody."
    )
    return_to_agent: TicketPayload = strawberry.mutation(
        resolver=return_to_agent,
        description="The AI agent has the conversation again, under a new epoch; the ticket is closed, the status "
        "stays.",
    )
    reply_to_conversation: SendMessagePayload = strawberry.mutation(
        resolver=reply_to_conversation,
        description="A human's message to the shopper. Only for the ticket's assignee, and for OWNER, ADMIN and "
        "MANAGER.",
    )
    add_note: SendMessagePayload = strawberry.mutation(
        resolver=add_note, description="A note for colleagues. Shoppers never see it."
    )
    snooze_ticket: TicketPayload = strawberry.mutation(
        resolver=snooze_ticket, description="Out of sight until an instant, or until the shopper writes."
    )
    close_ticket: TicketPayload = strawberry.mutation(
        resolver=close_ticket, description="Done. The shopper's next message opens it again."
    )
    reopen_ticket: TicketPayload = strawberry.mutation(resolver=reopen_ticket, description="Not done after all.")
    mark_ticket_read: TicketPayload = strawberry.mutation(
        resolver=mark_ticket_read, description="The assignee has read it; anybody else's look leaves it unread."
    )
    retry_delivery: TicketPayload = strawberry.mutation(
        resolver=retry_delivery,
        description="Try once more to bring a ticket to its helpdesk whose `delivery` is FAILED; refused with CONFLICT "
        "where it did not fail. One that was closed is open again.",
    )
    set_availability: StaffPayload = strawberry.mutation(
        resolver=set_availability, description="Whether the caller can be given conversations."
    )


@strawberry.type
class InboxSubscriptions:
    @strawberry.subscription(
        description="The team's OPEN tickets: with the list of `inbox`, subscribed `after:` its `streamCursor`, they "
        "make the next list. For members of staff."
    )
    async def inbox(
        self,
        info: Info,
        view: Annotated[InboxView, strawberry.argument(description="Which tickets.")] = InboxView.ALL,
        after: StreamAfter = None,
    ) -> AsyncIterable[InboxStreamItem]:
        return await follow_inbox(info, view, after)

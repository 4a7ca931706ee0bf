"""The queries, mutations and subscriptions of the inbox."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from resolvers.arguments import StreamAfter
from resolvers.context import Info
from resolvers.conversation.payloads import SendMessagePayload
from resolvers.inbox.enums import InboxView, TicketState
from resolvers.inbox.mutations.add_note import add_note
from resolvers.inbox.mutations.reply_to_conversation import reply_to_conversation
from resolvers.inbox.mutations.set_availability import set_availability
from resolvers.inbox.mutations.set_ticket_mails import set_ticket_mails
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
from resolvers.viewer import FOR_VIEWER


@strawberry.type
class InboxQueries:
    inbox: TicketConnection | None = strawberry.field(
        resolver=inbox,
        description="The tickets of the team, the newest first. For OWNER, ADMIN, MANAGER and SUPPORT.",
        metadata=FOR_VIEWER,
    )
    stranded_tickets: TicketConnection | None = strawberry.field(
        resolver=stranded_tickets,
        description="The tickets that have waited longer than `account.strandedAfter` while nobody could take them, "
        "and still wait. For OWNER, ADMIN, MANAGER and SUPPORT.",
    )


@strawberry.type
class InboxMutations:
    take_ticket: TicketPayload = strawberry.mutation(
        resolver=take_ticket,
        description="Assigns the ticket to the caller and gives the caller control of the conversation. If several "
        "callers compete, one succeeds; the others are refused with NOT_IN_CONTROL and the name of the "
        "winner. For OWNER, ADMIN, MANAGER and SUPPORT.",
    )
    assign_ticket: TicketPayload = strawberry.mutation(
        resolver=assign_ticket,
        description="Assigns the ticket to a colleague, or puts it back into the queue. For OWNER, ADMIN, MANAGER "
        "and SUPPORT.",
    )
    release_ticket: TicketPayload = strawberry.mutation(
        resolver=release_ticket,
        description="Puts the ticket back into the queue. For OWNER, ADMIN, MANAGER and SUPPORT.",
    )
    return_to_agent: TicketPayload = strawberry.mutation(
        resolver=return_to_agent,
        description="Gives control back to the AI agent under a new epoch and closes the ticket. The status of the "
        "conversation does not change. For OWNER, ADMIN, MANAGER and SUPPORT.",
    )
    reply_to_conversation: SendMessagePayload = strawberry.mutation(
        resolver=reply_to_conversation,
        description="Sends a message of a human to the shopper. Only for the assignee of the ticket, and for OWNER, "
        "ADMIN and MANAGER.",
    )
    add_note: SendMessagePayload = strawberry.mutation(
        resolver=add_note,
        description="Adds a note for colleagues. Shoppers never see it. For OWNER, ADMIN, MANAGER and SUPPORT.",
    )
    snooze_ticket: TicketPayload = strawberry.mutation(
        resolver=snooze_ticket,
        description="Hides the ticket until a set time, or until the shopper writes. For OWNER, ADMIN, MANAGER and "
        "SUPPORT.",
    )
    close_ticket: TicketPayload = strawberry.mutation(
        resolver=close_ticket,
        description="Closes the ticket. The shopper's next message opens it again. For OWNER, ADMIN, MANAGER and "
        "SUPPORT.",
    )
    reopen_ticket: TicketPayload = strawberry.mutation(
        resolver=reopen_ticket,
        description="Opens a closed or snoozed ticket again. For OWNER, ADMIN, MANAGER and SUPPORT.",
    )
    mark_ticket_read: TicketPayload = strawberry.mutation(
        resolver=mark_ticket_read,
        description="Marks the ticket as read by its assignee. A call of another member of staff has no effect. For "
        "OWNER, ADMIN, MANAGER and SUPPORT.",
    )
    retry_delivery: TicketPayload = strawberry.mutation(
        resolver=retry_delivery,
        description="Retries the delivery of a ticket whose `delivery` is FAILED. Refused with CONFLICT in any other "
        "state. A closed ticket is opened again. For OWNER, ADMIN, MANAGER and SUPPORT.",
    )
    set_availability: StaffPayload = strawberry.mutation(
        resolver=set_availability,
        description="Sets whether the caller accepts new conversations. Takes the key of a member of staff.",
    )
    set_ticket_mails: StaffPayload = strawberry.mutation(
        resolver=set_ticket_mails,
        description="Sets how the caller is told by e-mail of tickets that wait for somebody: at once, in a digest "
        "(the default, every hour), or not at all. The mails leave through the account's connected e-mail; without it "
        "there are none. Takes the key of a member of staff: OWNER, ADMIN, MANAGER, SUPPORT.",
    )


@strawberry.type
class InboxSubscriptions:
    @strawberry.subscription(
        description="The changes of the team's tickets. Applied to the list of `Query.inbox` with the same `view` and "
        "`state`, they produce the next list if subscribed with `after:` its `streamCursor`. Closed tickets are an "
        "exception: the stream tells that a ticket was closed or opened again, and neither other changes of its "
        "conversation nor that another ticket of the conversation takes its place in the list. For OWNER, ADMIN, "
        "MANAGER and SUPPORT."
    )
    async def inbox(
        self,
        info: Info,
        view: Annotated[InboxView, strawberry.argument(description="The selection of tickets.")] = InboxView.ALL,
        state: Annotated[
            list[TicketState] | None,
            strawberry.argument(description="The states of the tickets. The list must not be empty. Default: OPEN."),
        ] = None,
        after: StreamAfter = None,
    ) -> AsyncIterable[InboxStreamItem]:
        return await follow_inbox(info, view, state, after)

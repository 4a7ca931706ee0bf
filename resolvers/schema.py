"""The schema: every entry point by name, and the types that stand behind interfaces."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers.account.mutations.update_account import AccountPayload, update_account
from resolvers.account.queries import account, me
from resolvers.account.types import Account, Staff
from resolvers.commerce.mutations.record_order import record_order
from resolvers.commerce.mutations.record_product_click import record_product_click
from resolvers.commerce.mutations.record_refund import record_refund
from resolvers.commerce.mutations.record_touch import record_touch
from resolvers.commerce.payloads import RecordOrderPayload, TouchPayload
from resolvers.connection.mutations.connect_helpdesk import connect_helpdesk
from resolvers.connection.mutations.disconnect_helpdesk import disconnect_helpdesk
from resolvers.connection.types import HelpdeskConnectionPayload
from resolvers.context import Info
from resolvers.conversation.mutations.close_conversation import close_conversation
from resolvers.conversation.mutations.identify_visitor import identify_visitor
from resolvers.conversation.mutations.post_agent_message import post_agent_message
from resolvers.conversation.mutations.send_message import send_message
from resolvers.conversation.mutations.set_typing import set_typing
from resolvers.conversation.mutations.start_conversation import start_conversation
from resolvers.conversation.page import ConversationConnection
from resolvers.conversation.payloads import (
    ConversationPayload,
    SendMessagePayload,
    SetTypingPayload,
    StartConversationPayload,
)
from resolvers.conversation.queries import conversation, conversations
from resolvers.conversation.subscription import ConversationStreamItem, follow_conversation
from resolvers.conversation.types import Conversation
from resolvers.enums import InboxView
from resolvers.errors import ERROR_TYPES
from resolvers.events.subscription import EventFilter, EventStreamItem, follow_events
from resolvers.events.types import EVENT_TYPES
from resolvers.handoff.mutations.answer_handoff_offer import answer_handoff_offer
from resolvers.handoff.mutations.request_handoff import request_handoff
from resolvers.handoff.mutations.update_handoff_settings import update_handoff_settings
from resolvers.handoff.mutations.withdraw_handoff import withdraw_handoff
from resolvers.handoff.payloads import HandoffPayload, HandoffSettingsPayload
from resolvers.handoff.settings import HandoffSettings, load_settings
from resolvers.inbox.mutations.add_note import add_note
from resolvers.inbox.mutations.assign_ticket import assign_ticket
from resolvers.inbox.mutations.close_ticket import close_ticket
from resolvers.inbox.mutations.mark_ticket_read import mark_ticket_read
from resolvers.inbox.mutations.release_ticket import release_ticket
from resolvers.inbox.mutations.reopen_ticket import reopen_ticket
from resolvers.inbox.mutations.reply_to_conversation import reply_to_conversation
from resolvers.inbox.mutations.return_to_agent import return_to_agent
from resolvers.inbox.mutations.set_availability import set_availability
from resolvers.inbox.mutations.snooze_ticket import snooze_ticket
from resolvers.inbox.mutations.take_ticket import take_ticket
from resolvers.inbox.payloads import StaffPayload, TicketPayload
from resolvers.inbox.queries import inbox, stranded_tickets
from resolvers.inbox.subscription import InboxStreamItem, follow_inbox
from resolvers.inbox.types import TicketConnection
from resolvers.nodes import find_node, find_nodes
from resolvers.relay import Node
from resolvers.scalars import SCALARS, Cursor

StreamAfter = Annotated[
    Cursor | None,
    strawberry.argument(description="Go on exactly behind this cursor; left out: from now."),
]


@strawberry.type(
    description="Questions. What is not there, or not the caller's to see, is null with an error that says so."
)
class Query:
    @strawberry.field(description="Anything by its global id.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which.")]
    ) -> Node | None:
        return await find_node(info.context, id, path=("id",))

    @strawberry.field(description="Things by their global ids, at most 100; null, with an error, where there is none.")
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="Which, in order.")]
    ) -> list[Node | None]:
        return await find_nodes(info.context, ids)

    account: Account | None = strawberry.field(resolver=account, description="The account behind the credential.")
    me: Staff | None = strawberry.field(
        resolver=me, description="The member of staff behind the credential; null for any other credential."
    )
    conversation: Conversation | None = strawberry.field(resolver=conversation, description="One conversation.")
    conversations: ConversationConnection | None = strawberry.field(
        resolver=conversations, description="The account's conversations, a page of 25 unless asked otherwise."
    )
    inbox: TicketConnection | None = strawberry.field(
        resolver=inbox, description="The team's tickets, the newest first. For members of staff."
    )
    stranded_tickets: TicketConnection | None = strawberry.field(
        resolver=stranded_tickets,
        description="Tickets that waited longer than `account.strandedAfter` with nobody able to take them, and wait "
        "still.",
    )

    @strawberry.field(description="What happens when the agent cannot finish a conversation.")
    async def handoff_settings(self, info: Info) -> HandoffSettings | None:
        return await load_settings(info.context)


@strawberry.type(
    description="Commands. Each takes an input and answers a payload, whose `errors` are [] exactly when it was done."
)
class Mutation:
    start_conversation: StartConversationPayload = strawberry.mutation(
        resolver=start_conversation,
        description="Open a conversation with the shopper's first message. Where one of the same shopper is open on "
        "the channel, that one is answered, with the message added to it.",
    )
    send_message: SendMessagePayload = strawberry.mutation(
        resolver=send_message, description="The shopper's next message. Takes a visitor token."
    )
    identify_visitor: ConversationPayload = strawberry.mutation(
        resolver=identify_visitor,
        description="Who the shopper is. Profiles with a common identity become one. Takes a visitor token.",
    )
    record_product_click: TouchPayload = strawberry.mutation(
        resolver=record_product_click,
        description="The shopper clicked a product card: a sale that follows may be credited to the conversation. "
        "Takes a visitor token.",
    )
    record_touch: TouchPayload = strawberry.mutation(
        resolver=record_touch,
        description="The shopper did something with a message of the agent that may earn a sale its credit. Takes a "
        "key with scope `orders:write`, or one of OWNER, ADMIN and MANAGER.",
    )
    record_order: RecordOrderPayload = strawberry.mutation(
        resolver=record_order,
        description="The shop sold something. It is credited to the conversation of its buyer's last touch within the "
        "account's windows, whichever comes in first. Takes a key with scope `orders:write`, or one of OWNER, ADMIN "
        "and MANAGER.",
    )
    record_refund: RecordOrderPayload = strawberry.mutation(
        resolver=record_refund,
        description="The shop gave money back: the order's sale has so much less, never below zero. Takes a key with "
        "scope `orders:write`, or one of OWNER, ADMIN and MANAGER.",
    )
    close_conversation: ConversationPayload = strawberry.mutation(
        resolver=close_conversation, description="Close it; one that is closed already is answered as it is."
    )
    post_agent_message: SendMessagePayload = strawberry.mutation(
        resolver=post_agent_message,
        description="The AI agent's next message. Refused with NOT_IN_CONTROL where the agent no longer has the "
        "conversation; the text is then kept as a draft for staff. Takes a key with scope `agent`.",
    )
    set_typing: SetTypingPayload = strawberry.mutation(
        resolver=set_typing,
        description="That the caller types, shown to who listens in that moment (TypingChanged) for 6 seconds at most. "
        "Said too often, it is passed on about once a second. Sending the message ends it; writing a note need not be "
        "announced. Takes a visitor token, a member of staff's key, or one with scope `agent`.",
    )
    request_handoff: HandoffPayload = strawberry.mutation(
        resolver=request_handoff,
        description="A human is to come: on the web chat the shopper is asked first; on other channels the ticket is "
        "there at once; under method MESSAGE the account's own text is shown. While one is undecided, that one is "
        "answered. Takes a key with scope `agent` or `handoff:write`.",
    )
    answer_handoff_offer: HandoffPayload = strawberry.mutation(
        resolver=answer_handoff_offer,
        description="The shopper's yes or no. The first answer counts; the same again is answered alike, another is a "
        "Conflict. Takes a visitor token.",
    )
    withdraw_handoff: HandoffPayload = strawberry.mutation(
        resolver=withdraw_handoff,
        description="The shopper takes it back, as long as no human has taken the conversation. Takes a visitor token.",
    )
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
    set_availability: StaffPayload = strawberry.mutation(
        resolver=set_availability, description="Whether the caller can be given conversations."
    )
    update_handoff_settings: HandoffSettingsPayload = strawberry.mutation(
        resolver=update_handoff_settings, description="Change them. For OWNER, ADMIN and MANAGER."
    )
    connect_helpdesk: HelpdeskConnectionPayload = strawberry.mutation(
        resolver=connect_helpdesk,
        description="Connect Zendesk or Gorgias: the credentials are tried there first, kept encrypted, and never "
        "answered again. Who is connected already is connected anew. UNAVAILABLE where the helpdesk does not answer. "
        "For OWNER, ADMIN and MANAGER.",
    )
    disconnect_helpdesk: HelpdeskConnectionPayload = strawberry.mutation(
        resolver=disconnect_helpdesk,
        description="Forget a helpdesk's credentials, and its webhook's address. For OWNER, ADMIN and MANAGER.",
    )
    update_account: AccountPayload = strawberry.mutation(
        resolver=update_account, description="Change settings. For OWNER, ADMIN and MANAGER."
    )


@strawberry.type(
    description="Live streams. Every item has a cursor, and one stands in `extensions.stream.cursor` of each frame. "
    "Subscribe with `after:` the last one seen, over any number of connections and restarts, and the stream goes on "
    "exactly there; where that cannot be done, StreamReset says so: read the state anew."
)
class Subscription:
    @strawberry.subscription(description="One conversation: its messages and changes as they are committed.")
    async def conversation(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Which.")],
        after: StreamAfter = None,
    ) -> AsyncIterable[ConversationStreamItem]:
        return await follow_conversation(info, id, after)

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

    @strawberry.subscription(description="The account's business events as they happen.")
    async def events(
        self,
        info: Info,
        filter: Annotated[EventFilter | None, strawberry.argument(description="Which; left out: all.")] = None,
        after: StreamAfter = None,
    ) -> AsyncIterable[EventStreamItem]:
        return await follow_events(info, filter, after)


def _schema(*, sort: bool) -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*ERROR_TYPES, *EVENT_TYPES],
        config=StrawberryConfig(scalar_map=SCALARS, sort_schema=sort),
    )


schema = _schema(sort=False)


def sdl() -> str:
    """What stands in `schema.graphql`. Sorted apart from the schema that is executed, because sorting replaces its enum
    types by plain ones, which take values for members (strawberry-graphql 0.341)."""
    return _schema(sort=True).as_str() + "\n"

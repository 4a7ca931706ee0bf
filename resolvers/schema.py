"""The schema: every entry point by name, and the types that stand behind interfaces."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers.account.mutations.update_account import AccountPayload, update_account
from resolvers.account.queries import account, me
from resolvers.account.types import Account, Staff
from resolvers.commerce.mutations.record_product_click import TouchPayload, record_product_click
from resolvers.context import Info
from resolvers.conversation.mutations.close_conversation import close_conversation
from resolvers.conversation.mutations.identify_visitor import identify_visitor
from resolvers.conversation.mutations.post_agent_message import post_agent_message
from resolvers.conversation.mutations.send_message import send_message
from resolvers.conversation.mutations.start_conversation import start_conversation
from resolvers.conversation.page import ConversationConnection
from resolvers.conversation.payloads import ConversationPayload, SendMessagePayload, StartConversationPayload
from resolvers.conversation.queries import conversation, conversations
from resolvers.conversation.subscription import ConversationStreamItem, follow_conversation
from resolvers.conversation.types import Conversation
from resolvers.errors import ERROR_TYPES
from resolvers.events.subscription import EventFilter, EventStreamItem, follow_events
from resolvers.events.types import EVENT_TYPES
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
    close_conversation: ConversationPayload = strawberry.mutation(
        resolver=close_conversation, description="Close it; one that is closed already is answered as it is."
    )
    post_agent_message: SendMessagePayload = strawberry.mutation(
        resolver=post_agent_message,
        description="The AI agent's next message. Refused with NOT_IN_CONTROL where the agent no longer has the "
        "conversation; the text is then kept as a draft for staff. Takes a key with scope `agent`.",
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

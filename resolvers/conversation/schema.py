"""The queries, mutations and subscriptions of conversations."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from resolvers.arguments import StreamAfter
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


@strawberry.type
class ConversationQueries:
    conversation: Conversation | None = strawberry.field(resolver=conversation, description="One conversation.")
    conversations: ConversationConnection | None = strawberry.field(
        resolver=conversations, description="The account's conversations, a page of 25 unless asked otherwise."
    )


@strawberry.type
class ConversationMutations:
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


@strawberry.type
class ConversationSubscriptions:
    @strawberry.subscription(description="One conversation: its messages and changes as they are committed.")
    async def conversation(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Which.")],
        after: StreamAfter = None,
    ) -> AsyncIterable[ConversationStreamItem]:
        return await follow_conversation(info, id, after)

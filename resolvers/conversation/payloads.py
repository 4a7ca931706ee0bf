"""What the conversation's mutations answer."""

from datetime import datetime

import strawberry

from resolvers.conversation.message import Message
from resolvers.conversation.types import Conversation
from resolvers.errors import Payload


@strawberry.type(description="What came of `startConversation`.")
class StartConversationPayload(Payload):
    conversation: Conversation | None = strawberry.field(
        default=None, description="The conversation: a new one, or the one that was open; null when refused."
    )
    message: Message | None = strawberry.field(default=None, description="The shopper's message; null when refused.")
    visitor_token: str | None = strawberry.field(
        default=None,
        description="A bearer token that opens this conversation and nothing else, for 30 days; null when refused.",
    )


@strawberry.type(description="What came of a message that was to be sent.")
class SendMessagePayload(Payload):
    message: Message | None = strawberry.field(default=None, description="The message; null when refused.")
    conversation: Conversation | None = strawberry.field(
        default=None, description="The conversation with it; null when refused."
    )


@strawberry.type(description="What came of a change of a conversation.")
class ConversationPayload(Payload):
    conversation: Conversation | None = strawberry.field(
        default=None, description="The conversation as it is now; null when refused."
    )


@strawberry.type(description="What came of `setTyping`.")
class SetTypingPayload(Payload):
    until: datetime | None = strawberry.field(
        default=None, description="Until when the caller is seen to type; null where it is not, or when refused."
    )

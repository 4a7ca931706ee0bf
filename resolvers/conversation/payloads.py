"""What the conversation's mutations answer."""

from datetime import datetime

import strawberry

from domain.model.conversation import Conversation as ConversationRow
from domain.model.conversation import Message as MessageRow
from domain.storage import ConversationQuery, ListedConversation
from resolvers.context import Info
from resolvers.conversation.message import Message, message_listing
from resolvers.conversation.types import Conversation
from resolvers.errors import Payload
from resolvers.relay.connections import Edge


@strawberry.type
class MessagePayload(Payload):
    """The base of the payloads of mutations that add a message to a conversation."""

    added: strawberry.Private[MessageRow | None] = None
    to: strawberry.Private[ConversationRow | None] = None

    @strawberry.field(description="The message; null when refused.")
    def message(self) -> Message | None:
        return None if self.added is None else Message.of(self.added)

    @strawberry.field(description="The conversation with it; null when refused.")
    def conversation(self) -> Conversation | None:
        return None if self.to is None else Conversation.of(self.to)

    @strawberry.field(
        description="The message as an edge of `Conversation.messages`, for a client that keeps the list; null when "
        "refused."
    )
    def message_edge(self, info: Info) -> Edge[Message] | None:
        if self.added is None or self.to is None:
            return None
        return message_listing(info.context, self.to).edge(self.added)


@strawberry.type(description="What came of `startConversation`.")
class StartConversationPayload(MessagePayload):
    visitor_token: str | None = strawberry.field(
        default=None,
        description="A bearer token that opens this conversation and nothing else, for 30 days; null when refused.",
    )

    @strawberry.field(
        description="The conversation as an edge of `conversations` in its default order, for a client that keeps the "
        "list; null when refused."
    )
    def conversation_edge(self, info: Info) -> Edge[Conversation] | None:
        from resolvers.conversation.page import conversation_listing

        if self.to is None:
            return None
        listing = conversation_listing(info.context, ConversationQuery())
        return listing.edge(ListedConversation(conversation=self.to, at=self.to.started_at))


@strawberry.type(description="What came of a message that was to be sent.")
class SendMessagePayload(MessagePayload):
    pass


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

"""Payloads of the mutations of conversations."""

from datetime import datetime

import strawberry

from domain.model.conversation import Conversation as ConversationRow
from domain.model.conversation import Message as MessageRow
from domain.search.listed import ListedRow
from domain.storage import ConversationQuery
from resolvers.context import Info
from resolvers.conversation.message import Message, message_listing
from resolvers.conversation.page import conversation_listing
from resolvers.conversation.types import Conversation
from resolvers.errors import Payload
from resolvers.relay.connections import Edge


@strawberry.type
class MessagePayload(Payload):
    """Base of the payloads of mutations that add a message to a conversation."""

    added: strawberry.Private[MessageRow | None] = None
    to: strawberry.Private[ConversationRow | None] = None

    @strawberry.field(description="The message that was added. `null` if refused.")
    def message(self) -> Message | None:
        return None if self.added is None else Message.of(self.added)

    @strawberry.field(description="The conversation after the message. `null` if refused.")
    def conversation(self) -> Conversation | None:
        return None if self.to is None else Conversation.of(self.to)

    @strawberry.field(
        description="The message as an edge of `Conversation.messages`, with the cursor of that list, for clients "
        "that keep the list in a cache. `null` if refused."
    )
    def message_edge(self, info: Info) -> Edge[Message] | None:
        if self.added is None or self.to is None:
            return None
        return message_listing(info.context, self.to).edge(self.added)


@strawberry.type(description="The result of `startConversation`.")
class StartConversationPayload(MessagePayload):
    visitor_token: str | None = strawberry.field(
        default=None,
        description="A bearer token for this conversation only, valid while it is open and for some time after its "
        "close (by default 24 hours to write, 30 days to read). `null` if refused, and for a secret key that continued "
        "a conversation which no secret key started.",
    )
    browser_token: str | None = strawberry.field(
        default=None,
        description="The secret by which the browser comes back to its open conversation: keep it in the browser, and "
        "give it as `VisitorInput.browserToken` from then on. The same as long as the browser gives it back. `null` "
        "for secret keys, and if refused.",
    )

    @strawberry.field(
        description="The conversation as an edge of `Query.conversations` in its default order, with the cursor of "
        "that list. `null` if refused, and for a test conversation, which is not in that list."
    )
    def conversation_edge(self, info: Info) -> Edge[Conversation] | None:
        if self.to is None or self.to.is_test:
            return None
        listing = conversation_listing(info.context, ConversationQuery())
        return listing.edge(ListedRow(conversation=self.to, at=self.to.started_at))


@strawberry.type(description="The result of a mutation that adds a message.")
class SendMessagePayload(MessagePayload):
    pass


@strawberry.type(description="The result of a mutation that changes a conversation.")
class ConversationPayload(Payload):
    conversation: Conversation | None = strawberry.field(
        default=None, description="The conversation after the change. `null` if refused."
    )


@strawberry.type(description="The result of `sendEmailConfirmation`.")
class SendEmailConfirmationPayload(ConversationPayload):
    email: str | None = strawberry.field(
        default=None, description="The address to which the mail is sent, as it was claimed. `null` if refused."
    )
    expires_at: datetime | None = strawberry.field(
        default=None,
        description="The time at which the link in the mail ends, 24 hours after the call. `null` if refused.",
    )


@strawberry.type(description="The result of `setTyping`.")
class SetTypingPayload(Payload):
    until: datetime | None = strawberry.field(
        default=None,
        description="The time until which the caller is shown as typing. `null` if the caller is not shown as "
        "typing, or if refused.",
    )

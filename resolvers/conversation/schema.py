"""The queries, mutations and subscriptions of conversations."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from resolvers.arguments import StreamAfter
from resolvers.context import Info
from resolvers.conversation.mutations.close_conversation import close_conversation
from resolvers.conversation.mutations.end_visitor_access import end_visitor_access
from resolvers.conversation.mutations.identify_visitor import identify_visitor
from resolvers.conversation.mutations.post_agent_message import post_agent_message
from resolvers.conversation.mutations.send_email_confirmation import send_email_confirmation
from resolvers.conversation.mutations.send_message import send_message
from resolvers.conversation.mutations.set_typing import set_typing
from resolvers.conversation.mutations.start_conversation import start_conversation
from resolvers.conversation.page import ConversationConnection
from resolvers.conversation.payloads import (
    ConversationPayload,
    SendEmailConfirmationPayload,
    SendMessagePayload,
    SetTypingPayload,
    StartConversationPayload,
)
from resolvers.conversation.queries import conversation, conversations, list_test_conversations
from resolvers.conversation.subscription import ConversationStreamItem, follow_conversation
from resolvers.conversation.types import Conversation


@strawberry.type
class ConversationQueries:
    conversation: Conversation | None = strawberry.field(
        resolver=conversation,
        description="A conversation by its ID. Requires permission to read conversations, or the visitor token of "
        "the conversation.",
    )
    conversations: ConversationConnection | None = strawberry.field(
        resolver=conversations,
        description="The conversations of the account, without test conversations. Requires permission to read "
        "conversations.",
    )
    test_conversations: ConversationConnection | None = strawberry.field(
        resolver=list_test_conversations,
        description="The test conversations of the account, the latest start first: those with `isTest`, which began "
        "in the last seven days. Requires permission to read conversations.",
    )


_CARRIERS = (
    "A key with scope `conversations:write` may do it in a conversation that a secret key started and Baton does not "
    "carry."
)


@strawberry.type
class ConversationMutations:
    start_conversation: StartConversationPayload = strawberry.mutation(
        resolver=start_conversation,
        description="Starts a conversation with the first message of a shopper. If the shopper has an open "
        "conversation on the channel, the message is added to it, unless that conversation is full. Takes a "
        "publishable key, a key of OWNER, ADMIN or MANAGER, or one with scope `conversations:write`. A test "
        "takes the keys that `test` names. Too many starts in a minute with a publishable key are refused with the "
        "request error RATE_LIMITED.",
    )
    send_message: SendMessagePayload = strawberry.mutation(
        resolver=send_message,
        description="Sends the next message of a shopper. Takes a visitor token. Refused with CONVERSATION_CLOSED "
        "after the close, and with CONVERSATION_FULL after 5,000 messages or 2,000,000 characters of the shopper: "
        "start a new conversation. Too many mutations in a minute are refused with the request error RATE_LIMITED. "
        f"{_CARRIERS}",
    )
    identify_visitor: ConversationPayload = strawberry.mutation(
        resolver=identify_visitor,
        description="Adds to the identity of a shopper. Profiles with a common identity are merged. Takes a visitor "
        "token; FORBIDDEN from 24 hours after the close of the conversation on (a setting). "
        f"{_CARRIERS}",
    )
    send_email_confirmation: SendEmailConfirmationPayload = strawberry.mutation(
        resolver=send_email_confirmation,
        description="Mails a link to the e-mail address that the shopper claims in the conversation. The owner of the "
        "address opens it within 24 hours and presses the button of the page; then the address is proved: `contact` "
        "and the conversation's stream show it. Whether the address is known makes no difference. Takes the visitor "
        "token of the conversation. Refused with INVALID if no address is claimed; with CONFLICT if it is proved "
        "already, or if the shop or the channel vouches for the shopper; with NOT_CONNECTED if the account has "
        "connected no mail server; and with RATE_LIMITED after 3 mails an hour of the conversation, 5 a day to the "
        "address, or 500 an hour of the account. FORBIDDEN from 24 hours after the close of the "
        "conversation on (a setting).",
    )
    close_conversation: ConversationPayload = strawberry.mutation(
        resolver=close_conversation,
        description="Closes a conversation. Closing it again has no effect. Takes the visitor token of the "
        f"conversation, or a key of OWNER, ADMIN, MANAGER or SUPPORT, or with scope `inbox:write`. {_CARRIERS}",
    )
    end_visitor_access: ConversationPayload = strawberry.mutation(
        resolver=end_visitor_access,
        description="Revokes every visitor token of a conversation. Sockets and streams that are open under them close "
        "with 4403 at once, and the browser's secret opens the conversation no more. The conversation stays as it is. "
        "Takes the visitor token of the conversation, to sign out; or a key of OWNER, ADMIN or MANAGER, or one with "
        "scope `conversations:write`.",
    )
    post_agent_message: SendMessagePayload = strawberry.mutation(
        resolver=post_agent_message,
        description="Sends the next message of the AI agent, which replies to its turn. Refused with NOT_IN_CONTROL if "
        "the agent no longer has control, and with NOT_YOUR_TURN if `turn` is over; the text is then kept as a draft "
        "for staff. Takes a key with scope `agent`, or a key of OWNER, ADMIN or MANAGER.",
    )
    set_typing: SetTypingPayload = strawberry.mutation(
        resolver=set_typing,
        description="Shows the caller as typing (`TypingChanged`) to present subscribers, for at most 6 seconds. "
        "Calls are passed on about once a second. Sending a message ends it; writing a note need not be "
        "announced. Takes a visitor token, a key of staff, or a key with scope `agent`.",
    )


@strawberry.type
class ConversationSubscriptions:
    @strawberry.subscription(
        description="The changes of one conversation, as they are committed. Requires permission to read "
        "conversations, or the visitor token of the conversation."
    )
    async def conversation(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The ID of the conversation.")],
        after: StreamAfter = None,
    ) -> AsyncIterable[ConversationStreamItem]:
        return await follow_conversation(info, id, after)

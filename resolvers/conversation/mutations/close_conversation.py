"""The mutation `closeConversation`."""

from typing import Annotated

import strawberry

from domain.conversation.commands import CloseConversation
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.inputs import CloseConversationInput
from resolvers.conversation.payloads import ConversationPayload
from resolvers.conversation.types import Conversation
from resolvers.errors import refusals_in


@refusals_in(ConversationPayload)
async def close_conversation(
    info: Info, input: Annotated[CloseConversationInput, strawberry.argument(description="The conversation to close.")]
) -> ConversationPayload:
    command = CloseConversation(conversation_id=conversation_id_of(input.conversation_id))
    conversation = await info.context.services.conversations.close(
        info.context.principal, command, key=input.idempotency_key
    )
    return ConversationPayload(conversation=Conversation.of(conversation))

"""The mutation `setLegalHold`."""

from typing import Annotated

import strawberry

from domain.retention.legal_hold import SetLegalHold
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.payloads import ConversationPayload
from resolvers.conversation.types import Conversation
from resolvers.errors import refusals_in


@strawberry.input(description="Whether a conversation is under a legal hold.")
class SetLegalHoldInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    held: bool = strawberry.field(description="true begins the hold, false ends it.")
    reason: str | None = strawberry.field(
        default=None,
        description="The reason, such as the number of a case, at most 500 characters. Required to begin a hold.",
    )


@refusals_in(ConversationPayload)
async def set_legal_hold(
    info: Info, input: Annotated[SetLegalHoldInput, strawberry.argument(description="The hold to begin or end.")]
) -> ConversationPayload:
    command = SetLegalHold(
        conversation_id=conversation_id_of(input.conversation_id), held=input.held, reason=input.reason
    )
    conversation = await info.context.services.legal_holds.set(
        info.context.principal, command, key=input.idempotency_key
    )
    return ConversationPayload(conversation=Conversation.of(conversation))

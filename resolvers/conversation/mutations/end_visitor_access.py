"""The mutation `endVisitorAccess`."""

from typing import Annotated

import strawberry

from domain.conversation.commands import EndVisitorAccess
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.inputs import EndVisitorAccessInput
from resolvers.conversation.payloads import ConversationPayload
from resolvers.conversation.types import Conversation
from resolvers.errors import refusals_in


@refusals_in(ConversationPayload)
async def end_visitor_access(
    info: Info,
    input: Annotated[
        EndVisitorAccessInput, strawberry.argument(description="The conversation whose visitor tokens end.")
    ],
) -> ConversationPayload:
    command = EndVisitorAccess(conversation_id=conversation_id_of(input.conversation_id))
    conversation = await info.context.services.visitor_access.end(
        info.context.principal, command, key=input.idempotency_key
    )
    return ConversationPayload(conversation=Conversation.of(conversation))

"""The mutation `identifyVisitor`."""

from typing import Annotated

import strawberry

from domain.conversation.commands import IdentifyVisitor
from domain.model.conversation import Visitor
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.inputs import IdentifyVisitorInput
from resolvers.conversation.payloads import ConversationPayload
from resolvers.conversation.types import Conversation
from resolvers.errors import refusals_in


@refusals_in(ConversationPayload)
async def identify_visitor(
    info: Info,
    input: Annotated[IdentifyVisitorInput, strawberry.argument(description="The identity and the conversation.")],
) -> ConversationPayload:
    visitor = Visitor(external_id=input.profile_id, name=input.name, email=input.email, phone=input.phone)
    command = IdentifyVisitor(
        conversation_id=conversation_id_of(input.conversation_id), visitor=visitor, identity_token=input.identity_token
    )
    conversation = await info.context.services.conversations.identify(
        info.context.principal, command, key=input.idempotency_key
    )
    return ConversationPayload(conversation=Conversation.of(conversation))

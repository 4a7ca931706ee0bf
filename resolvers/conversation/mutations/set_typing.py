"""The mutation `setTyping`."""

from typing import Annotated

import strawberry

from domain.conversation.commands import SetTyping
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.payloads import SetTypingPayload
from resolvers.errors import refusals_in


@strawberry.input(description="A change of the caller's typing indicator.")
class SetTypingInput:
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    typing: bool = strawberry.field(
        description="Whether the caller is typing. Repeat `true` about every 3 seconds while it lasts."
    )


@refusals_in(SetTypingPayload)
async def set_typing(
    info: Info,
    input: Annotated[
        SetTypingInput, strawberry.argument(description="The conversation, and whether the caller is typing.")
    ],
) -> SetTypingPayload:
    command = SetTyping(conversation_id=conversation_id_of(input.conversation_id), typing=input.typing)
    return SetTypingPayload(until=await info.context.services.typing.set(info.context.principal, command))

"""setTyping"""

from typing import Annotated

import strawberry

from domain.conversation.commands import SetTyping
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.payloads import SetTypingPayload
from resolvers.errors import refusals_in


@strawberry.input(description="That the caller types, or does no longer.")
class SetTypingInput:
    conversation_id: strawberry.ID = strawberry.field(description="In which conversation.")
    typing: bool = strawberry.field(description="True while it types: say it again every 3 seconds or so.")


@refusals_in(SetTypingPayload)
async def set_typing(
    info: Info, input: Annotated[SetTypingInput, strawberry.argument(description="Who types where, or no longer.")]
) -> SetTypingPayload:
    command = SetTyping(conversation_id=conversation_id_of(input.conversation_id), typing=input.typing)
    return SetTypingPayload(until=await info.context.services.typing.set(info.context.principal, command))

"""The mutation `recordTouch`."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.commerce.commands import RecordTouch
from resolvers.account.enums import TouchKind
from resolvers.arguments import IdempotentInput
from resolvers.commerce.payloads import TouchPayload
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.errors import refusals_in


@strawberry.input(description="A touch of a shopper on a message of the agent.")
class RecordTouchInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    touch: TouchKind = strawberry.field(description="The kind of touch. It must exist on the conversation's channel.")
    at: datetime = strawberry.field(
        description="The time of the touch: not before the start of the conversation, and not in the future; a clock "
        "that is 5 minutes fast is tolerated. The same touch at the same time is recorded once."
    )


@refusals_in(TouchPayload)
async def record_touch(
    info: Info, input: Annotated[RecordTouchInput, strawberry.argument(description="The conversation and the touch.")]
) -> TouchPayload:
    command = RecordTouch(conversation_id=conversation_id_of(input.conversation_id), touch=input.touch, at=input.at)
    await info.context.services.commerce.record_touch(info.context.principal, command, key=input.idempotency_key)
    return TouchPayload(recorded=True)

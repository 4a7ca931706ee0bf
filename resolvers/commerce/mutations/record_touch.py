"""recordTouch"""

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


@strawberry.input(description="What a shopper did with a message of the agent.")
class RecordTouchInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="In which conversation.")
    touch: TouchKind = strawberry.field(description="What; one that happens on the conversation's channel.")
    at: datetime = strawberry.field(
        description="When: not before the conversation started, and not in the future; 5 minutes of a wrong clock are "
        "forgiven. The same touch at the same instant is one."
    )


@refusals_in(TouchPayload)
async def record_touch(
    info: Info, input: Annotated[RecordTouchInput, strawberry.argument(description="Which touch.")]
) -> TouchPayload:
    command = RecordTouch(conversation_id=conversation_id_of(input.conversation_id), touch=input.touch, at=input.at)
    await info.context.services.commerce.record_touch(info.context.principal, command, key=input.idempotency_key)
    return TouchPayload(recorded=True)

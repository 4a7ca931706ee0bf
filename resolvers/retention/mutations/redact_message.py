"""The mutation `redactMessage`."""

from typing import Annotated

import strawberry

from domain.retention.redaction import RedactMessage
from domain.values.ids import MessageId
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.conversation.message import Message
from resolvers.errors import Payload, refusals_in
from resolvers.relay.global_ids import key_of


@strawberry.input(description="A message whose words are removed.")
class RedactMessageInput(IdempotentInput):
    message_id: strawberry.ID = strawberry.field(description="The ID of the message.")


@strawberry.type(description="The result of `redactMessage`.")
class RedactMessagePayload(Payload):
    message: Message | None = strawberry.field(
        default=None, description="The message, without its words. `null` if refused."
    )


@refusals_in(RedactMessagePayload)
async def redact_message(
    info: Info, input: Annotated[RedactMessageInput, strawberry.argument(description="The message to redact.")]
) -> RedactMessagePayload:
    command = RedactMessage(message_id=MessageId(key_of(input.message_id, "Message", field="message_id")))
    message = await info.context.services.redactions.redact(info.context.principal, command, key=input.idempotency_key)
    return RedactMessagePayload(message=Message.of(message))

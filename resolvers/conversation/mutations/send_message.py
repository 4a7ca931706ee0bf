"""The mutation `sendMessage`."""

from typing import Annotated

import strawberry

from domain.conversation.commands import SendMessage
from resolvers.attachments.ids import attachment_ids_of
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.inputs import SendMessageInput
from resolvers.conversation.payloads import SendMessagePayload
from resolvers.errors import refusals_in


@refusals_in(SendMessagePayload)
async def send_message(
    info: Info, input: Annotated[SendMessageInput, strawberry.argument(description="The message and its conversation.")]
) -> SendMessagePayload:
    command = SendMessage(
        conversation_id=conversation_id_of(input.conversation_id),
        text=input.text,
        attachments=attachment_ids_of(input.attachments),
    )
    sent = await info.context.services.conversations.send_message(
        info.context.principal, command, key=input.idempotency_key
    )
    return SendMessagePayload(added=sent.message, to=sent.conversation)

"""The mutation `sendEmailConfirmation`."""

from typing import Annotated

import strawberry

from domain.email_confirmation.service import SendEmailConfirmation
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.inputs import SendEmailConfirmationInput
from resolvers.conversation.payloads import SendEmailConfirmationPayload
from resolvers.conversation.types import Conversation
from resolvers.errors import refusals_in


@refusals_in(SendEmailConfirmationPayload)
async def send_email_confirmation(
    info: Info,
    input: Annotated[
        SendEmailConfirmationInput, strawberry.argument(description="The conversation whose address is confirmed.")
    ],
) -> SendEmailConfirmationPayload:
    command = SendEmailConfirmation(conversation_id=conversation_id_of(input.conversation_id))
    sent = await info.context.services.email_confirmations.send(
        info.context.principal, command, key=input.idempotency_key
    )
    return SendEmailConfirmationPayload(
        conversation=Conversation.of(sent.conversation),
        email=sent.confirmation.email,
        expires_at=sent.confirmation.expires_at,
    )

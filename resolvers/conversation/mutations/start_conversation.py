"""The mutation `startConversation`."""

from typing import Annotated

import strawberry

from domain.conversation.commands import StartConversation
from resolvers.attachments.ids import attachment_ids_of
from resolvers.context import Info
from resolvers.conversation.inputs import StartConversationInput, visitor_of
from resolvers.conversation.payloads import StartConversationPayload
from resolvers.errors import refusals_in


@refusals_in(StartConversationPayload)
async def start_conversation(
    info: Info,
    input: Annotated[
        StartConversationInput, strawberry.argument(description="The message, the channel and the shopper.")
    ],
) -> StartConversationPayload:
    command = StartConversation(
        channel=input.channel,
        text=input.text,
        visitor=visitor_of(input.visitor),
        locale=input.locale,
        identity_token=input.visitor.identity_token if input.visitor else None,
        browser_token=input.visitor.browser_token if input.visitor else None,
        attachments=attachment_ids_of(input.attachments),
        test=input.test,
    )
    started = await info.context.services.conversations.start(
        info.context.principal, command, key=input.idempotency_key
    )
    return StartConversationPayload(
        added=started.message,
        to=started.conversation,
        visitor_token=started.visitor_token,
        browser_token=started.browser_token,
    )

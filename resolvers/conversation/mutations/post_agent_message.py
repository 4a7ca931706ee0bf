"""The mutation `postAgentMessage`."""

from typing import Annotated

import strawberry

from domain.conversation.commands import PostAgentMessage
from resolvers.attachments.ids import attachment_ids_of
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.inputs import PostAgentMessageInput, card_of
from resolvers.conversation.payloads import SendMessagePayload
from resolvers.errors import refusals_in


@refusals_in(SendMessagePayload)
async def post_agent_message(
    info: Info,
    input: Annotated[
        PostAgentMessageInput, strawberry.argument(description="The message, its conversation and the epoch.")
    ],
) -> SendMessagePayload:
    command = PostAgentMessage(
        conversation_id=conversation_id_of(input.conversation_id),
        epoch=input.epoch,
        text=input.text,
        skill=input.skill,
        tags=tuple(input.tags or ()),
        products=tuple(card_of(card) for card in input.products or ()),
        attachments=attachment_ids_of(input.attachments),
        turn=input.turn,
    )
    sent = await info.context.services.agent.post(info.context.principal, command, key=input.idempotency_key)
    return SendMessagePayload(added=sent.message, to=sent.conversation)

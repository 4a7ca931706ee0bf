"""The mutation `streamAgentMessage`."""

from typing import Annotated

import strawberry

from domain.conversation.partial_replies import PartialReply
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.payloads import SetTypingPayload
from resolvers.errors import refusals_in


@strawberry.input(description="The message of the agent so far.")
class StreamAgentMessageInput:
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    epoch: int = strawberry.field(description="The `controller.epoch` that the agent read before it began to write.")
    turn: int | None = strawberry.field(
        default=None, description="The `lease.number` of the turn, if the agent has claimed it."
    )
    text: str = strawberry.field(
        description="The text from the beginning of the message, from 1 to 8,000 characters. A longer message is shown "
        "whole once it is posted."
    )


@refusals_in(SetTypingPayload)
async def stream_agent_message(
    info: Info,
    input: Annotated[
        StreamAgentMessageInput, strawberry.argument(description="The conversation, the epoch, and the text so far.")
    ],
) -> SetTypingPayload:
    reply = PartialReply(
        conversation_id=conversation_id_of(input.conversation_id), epoch=input.epoch, text=input.text, turn=input.turn
    )
    return SetTypingPayload(until=await info.context.services.typing.replies.show(info.context.principal, reply))

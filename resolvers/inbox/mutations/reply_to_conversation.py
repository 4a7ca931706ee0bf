"""The mutation `replyToConversation`."""

from typing import Annotated

import strawberry

from domain.inbox.commands import Reply
from resolvers.account.ids import staff_id_of
from resolvers.arguments import IdempotentInput
from resolvers.attachments.ids import ATTACHMENTS, attachment_ids_of
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.payloads import SendMessagePayload
from resolvers.errors import refusals_in


@strawberry.input(description="A message of a human to the shopper.")
class ReplyToConversationInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    text: str = strawberry.field(
        description="The text of the message, from 1 to 32,000 characters. It is stored unchanged."
    )
    last_seen_sequence: int | None = strawberry.field(
        default=None,
        description="The `sequence` of the last message that the author has seen. If the shopper wrote after it, "
        "nothing is sent and the error is `StaleView`. Omit it to send in any case.",
    )
    staff_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The ID of the member of staff who wrote the message: required for keys with scope `inbox:write`, "
        "which reply within the limits of that member. Members of staff write in their own name only.",
    )
    attachments: list[strawberry.ID] | None = strawberry.field(default=None, description=ATTACHMENTS)


@refusals_in(SendMessagePayload)
async def reply_to_conversation(
    info: Info,
    input: Annotated[ReplyToConversationInput, strawberry.argument(description="The message and its conversation.")],
) -> SendMessagePayload:
    command = Reply(
        conversation_id=conversation_id_of(input.conversation_id),
        text=input.text,
        last_seen_sequence=input.last_seen_sequence,
        staff_id=None if input.staff_id is None else staff_id_of(input.staff_id),
        attachments=attachment_ids_of(input.attachments),
    )
    sent = await info.context.services.replies.reply(info.context.principal, command, key=input.idempotency_key)
    return SendMessagePayload(added=sent.message, to=sent.conversation)

"""addNote"""

from typing import Annotated

import strawberry

from domain.inbox.commands import AddNote
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.payloads import SendMessagePayload
from resolvers.errors import refusals_in


@strawberry.input(description="A note for colleagues. Shoppers never see it.")
class AddNoteInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="In which conversation.")
    text: str = strawberry.field(description="1 to 32,000 characters, kept exactly.")


@refusals_in(SendMessagePayload)
async def add_note(
    info: Info, input: Annotated[AddNoteInput, strawberry.argument(description="What colleagues should know.")]
) -> SendMessagePayload:
    command = AddNote(conversation_id=conversation_id_of(input.conversation_id), text=input.text)
    sent = await info.context.services.replies.add_note(info.context.principal, command, key=input.idempotency_key)
    return SendMessagePayload(added=sent.message, to=sent.conversation)

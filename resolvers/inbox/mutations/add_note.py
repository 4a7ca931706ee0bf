"""The mutation `addNote`."""

from typing import Annotated

import strawberry

from domain.inbox.commands import AddNote
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.payloads import SendMessagePayload
from resolvers.errors import refusals_in


@strawberry.input(description="A note for colleagues.")
class AddNoteInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    text: str = strawberry.field(
        description="The text of the note, from 1 to 32,000 characters. It is stored unchanged."
    )


@refusals_in(SendMessagePayload)
async def add_note(
    info: Info, input: Annotated[AddNoteInput, strawberry.argument(description="The note and its conversation.")]
) -> SendMessagePayload:
    command = AddNote(conversation_id=conversation_id_of(input.conversation_id), text=input.text)
    sent = await info.context.services.replies.add_note(info.context.principal, command, key=input.idempotency_key)
    return SendMessagePayload(added=sent.message, to=sent.conversation)

"""The mutation `addNote`."""

from typing import Annotated

import strawberry

from domain.inbox.commands import AddNote
from resolvers.account.ids import staff_id_of
from resolvers.arguments import IdempotentInput
from resolvers.attachments.ids import ATTACHMENTS, attachment_ids_of
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
    staff_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The ID of the member of staff who wrote the note, for keys with scope `inbox:write`. Default: the "
        "integration itself, by the label of the key. Members of staff write in their own name only.",
    )
    attachments: list[strawberry.ID] | None = strawberry.field(default=None, description=ATTACHMENTS)


@refusals_in(SendMessagePayload)
async def add_note(
    info: Info, input: Annotated[AddNoteInput, strawberry.argument(description="The note and its conversation.")]
) -> SendMessagePayload:
    command = AddNote(
        conversation_id=conversation_id_of(input.conversation_id),
        text=input.text,
        staff_id=None if input.staff_id is None else staff_id_of(input.staff_id),
        attachments=attachment_ids_of(input.attachments),
    )
    sent = await info.context.services.replies.add_note(info.context.principal, command, key=input.idempotency_key)
    return SendMessagePayload(added=sent.message, to=sent.conversation)

"""The mutation `createUpload`."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.attachments.commands import CreateUpload
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.relay.global_ids import to_global_id


@strawberry.input(description="A file to upload.")
class CreateUploadInput(IdempotentInput):
    name: str = strawberry.field(
        description="The name of the file, from 1 to 1,000 characters. Path, hidden characters, and what is longer "
        "than 200 characters are removed."
    )
    content_type: str = strawberry.field(
        description="The content type as the sender knows it, for example `image/png`. The content of the file "
        "decides in the end."
    )
    bytes: int = strawberry.field(
        description="The exact size of the file in bytes, at least 1 and at most `Account.largestAttachment`."
    )


@strawberry.type(description="The result of `createUpload`.")
class CreateUploadPayload(Payload):
    attachment_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The ID for `attachments` of the mutations that add a message. `node(id:)` finds the attachment "
        "once a message has it. `null` if refused.",
    )
    url: str | None = strawberry.field(
        default=None,
        description="The address that takes the bytes, once, as the body of a PUT request without a credential. "
        "`null` if refused.",
    )
    expires_at: datetime | None = strawberry.field(
        default=None,
        description="The time at which the address ends, and the file is deleted if no message has it by then: 30 "
        "minutes after the call. `null` if refused.",
    )


@refusals_in(CreateUploadPayload)
async def create_upload(
    info: Info, input: Annotated[CreateUploadInput, strawberry.argument(description="The file to upload.")]
) -> CreateUploadPayload:
    command = CreateUpload(name=input.name, content_type=input.content_type, size=input.bytes)
    created = await info.context.services.attachments.create_upload(
        info.context.principal, command, key=input.idempotency_key
    )
    return CreateUploadPayload(
        attachment_id=to_global_id("Attachment", created.attachment_id),
        url=created.url,
        expires_at=created.expires_at,
    )

"""GraphQL type of an attachment."""

from typing import Self

import strawberry

from domain.model import attachments as model
from resolvers.context import Context, Info
from resolvers.relay.global_ids import Node, to_global_id


@strawberry.type(description="A file of a message. It never changes.")
class Attachment(Node):
    row: strawberry.Private[model.AttachedFile]
    name: str = strawberry.field(
        description="The name of the file, from 1 to 200 characters, without path and hidden characters."
    )
    content_type: str = strawberry.field(
        description="The content type by the content of the file, for example `image/png`; "
        "`application/octet-stream` if the content does not tell."
    )
    bytes: int = strawberry.field(description="The size of the file in bytes.")

    @strawberry.field(
        description="An address of the file, which needs no credential and works for 45 minutes to two hours: read the "
        "message again for a new one. Images (JPEG, PNG, GIF, WebP, AVIF) and PDF files are shown in the browser, "
        "all else is saved as a file. `null` if the file was refused: see `problem`."
    )
    def url(self, info: Info) -> str | None:
        if self.row.problem is not None:
            return None
        services = info.context.services
        return services.attachments.links.download(info.context.principal.account_id, self.row.id, services.clock.now())

    @strawberry.field(
        description="The reason why the file cannot be downloaded, for example malware that the scanner found. `null` "
        "if it can be, and for shoppers."
    )
    def problem(self, info: Info) -> str | None:
        return self.row.problem if info.context.principal.inside else None

    @classmethod
    def of(cls, row: model.AttachedFile) -> Self:
        return cls(
            id=to_global_id("Attachment", row.id),
            row=row,
            name=row.name,
            content_type=row.content_type,
            bytes=row.size,
        )


async def find_attachment(context: Context, key: str) -> Attachment | None:
    """Return the attachment of a message that the caller may see. Raises `NotFound`, `Forbidden`."""
    row = await context.reader.get(model.Attachment, key)
    message = await context.messages.load(row.message_id) if row is not None and row.message_id is not None else None
    if row is None or message is None:
        return None
    context.principal.require_conversation(message.conversation_id)
    return Attachment.of(row.file) if context.principal.inside or message.seen_by_shopper else None

"""The GraphQL type of a message that was passed over, its list, and the resolver of `passedOver`."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import passed_over as model
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.conversation.types import Conversation
from resolvers.enums import Channel
from resolvers.messaging.enums import PassedOverReason
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, to_global_id


@strawberry.type(
    description="A mail or text message that was received and not taken in. It is kept for 30 days, as one of the "
    "newest 1,000 of the account. `takeIn` makes a conversation of it. For staff."
)
class PassedOver(Node):
    row: strawberry.Private[model.PassedOver]
    at: datetime = strawberry.field(description="The time at which the message arrived.")
    channel: Channel = strawberry.field(description="The channel on which it arrived.")
    reason: PassedOverReason = strawberry.field(description="The reason for which it was not taken in.")
    detail: str | None = strawberry.field(
        description="The mark by which an AUTOMATIC mail is known, such as `Auto-Submitted: auto-replied`. `null` for "
        "other reasons."
    )
    sender: str = strawberry.field(
        name="from", description="The address or number of the sender, as given. Empty if the mail is UNREADABLE."
    )
    subject: str | None = strawberry.field(description="The subject of a mail. `null` for texts.")
    text: str = strawberry.field(description="The text, at most 10,000 characters.")

    @strawberry.field(
        description="The mail as it was received (RFC 5322), at most its first 131,072 bytes, with one character for "
        "each byte (ISO 8859-1). `takeIn` reads the whole. `null` for texts."
    )
    def source(self) -> str | None:
        return None if self.row.source is None else self.row.source.decode("latin-1")

    @strawberry.field(description="The conversation that the message was taken into later. `null` if it was not.")
    async def conversation(self, info: Info) -> Conversation | None:
        if self.row.taken_into is None:
            return None
        found = await info.context.conversations.load(self.row.taken_into)
        return None if found is None else Conversation.of(found)

    @classmethod
    def of(cls, row: model.PassedOver) -> Self:
        return cls(
            id=to_global_id("PassedOver", row.id),
            row=row,
            at=row.at,
            channel=row.channel,
            reason=row.reason,
            detail=row.detail,
            sender=row.sender,
            subject=row.subject,
            text=row.text,
        )


@strawberry.type(description="A page of the messages that were passed over, the newest first.")
class PassedOverConnection(Connection[PassedOver]):
    @strawberry.field(description="The number of messages in the whole list, counted on request.")
    async def total_count(self, info: Info) -> int:
        return await info.context.services.passed_over.count(info.context.principal)


def passed_over_listing(context: Context) -> Listing[model.PassedOver, PassedOver]:
    return Listing(context, "passed_over", (datetime, str), key=lambda row: (row.at, row.id), node=PassedOver.of)


async def passed_over(info: Info, first: First = None, after: After = None) -> PassedOverConnection | None:
    listing = passed_over_listing(info.context)
    page = await info.context.services.passed_over.page(info.context.principal, listing.slice(first, after))
    return PassedOverConnection(**listing.parts(page))

"""What became of a message on its way, and what came in as it came."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import messaging as model
from resolvers.messaging.enums import Progress


@strawberry.type(description="What became of a message that left by SMS, WhatsApp or e-mail.")
class MessageDelivery:
    progress: Progress = strawberry.field(description="How far it has come.")
    at: datetime = strawberry.field(description="When that was last heard of.")
    error: str | None = strawberry.field(
        description="Why it failed, or is tried again, in the carrier's own words; null where nothing is wrong."
    )

    @classmethod
    def of(cls, row: model.MessageDelivery) -> Self:
        return cls(progress=row.progress, at=row.at, error=row.error)


@strawberry.type(description="A mail as it came in; the message shows what is new in it.")
class OriginalMail:
    sender: str = strawberry.field(description="The address that it came from.")
    subject: str = strawberry.field(description="Its subject.")
    text: str = strawberry.field(description="Its whole text, with the quoted history; at most 1,000,000 characters.")
    attachments: list[str] = strawberry.field(description="The names of its files, which are not kept.")

    @classmethod
    def of(cls, row: model.ReceivedMail) -> Self:
        return cls(sender=row.sender, subject=row.subject, text=row.text, attachments=list(row.attachments))

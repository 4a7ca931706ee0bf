"""GraphQL types of the delivery of a message, and of a received e-mail."""

from datetime import datetime
from typing import Self

import strawberry

from domain.model import messaging as model
from resolvers.messaging.enums import Progress


@strawberry.type(description="The delivery of a message by SMS, WhatsApp or e-mail.")
class MessageDelivery:
    progress: Progress = strawberry.field(description="The present progress of the delivery.")
    at: datetime = strawberry.field(description="The time of the latest progress.")
    error: str | None = strawberry.field(
        description="The reason for a failure or a retry, in the carrier's own words, or why Baton did not send the "
        "message. `null` if there is none."
    )

    @classmethod
    def of(cls, row: model.MessageDelivery) -> Self:
        return cls(progress=row.progress, at=row.at, error=row.error)


@strawberry.type(description="A received e-mail. The text of the message has only the new part of it.")
class OriginalMail:
    sender: str = strawberry.field(description="The address of the sender.")
    subject: str = strawberry.field(description="The subject of the e-mail.")
    text: str = strawberry.field(
        description="The whole text including the quoted history, at most 1,000,000 characters."
    )
    attachments: list[str] = strawberry.field(
        description="The names of its files, also of files that were left out, which are "
        "not among `attachments` of the message."
    )

    @classmethod
    def of(cls, row: model.ReceivedMail) -> Self:
        return cls(sender=row.sender, subject=row.subject, text=row.text, attachments=list(row.attachments))

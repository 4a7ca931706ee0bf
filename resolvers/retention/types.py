"""GraphQL type of the retention settings, and the resolver of `retention`."""

from datetime import timedelta
from typing import Self

import strawberry

from domain.retention.policy import RetentionPolicy
from resolvers.context import Info


@strawberry.type(
    description="The times after which an account removes words and files. A worker does so once a day, in small "
    "steps. Conversations, messages and events stay, so that every number stays; conversations under a legal hold keep "
    "everything."
)
class Retention:
    transcripts: timedelta | None = strawberry.field(
        description="The time after the last message from which a closed conversation loses the words and files of its "
        "messages, its first question, summaries, drafts and mails. `null` keeps them."
    )
    attachments: timedelta | None = strawberry.field(
        description="The time after which files of closed conversations are deleted. The message keeps their names. "
        "`null` keeps them as long as the transcript."
    )
    events: timedelta | None = strawberry.field(
        description="The time after which business events lose the shopper, the first message and the detail of the "
        "reason. `null` keeps them."
    )

    @classmethod
    def of(cls, row: RetentionPolicy) -> Self:
        return cls(transcripts=row.transcripts, attachments=row.attachments, events=row.events)


async def retention(info: Info) -> Retention | None:
    """Raises `Forbidden`."""
    return Retention.of(await info.context.services.retention.policy_of(info.context.principal))

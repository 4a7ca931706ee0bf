"""The mutation `updateRetention`."""

from datetime import timedelta
from typing import Annotated

import strawberry

from domain.retention.retention_settings import UpdateRetention
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.retention.types import Retention


@strawberry.input(description="The new retention settings. They replace the present ones: what is omitted is kept.")
class UpdateRetentionInput:
    transcripts: timedelta | None = strawberry.field(
        default=None, description="The time for transcripts, from `P1D` to `P3650D`. `null` keeps them."
    )
    attachments: timedelta | None = strawberry.field(
        default=None, description="The time for files, from `P1D` to `P3650D`. `null` keeps them."
    )
    events: timedelta | None = strawberry.field(
        default=None, description="The time for business events, from `P7D` to `P3650D`. `null` keeps them."
    )


@strawberry.type(description="The result of `updateRetention`.")
class UpdateRetentionPayload(Payload):
    retention: Retention | None = strawberry.field(
        default=None, description="The settings after the change. `null` if refused."
    )


@refusals_in(UpdateRetentionPayload)
async def update_retention(
    info: Info, input: Annotated[UpdateRetentionInput, strawberry.argument(description="The new settings.")]
) -> UpdateRetentionPayload:
    command = UpdateRetention(transcripts=input.transcripts, attachments=input.attachments, events=input.events)
    policy = await info.context.services.retention.update(info.context.principal, command)
    return UpdateRetentionPayload(retention=Retention.of(policy))

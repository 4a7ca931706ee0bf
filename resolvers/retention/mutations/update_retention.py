"""The mutation `updateRetention`."""

from datetime import timedelta
from typing import Annotated

import strawberry

from domain.retention.retention_settings import RetentionKind, UpdateRetention
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.retention.types import Retention


@strawberry.input(description="The retention settings to change. A time that is omitted stays as it is.")
class UpdateRetentionInput:
    transcripts: timedelta | None = strawberry.field(
        default=strawberry.UNSET,
        description="The time for transcripts, from `P1D` to `P3650D`. `null` keeps them for good.",
    )
    attachments: timedelta | None = strawberry.field(
        default=strawberry.UNSET,
        description="The time for files, from `P1D` to `P3650D`. `null` keeps them for good.",
    )
    events: timedelta | None = strawberry.field(
        default=strawberry.UNSET,
        description="The time for business events, from `P7D` to `P3650D`. `null` keeps them for good.",
    )


@strawberry.type(description="The result of `updateRetention`.")
class UpdateRetentionPayload(Payload):
    retention: Retention | None = strawberry.field(
        default=None, description="The settings after the change. `null` if refused."
    )


@refusals_in(UpdateRetentionPayload)
async def update_retention(
    info: Info, input: Annotated[UpdateRetentionInput, strawberry.argument(description="The settings to change.")]
) -> UpdateRetentionPayload:
    given = {kind: getattr(input, kind) for kind in RetentionKind}
    command = UpdateRetention(times={kind: time for kind, time in given.items() if time is not strawberry.UNSET})
    policy = await info.context.services.retention.update(info.context.principal, command)
    return UpdateRetentionPayload(retention=Retention.of(policy))

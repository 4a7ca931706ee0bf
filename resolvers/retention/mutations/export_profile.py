"""The mutation `exportProfile`."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.values.ids import ProfileId
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.relay.global_ids import key_of


@strawberry.input(description="A shopper whose stored data is exported.")
class ExportProfileInput:
    profile_id: strawberry.ID = strawberry.field(
        description="The ID of the profile. The profiles that were merged into it are exported as well."
    )


@strawberry.type(description="The result of `exportProfile`.")
class ExportProfilePayload(Payload):
    url: str | None = strawberry.field(
        default=None,
        description="The address of the file, a ZIP. Everybody who has it can read everything about the shopper: pass "
        "it on with care. `null` if refused.",
    )
    expires_at: datetime | None = strawberry.field(
        default=None, description="The time until which the download has to begin, 15 minutes later. `null` if refused."
    )


@refusals_in(ExportProfilePayload)
async def export_profile(
    info: Info, input: Annotated[ExportProfileInput, strawberry.argument(description="The shopper to export.")]
) -> ExportProfilePayload:
    profile_id = ProfileId(key_of(input.profile_id, "Profile", field="profile_id"))
    link = await info.context.services.person_exports.link(info.context.principal, profile_id)
    return ExportProfilePayload(url=link.url, expires_at=link.expires_at)

"""The mutation `eraseProfile`."""

from typing import Annotated

import strawberry

from domain.erasure.service import EraseProfile
from domain.values.ids import ProfileId
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.profile.erasures import Erasure
from resolvers.relay.global_ids import key_of


@strawberry.input(description="A shopper to erase.")
class EraseProfileInput(IdempotentInput):
    profile_id: strawberry.ID = strawberry.field(
        description="The ID of the profile. All profiles that were merged with it are erased as well, and the "
        "unverified ones that claim one of its proved identities."
    )


@strawberry.type(description="The result of `eraseProfile`.")
class EraseProfilePayload(Payload):
    erasure: Erasure | None = strawberry.field(
        default=None, description="The erasure, which has begun; `node` reads its progress. `null` if refused."
    )


@refusals_in(EraseProfilePayload)
async def erase_profile(
    info: Info, input: Annotated[EraseProfileInput, strawberry.argument(description="The shopper to erase.")]
) -> EraseProfilePayload:
    command = EraseProfile(profile_id=ProfileId(key_of(input.profile_id, "Profile", field="profile_id")))
    erasure = await info.context.services.erasures.erase(info.context.principal, command, key=input.idempotency_key)
    return EraseProfilePayload(erasure=Erasure.of(erasure))

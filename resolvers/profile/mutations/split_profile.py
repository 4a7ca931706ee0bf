"""The mutation `splitProfile`."""

from typing import Annotated

import strawberry

from domain.profile.service import SplitProfile
from domain.values.ids import ProfileId
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.profile.types import Profile
from resolvers.relay.global_ids import key_of


@strawberry.input(description="A profile that is part of another one.")
class SplitProfileInput(IdempotentInput):
    profile_id: strawberry.ID = strawberry.field(
        description="The ID of the part, for example from `Profile.merges { profile { id } }`."
    )


@strawberry.type(description="The result of `splitProfile`.")
class SplitProfilePayload(Payload):
    profile: Profile | None = strawberry.field(
        default=None,
        description="The former part, with its own identities and conversations. `null` if refused.",
    )
    remaining: Profile | None = strawberry.field(
        default=None, description="The profile that it was part of. `null` if refused."
    )


@refusals_in(SplitProfilePayload)
async def split_profile(
    info: Info, input: Annotated[SplitProfileInput, strawberry.argument(description="The part to split off.")]
) -> SplitProfilePayload:
    command = SplitProfile(profile_id=ProfileId(key_of(input.profile_id, "Profile", field="profile_id")))
    split = await info.context.services.profiles.split(info.context.principal, command, key=input.idempotency_key)
    return SplitProfilePayload(profile=Profile.of(split.profile), remaining=Profile.of(split.remaining))

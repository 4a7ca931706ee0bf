"""The mutation `mergeProfiles`."""

from typing import Annotated

import strawberry

from domain.profile.service import MergeProfiles
from domain.values.ids import ProfileId
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.profile.types import Profile
from resolvers.relay.global_ids import key_of


@strawberry.input(description="Two profiles of one shopper.")
class MergeProfilesInput(IdempotentInput):
    profile_id: strawberry.ID = strawberry.field(
        description="The ID of the profile that becomes a part of the other one. If it is not verified, it brings its "
        "conversations and nothing that its browser claims."
    )
    into_profile_id: strawberry.ID = strawberry.field(
        description="The ID of the profile that stays. Its own name, e-mail address and phone number are kept; missing "
        "ones are taken over."
    )


@strawberry.type(description="The result of `mergeProfiles`.")
class MergeProfilesPayload(Payload):
    profile: Profile | None = strawberry.field(
        default=None, description="The profile after the merge. `null` if refused."
    )


@refusals_in(MergeProfilesPayload)
async def merge_profiles(
    info: Info, input: Annotated[MergeProfilesInput, strawberry.argument(description="The two profiles.")]
) -> MergeProfilesPayload:
    command = MergeProfiles(
        profile_id=ProfileId(key_of(input.profile_id, "Profile", field="profile_id")),
        into_profile_id=ProfileId(key_of(input.into_profile_id, "Profile", field="into_profile_id")),
    )
    merged = await info.context.services.profiles.merge(info.context.principal, command, key=input.idempotency_key)
    return MergeProfilesPayload(profile=Profile.of(merged))

"""GraphQL type of a merge of profiles."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.model import profile as model
from domain.values.record import replace
from resolvers.account.types import Staff
from resolvers.context import Context, Info

if TYPE_CHECKING:
    from resolvers.profile.types import Profile

MOST_MERGES = 50  # the latest ones


@strawberry.type(description="A merge of another profile into this one. `splitProfile` undoes it.")
class ProfileMerge:
    row: strawberry.Private[model.ProfileMerge]
    at: datetime = strawberry.field(description="The time of the merge.")

    @strawberry.field(
        description="The profile that was merged into this one, as it was before. `null` if it was erased."
    )
    async def profile(self, info: Info) -> Annotated["Profile", strawberry.lazy("resolvers.profile.types")] | None:
        from resolvers.profile.types import Profile

        part = await info.context.profiles.load(self.row.profile_id)
        return None if part is None else Profile.of(replace(part, keys=self.row.keys))

    @strawberry.field(
        description="The member of staff who merged the two. `null` if a proof joined them, or if the member no longer "
        "exists."
    )
    async def by(self, info: Info) -> Staff | None:
        row = await info.context.staff.load(self.row.by) if self.row.by is not None else None
        return None if row is None else Staff.of(row, info.context.principal)


def merges_of(context: Context, merges: tuple[model.ProfileMerge, ...]) -> list[ProfileMerge] | None:
    """Return the latest merges, the last one first; `None` if the caller is not staff."""
    if context.principal.role is None:
        return None
    return [ProfileMerge(row=row, at=row.at) for row in reversed(merges[-MOST_MERGES:])]

"""The connection of shoppers."""

import strawberry

from domain.activity.model import Segment
from resolvers.context import Context, Info
from resolvers.profile.types import Profile
from resolvers.relay.connections import Connection, Listing


@strawberry.type(description="A page of shoppers.")
class ProfileConnection(Connection[Profile]):
    segment: strawberry.Private[Segment]

    @strawberry.field(description="The number of shoppers in the whole list, counted on request.")
    async def total_count(self, info: Info) -> int:
        services, account_id = info.context.services, info.context.principal.account_id
        return await services.activity.count_segment(account_id, self.segment, services.clock.now())


async def profile_connection(
    context: Context, segment: Segment, first: int | None, after: str | None
) -> ProfileConnection:
    """Raises `Invalid` for a page that is too large, or a cursor of another list."""
    services, account_id = context.services, context.principal.account_id
    listing = Listing(context, "segment", (str,), key=lambda row: (row.id,), node=Profile.of)
    rows = await services.activity.segment(account_id, segment, services.clock.now(), listing.slice(first, after))
    return ProfileConnection(segment=segment, **listing.parts(rows))

"""Pages of shoppers."""

import strawberry

from domain.activity.model import Segment
from resolvers.context import Context, Info
from resolvers.profile.types import Profile
from resolvers.relay import Listing, PageInfo, page_info


@strawberry.type(description="A shopper in a page.")
class ProfileEdge:
    cursor: str = strawberry.field(description="Where it stands in the list.")
    node: Profile = strawberry.field(description="The shopper.")


@strawberry.type(description="A page of shoppers.")
class ProfileConnection:
    segment: strawberry.Private[Segment]
    edges: list[ProfileEdge] = strawberry.field(description="The shoppers with their cursors.")
    nodes: list[Profile] = strawberry.field(description="The shoppers.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")

    @strawberry.field(description="Shoppers in the whole list. Counted when asked for.")
    async def total_count(self, info: Info) -> int:
        services, account_id = info.context.services, info.context.principal.account_id
        return await services.activity.count_segment(account_id, self.segment, services.clock.now())


async def profile_connection(
    context: Context, segment: Segment, first: int | None, after: str | None
) -> ProfileConnection:
    """Raises Invalid."""
    services, account_id = context.services, context.principal.account_id
    listing = Listing(context, "segment", (str,))
    page = listing.slice(first, after, None, None)
    rows = await services.activity.segment(account_id, segment, services.clock.now(), page)
    cursors = [listing.cursor((row.id,)) for row in rows.items]
    nodes = [Profile.of(row) for row in rows.items]
    edges = [ProfileEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)]
    return ProfileConnection(segment=segment, edges=edges, nodes=nodes, page_info=page_info(rows, cursors))

"""The queries of segments."""

import strawberry

from resolvers.profile.page import ProfileConnection
from resolvers.segment.queries import segment


@strawberry.type
class SegmentQueries:
    segment: ProfileConnection | None = strawberry.field(
        resolver=segment,
        description="The shoppers who did, or did not do, all that is asked; those known longest first.",
    )

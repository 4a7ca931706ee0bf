"""The queries of segments."""

import strawberry

from resolvers.profile.page import ProfileConnection
from resolvers.segment.queries import segment


@strawberry.type
class SegmentQueries:
    segment: ProfileConnection | None = strawberry.field(
        resolver=segment,
        description="The shoppers who fulfil all conditions, those known longest first. Requires permission to read "
        "events and profiles.",
    )

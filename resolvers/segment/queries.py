"""The resolver of `segment`."""

from typing import Annotated

import strawberry

from domain.principal import Permission
from resolvers.arguments import After, First
from resolvers.context import Info
from resolvers.profile.page import ProfileConnection, profile_connection
from resolvers.segment.inputs import SegmentInput, segment_of


async def segment(
    info: Info,
    input: Annotated[SegmentInput, strawberry.argument(description="The conditions of the segment.")],
    first: First = 25,
    after: After = None,
) -> ProfileConnection | None:
    """Raises `Forbidden` and `Invalid`."""
    info.context.principal.require(Permission.READ_EVENTS)
    info.context.principal.require(Permission.READ_PROFILES)
    return await profile_connection(info.context, segment_of(input), first, after)

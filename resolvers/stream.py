"""What every stream says besides its events: ready, caught up, or start anew."""

from enum import Enum

import strawberry

from resolvers.scalars import Cursor


@strawberry.interface(description="An item of a live stream.")
class StreamItem:
    cursor: Cursor = strawberry.field(
        description="Position in the account's log behind this item: subscribe with `after:` this to go on here."
    )


@strawberry.enum(description="Why a stream cannot go on from the cursor it was given.")
class StreamResetReason(Enum):
    EXPIRED = strawberry.enum_value("EXPIRED", description="The log no longer reaches back to the cursor.")
    TOO_FAR_BEHIND = strawberry.enum_value(
        "TOO_FAR_BEHIND", description="More than 1,000 events were missed: reading the state anew is cheaper."
    )
    UNKNOWN_CURSOR = strawberry.enum_value(
        "UNKNOWN_CURSOR", description="The cursor is not one of this account's log as it is now."
    )


@strawberry.type(description="The first item of every stream: it is open.")
class StreamReady(StreamItem):
    resumed: bool = strawberry.field(
        description="True when it goes on exactly behind the cursor it was given; false when it starts from now."
    )


@strawberry.type(description="Everything missed has been delivered; what follows is live.")
class StreamCaughtUp(StreamItem):
    pass


@strawberry.type(
    description="The stream cannot go on from the cursor: read the state anew. What follows is live, from `cursor` on."
)
class StreamReset(StreamItem):
    reason: StreamResetReason = strawberry.field(description="Why.")

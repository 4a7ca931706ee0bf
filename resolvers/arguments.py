"""Arguments that many fields share, described once."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers.scalars import Cursor

First = Annotated[
    int | None, strawberry.argument(description="How many, from the start: 1 to 100; 25 where neither is given.")
]
After = Annotated[str | None, strawberry.argument(description="Only what stands behind this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many, from the end: 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Only what stands before this cursor.")]
AsOf = Annotated[
    datetime | None,
    strawberry.argument(
        description="The state at this instant, back to `metrics.reachesBackTo`; left out: the present state. Objects "
        "have the state of that instant under the IDs of today, so read them without a normalised cache."
    ),
]

IDEMPOTENCY_KEY = (
    "The same key with the same input answers the first result again and does nothing more, for 7 days; with another "
    "input it is a Conflict. Use a new UUID for each thing to be done."
)


@strawberry.input
class IdempotentInput:
    """The base of the inputs that take an idempotency key."""

    idempotency_key: strawberry.ID | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)


StreamAfter = Annotated[
    Cursor | None,
    strawberry.argument(description="Go on exactly behind this cursor; left out: from now."),
]

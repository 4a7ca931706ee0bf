"""Arguments and input fields that several fields share, each described once."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers.scalars import Cursor

First = Annotated[
    int | None,
    strawberry.argument(
        description="The number of items to return from the start of the list, from 1 to 100. Default: 25."
    ),
]
After = Annotated[str | None, strawberry.argument(description="Return only items after this cursor.")]
Last = Annotated[
    int | None,
    strawberry.argument(
        description="The number of items to return from the end of the list, from 1 to 100. Not together with `first`."
    ),
]
Before = Annotated[str | None, strawberry.argument(description="Return only items before this cursor.")]
AsOf = Annotated[
    datetime | None,
    strawberry.argument(
        description="Return the state at this instant instead of the present state. It cannot be earlier than "
        "`metrics.reachesBackTo`. The objects of the past have the same IDs as the present ones, so do "
        'not let a normalised cache store them (Apollo: `fetchPolicy: "no-cache"`).'
    ),
]

IDEMPOTENCY_KEY = (
    "A unique key for this call, for example a UUID. Repeating a call with the same key and the same input returns the "
    "first result and has no further effect, for 7 days. The same key with another input is refused with CONFLICT."
)


@strawberry.input
class IdempotentInput:
    """Base of inputs with an idempotency key."""

    idempotency_key: strawberry.ID | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)


StreamAfter = Annotated[
    Cursor | None,
    strawberry.argument(description="Resume the stream directly after this cursor. Omit it to start from now."),
]

"""Arguments that many fields share, described once."""

from datetime import datetime
from typing import Annotated

import strawberry

First = Annotated[
    int | None, strawberry.argument(description="How many, from the start: 1 to 100; 25 where neither is given.")
]
After = Annotated[str | None, strawberry.argument(description="Only what stands behind this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many, from the end: 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Only what stands before this cursor.")]
AsOf = Annotated[
    datetime | None,
    strawberry.argument(
        description="As it stood at this instant, as far back as what was is kept (`metrics.reachesBackTo`); left out: "
        "as it is now."
    ),
]

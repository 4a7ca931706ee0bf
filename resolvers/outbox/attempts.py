"""GraphQL type of an attempt to deliver."""

from datetime import datetime
from typing import Self

import strawberry

from domain.delivery import model


@strawberry.type(description="An attempt to deliver something to a helpdesk or a channel.")
class DeliveryAttempt:
    at: datetime = strawberry.field(description="The time at which the attempt ended.")
    outcome: str = strawberry.field(
        description="The result: `delivered`; `retrying` after a transient error; `failed` after a permanent error; "
        "`interrupted` if the process died during the attempt, so that the next attempt first checks "
        "whether it succeeded."
    )
    http_status: int | None = strawberry.field(description="The HTTP status of the response. `null` if there was none.")
    error: str | None = strawberry.field(
        description="The error in the other side's own words. `null` if there was none."
    )

    @classmethod
    def of(cls, attempt: model.Attempt) -> Self:
        return cls(at=attempt.at, outcome=attempt.outcome.value, http_status=attempt.http_status, error=attempt.error)

"""One try to hand something over."""

from datetime import datetime
from typing import Self

import strawberry

from domain.delivery import model


@strawberry.type(description="One try to hand something to a helpdesk or a channel.")
class DeliveryAttempt:
    at: datetime = strawberry.field(description="When it was over.")
    outcome: str = strawberry.field(
        description="`delivered`; `retrying`: it failed in passing, and is tried again; `failed`: it is not; "
        "`interrupted`: whoever tried was never heard of again, and it was looked up before the next try."
    )
    http_status: int | None = strawberry.field(description="The other side's HTTP status; null where it had none.")
    error: str | None = strawberry.field(description="The other side's own words.")

    @classmethod
    def of(cls, attempt: model.Attempt) -> Self:
        return cls(at=attempt.at, outcome=attempt.outcome.value, http_status=attempt.http_status, error=attempt.error)

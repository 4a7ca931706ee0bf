"""What the mutations of commerce answer."""

from collections.abc import Iterable
from typing import Self

import strawberry

from domain.commerce.commands import Credited
from resolvers.commerce.types import AttributedSale
from resolvers.errors import Payload


@strawberry.type(description="What came of a touch that was to be recorded.")
class TouchPayload(Payload):
    recorded: bool = strawberry.field(default=False, description="Whether it is recorded.")


@strawberry.type(description="What came of an order, or of a refund of one.")
class RecordOrderPayload(Payload):
    sales: list[AttributedSale] = strawberry.field(
        default_factory=list,
        description="The order as it is credited now: one sale, or none where no touch of its buyer earned it.",
    )

    @classmethod
    def of(cls, credited: Iterable[Credited]) -> Self:
        return cls(sales=[AttributedSale.of(c.sale, c.conversation) for c in credited])

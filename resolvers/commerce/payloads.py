"""What the mutations of commerce answer."""

from collections.abc import Iterable
from typing import Self

import strawberry

from domain.commerce.commands import Credited
from resolvers.commerce.types import AttributedSale
from resolvers.conversation.payloads import REFUSED
from resolvers.errors import UserError


@strawberry.type(description="What came of a touch that was to be recorded.")
class TouchPayload:
    recorded: bool = strawberry.field(default=False, description="Whether it is recorded.")
    errors: list[UserError] = strawberry.field(default_factory=list, description=REFUSED)


@strawberry.type(description="What came of an order, or of a refund of one.")
class RecordOrderPayload:
    sales: list[AttributedSale] = strawberry.field(
        default_factory=list,
        description="The order as it is credited now: one sale, or none where no touch of its buyer earned it.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description=REFUSED)

    @classmethod
    def of(cls, credited: Iterable[Credited]) -> Self:
        return cls(sales=[AttributedSale.of(c.sale, c.conversation) for c in credited])

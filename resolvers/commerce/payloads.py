"""What the mutations of commerce answer."""

from collections.abc import Iterable
from typing import Self

import strawberry

from domain.commerce.commands import Credited
from resolvers.commerce.page import sale_listing
from resolvers.commerce.types import AttributedSale
from resolvers.context import Info
from resolvers.errors import Payload
from resolvers.relay.connections import Edge


@strawberry.type(description="What came of a touch that was to be recorded.")
class TouchPayload(Payload):
    recorded: bool = strawberry.field(default=False, description="Whether it is recorded.")


@strawberry.type(description="What came of an order, or of a refund of one.")
class RecordOrderPayload(Payload):
    credited: strawberry.Private[tuple[Credited, ...]] = ()

    @strawberry.field(
        description="The order as it is credited now: one sale, or none where no touch of its buyer earned it."
    )
    def sales(self) -> list[AttributedSale]:
        return [AttributedSale.of(row.sale, row.conversation) for row in self.credited]

    @strawberry.field(description="The sales as edges of `Metrics.sales`, for a client that keeps the list.")
    def sale_edges(self, info: Info) -> list[Edge[AttributedSale]]:
        listing = sale_listing(info.context)
        return [listing.edge(row) for row in self.credited]

    @classmethod
    def of(cls, credited: Iterable[Credited]) -> Self:
        return cls(credited=tuple(credited))

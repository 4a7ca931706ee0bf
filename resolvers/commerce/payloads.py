"""Payloads of the mutations of commerce."""

from collections.abc import Iterable
from typing import Self

import strawberry

from domain.commerce.commands import Credited
from resolvers.commerce.page import sale_listing
from resolvers.commerce.types import AttributedSale
from resolvers.context import Info
from resolvers.errors import Payload
from resolvers.relay.connections import Edge


@strawberry.type(description="The result of recording a touch.")
class TouchPayload(Payload):
    recorded: bool = strawberry.field(default=False, description="Whether the touch is recorded. `false` if refused.")


@strawberry.type(description="The result of recording an order or a refund.")
class RecordOrderPayload(Payload):
    credited: strawberry.Private[tuple[Credited, ...]] = ()

    @strawberry.field(
        description="The sale that the order is credited as. Empty if no touch of the buyer earned it, and if refused."
    )
    def sales(self) -> list[AttributedSale]:
        return [AttributedSale.of(row.sale, row.conversation) for row in self.credited]

    @strawberry.field(description="The same sales as edges of `Metrics.sales`, with the cursor of that list.")
    def sale_edges(self, info: Info) -> list[Edge[AttributedSale]]:
        listing = sale_listing(info.context)
        return [listing.edge(row) for row in self.credited]

    @classmethod
    def of(cls, credited: Iterable[Credited]) -> Self:
        return cls(credited=tuple(credited))
